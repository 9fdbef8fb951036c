public import Primitives
import Synchronization
public import SystemCalls
public import Users

/// The RADIUS accounting server: one thread that listens, and hands over in batches who is where. It is told new
/// settings while it runs, and tries again by itself where it cannot listen yet.
public final class AccountingServer: Sendable {
    /// What it shall do.
    public struct Configuration: Sendable {
        public var clients: RadiusClients
        public var policy: AccountingPolicy
        /// Addresses to listen on; nil is all.
        public var addresses: [IPAddress]?
        public var port: UInt16

        public init(clients: RadiusClients, policy: AccountingPolicy, addresses: [IPAddress]?, port: UInt16) {
            self.clients = clients
            self.policy = policy
            self.addresses = addresses
            self.port = port
        }
    }

    private final class Shared: Sendable {
        let wakeup: Wakeup
        let next = Mutex<Configuration?>(nil)
        let isStopping = Atomic<Bool>(false)
        let report = Mutex(AccountingReport())

        init() throws(SystemCallError) { wakeup = try Wakeup() }
    }

    private let shared: Shared
    private let thread: Thread

    /// Starts the thread. `take` is called on it with changes in their order, a batch at a time.
    public init(
        _ configuration: Configuration, seed: UInt64, take: @escaping @Sendable ([LoginChange]) -> Void
    ) throws(SystemCallError) {
        let shared = try Shared()
        shared.next.withLock { $0 = configuration }
        self.shared = shared
        thread = try Thread(name: "radius") {
            var loop = AccountingLoop(configuration, seed: seed)
            while !shared.isStopping.load(ordering: .acquiring) {
                if let next = shared.next.withLock({ next in next.take() }) { loop.configure(next) }
                loop.turn(wakeup: shared.wakeup.number)
                shared.wakeup.clear()
                let changes = loop.takeChanges()
                if !changes.isEmpty { take(changes) }
                if let report = loop.dueReport() { shared.report.withLock { $0 = report } }
            }
            // The last order before the end counts: clients that are gone have no sessions.
            if let last = shared.next.withLock({ next in next.take() }) { loop.configure(last) }
            let changes = loop.takeChanges()
            if !changes.isEmpty { take(changes) }
        }
    }

    /// Goes on with other settings: sessions of clients that stay stay too.
    public func configure(_ configuration: Configuration) {
        shared.next.withLock { $0 = configuration }
        shared.wakeup.signal()
    }

    /// What it did, a fifth of a second old at most.
    public var report: AccountingReport { shared.report.withLock { $0 } }

    /// Ends the thread and waits for it.
    public func stop() {
        shared.isStopping.store(true, ordering: .releasing)
        shared.wakeup.signal()
        thread.join()
    }
}
