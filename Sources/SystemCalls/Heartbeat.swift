import Synchronization

/// Says of a thread whether it still comes round: the thread tells when it is at work and until when it waits for
/// some, others ask how long it has been silent. One store for each, from any thread.
public final class Heartbeat: Sendable {
    /// The thread's name: "capture 0".
    public let name: String
    /// Until when, by `Clocks.monotonic`, nothing need be heard of the thread.
    private let quietUntil = Atomic<Int64>(.max)

    public init(name: String) { self.name = name }

    /// Work begins, or goes on with another piece. A thread that never waits long need say nothing else.
    public func work() { quietUntil.store(Clocks.monotonic, ordering: .relaxed) }

    /// The thread waits for work, but not beyond `moment` of `Clocks.monotonic`; without one, however long that takes,
    /// or it has ended.
    public func rest(until moment: Int64 = .max) { quietUntil.store(moment, ordering: .relaxed) }

    /// Nanoseconds of `moment` for which the thread has been at one piece of work, or late from its wait; 0 where it is
    /// neither.
    public func silence(at moment: Int64) -> Int64 {
        let until = quietUntil.load(ordering: .relaxed)
        return until >= moment ? 0 : moment - until
    }
}
