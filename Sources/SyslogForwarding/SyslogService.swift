import LogFiles
import NIOCore
import NIOPosix
import Primitives
import Settings
import Synchronization
import SystemCalls

/// Sends logs to syslog receivers. The log files are the queue: each receiver follows them from where it has confirmed,
/// through rotation, compression and restarts, and what it has not confirmed is sent again.
///
/// One event loop with one thread serves all receivers; names are looked up beside it. Nothing here is in the way of
/// who writes the logs.
public final class SyslogService: Sendable {
    private static let suffix = ".positions"

    private let folder: String
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let receivers = Mutex<[SyslogReceiver]>([])
    private let workspace = SyslogWorkspaceOwner()

    /// A service that keeps in `folder` how far each receiver came. Nothing is sent before `configure`.
    public init(folder: String) throws(SyslogError) {
        do {
            try Folders.makeAll(folder, permissions: 0o750)
        } catch {
            throw SyslogError("\(error)")
        }
        self.folder = folder
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
        _ = loop.scheduleRepeatedTask(initialDelay: .zero, delay: .nanoseconds(SyslogLimits.tick)) { [weak self] _ in
            self?.tick()
        }
    }

    /// Whether the files of a target can be used; throws which cannot, and why.
    public static func check(_ target: SyslogTarget) throws(SyslogError) {
        if target.transport == .tls { _ = try target.tls.handler(target.server) }
    }

    /// Lets these receivers hold, from what each has confirmed on; one that is new begins with what is written from now
    /// on. How far a receiver came that is not among them is forgotten. `waits`: until their places in the logs are
    /// taken.
    public func configure(_ targets: [SyslogTarget], waits: Bool = false) {
        let done = loop.submit { [self] in hold(targets) }
        if waits { try? done.wait() }
    }

    private func hold(_ targets: [SyslogTarget]) {
        let before = receivers.withLock { $0 }
        var next: [SyslogReceiver] = []
        for target in targets {
            if let there = before.first(where: { $0.target.name == target.name }) {
                if !there.target.isSame(as: target) { there.take(target) }
                next.append(there)
            } else {
                let receiver = SyslogReceiver(
                    target, positions: "\(folder)/\(target.name)\(Self.suffix)", loop: loop, workspace: workspace)
                receiver.open()
                next.append(receiver)
            }
        }
        for receiver in before where !next.contains(where: { $0 === receiver }) { receiver.remove() }
        receivers.withLock { $0 = next }
        let names = Set(targets.map { $0.name + Self.suffix })
        for name in (try? Folders.names(in: folder)) ?? [] where name.hasSuffix(Self.suffix) && !names.contains(name) {
            try? Paths.unlink("\(folder)/\(name)")
        }
    }

    private func tick() {
        let now = Clocks.monotonic
        for receiver in receivers.withLock({ $0 }) { receiver.tick(now) }
    }

    /// What became of each receiver's messages, a tenth of a second ago.
    public var states: [SyslogReceiverState] { receivers.withLock { $0 }.map(\.published) }

    /// Sends a message to a receiver, whatever its logs say; returns once it has arrived. Throws why it has not.
    public func test(_ name: String, _ text: String, patience: Int64 = 10_000_000_000) async throws(SyslogError) {
        guard let receiver = receivers.withLock({ all in all.first { $0.published.name == name } }) else {
            throw SyslogError("there is no syslog receiver \(name)")
        }
        let error: SyslogError? = await withCheckedContinuation { continuation in
            loop.execute {
                receiver.test(text, patience: patience) { continuation.resume(returning: $0) }
            }
        }
        if let error { throw error }
    }

    /// Sends what waits, for `patience` nanoseconds at most, and ends all connections; what is not confirmed by then is
    /// sent after the next start.
    public func finish(patience: Int64) async {
        let all = receivers.withLock { $0 }
        let deadline = Clocks.monotonic + patience
        let waiting = Countdown(all.count)
        loop.execute {
            for receiver in all { receiver.finish { waiting.count() } }
        }
        while !waiting.isDone, Clocks.monotonic < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        try? await loop.submit { for receiver in all { receiver.end() } }.get()
        receivers.withLock { $0 = [] }
        try? await group.shutdownGracefully()
    }
}

/// Counts how many have still to end.
private final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    var isDone: Bool { left.withLock { $0 <= 0 } }

    func count() { left.withLock { $0 -= 1 } }
}
