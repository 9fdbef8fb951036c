public import Primitives
import Synchronization
public import SystemCalls

/// Names of addresses for all who want some: what DNS answers on the wire taught any worker, and what the system's
/// resolver says, asked by a few threads of its own. Whoever asks never waits.
///
/// A resolver that hangs holds these threads and nobody else; what waits is bounded, and so is what is known.
public final class HostResolver: Sendable {
    /// Threads that wait for the resolver.
    public static let threads = 4

    /// What asks the system; a test puts its own in place.
    public struct Lookup: Sendable {
        public var name: @Sendable (IPAddress) -> NameResolution.Answer
        /// Whether a name leads back to an address; nil where nobody can say.
        public var leadsBack: @Sendable (String, IPAddress) -> Bool?

        public init(
            name: @escaping @Sendable (IPAddress) -> NameResolution.Answer,
            leadsBack: @escaping @Sendable (String, IPAddress) -> Bool?
        ) {
            self.name = name
            self.leadsBack = leadsBack
        }

        /// The system's resolver.
        public static let system = Lookup(
            name: { NameResolution.name(of: $0) }, leadsBack: { NameResolution.has($0, address: $1) })
    }

    private struct State: Sendable {
        var queue: ResolverQueue
        var isStopping = false
    }

    private let monitor: Monitor<State>
    private let lookup: Lookup
    private let running = Mutex<[Thread]>([])

    public init(_ options: ResolverOptions, lookup: Lookup = .system) {
        monitor = Monitor(State(queue: ResolverQueue(options)))
        self.lookup = lookup
    }

    /// Goes on with other options. Threads are started when the resolver is first needed.
    public func configure(_ options: ResolverOptions) {
        monitor.withLock { state in
            state.queue.options = options
            if options.scope == .nobody { state.queue.drop() }
        }
    }

    /// What workers learned from DNS answers.
    public func learn(_ names: [HostName]) {
        monitor.withLock { state in
            for item in names { if let name = item.name { state.queue.learn(name, of: item.address) } }
        }
    }

    /// Wants names; those that are known, or get known, come into `inbox`. Does not wait.
    public func want(_ addresses: [IPAddress], for inbox: HostInbox? = nil) {
        let now = Clocks.monotonic
        let waits = monitor.withLock { state in
            guard !state.isStopping else { return false }
            return addresses.reduce(false) { state.queue.want($1, at: now, for: inbox) || $0 }
        }
        guard waits else { return }
        startThreads()
        monitor.notify()
    }

    /// The name of an address as it is known now.
    public func name(of address: IPAddress) -> String? {
        let now = Clocks.monotonic
        return monitor.withLock { $0.queue.name(of: address, at: now) }
    }

    public var report: ResolverReport {
        let now = Clocks.monotonic
        return monitor.withLock { state in
            var report = state.queue.currentReport
            report.oldest = state.queue.oldestQuestion(at: now)
            return report
        }
    }

    /// Asks nobody any more. Threads that wait for the resolver end by themselves once it answers; nobody waits for them.
    public func stop() {
        monitor.withLock { state in
            state.isStopping = true
            state.queue.drop()
        }
        monitor.notify()
        running.withLock { $0 = [] }
    }

    private func startThreads() {
        running.withLock { threads in
            guard threads.isEmpty else { return }
            let (monitor, lookup) = (monitor, lookup)
            for number in 0..<HostResolver.threads {
                // One is enough; without any, names stay unknown and the queue says so.
                if let thread = try? Thread(name: "names \(number)", { HostResolver.serve(monitor, lookup) }) {
                    threads.append(thread)
                }
            }
        }
    }

    private static func serve(_ monitor: Monitor<State>, _ lookup: Lookup) {
        enum Order {
            case ask(IPAddress)
            case pause(Int64)
            case end
        }
        while true {
            let order: Order? = monitor.wait { state in
                if state.isStopping { return .end }
                let next = state.queue.next(at: Clocks.monotonic)
                return next.address.map { .ask($0) } ?? next.pause.map { .pause($0) }
            }
            switch order {
            case .ask(let address)?:
                let outcome = resolve(address, lookup)
                monitor.withLock { $0.queue.settle(address, outcome, at: Clocks.monotonic) }
            case .pause(let time)?: Clocks.sleep(nanoseconds: min(time, 1_000_000_000))
            case .end?, nil: return
            }
        }
    }

    /// A public address's name is believed where it leads back: whoever owns an address can call it what he likes.
    private static func resolve(_ address: IPAddress, _ lookup: Lookup) -> ResolverQueue.Outcome {
        switch lookup.name(address) {
        case .none: return .missing
        case .failed: return .failed
        case .name(let bytes):
            guard let name = ResolvedName.checked(bytes) else { return .refused }
            if address.isPrivate { return .found(name) }
            switch lookup.leadsBack(name, address) {
            case true?: return .found(name)
            case false?: return .refused
            case nil: return .failed
            }
        }
    }
}
