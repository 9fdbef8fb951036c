import Synchronization

/// Says of a thread whether it still comes round: the thread tells when it begins work and when it waits for some,
/// others ask how long it has been at it. One store for each, from any thread.
public final class Heartbeat: Sendable {
    /// The thread's name: "capture 0".
    public let name: String
    /// `Clocks.monotonic` when the work began that is under way; 0 while there is none.
    private let workingSince = Atomic<Int64>(0)

    public init(name: String) { self.name = name }

    /// Work begins, or goes on with another piece. A thread that never waits long need say nothing else.
    public func work() { workingSince.store(Clocks.monotonic, ordering: .relaxed) }

    /// The thread waits for work, or has ended: however long that takes, it lives.
    public func rest() { workingSince.store(0, ordering: .relaxed) }

    /// Nanoseconds that the present piece of work has taken at `moment` (of `Clocks.monotonic`); 0 where there is none.
    public func silence(at moment: Int64) -> Int64 {
        let since = workingSince.load(ordering: .relaxed)
        return since == 0 ? 0 : max(0, moment &- since)
    }
}
