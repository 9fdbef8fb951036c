public import Primitives

/// Lines that may be written: so many a second, and a burst of them at once. It is told the time, in any clock that
/// mostly goes forward: one that jumps back lets nothing more through and nothing less.
public struct RateLimit: Hashable, Sendable {
    /// Lines a second in the long run; 0 is none.
    public let linesPerSecond: Int
    /// Lines that may come at once after a pause, at least 1.
    public let burst: Int

    /// What one line costs, in nanoseconds.
    private let cost: Int64
    private let most: Int64
    /// Nanoseconds saved, `0 ... most`.
    private var saved: Int64
    private var last = Timestamp(nanoseconds: .min)

    /// `burst` is a second's worth where it is not given.
    public init(linesPerSecond: Int, burst: Int? = nil) {
        self.linesPerSecond = max(linesPerSecond, 0)
        self.burst = min(max(burst ?? linesPerSecond, 1), 1_000_000)
        cost = linesPerSecond > 0 ? max(1_000_000_000 / Int64(min(linesPerSecond, 1_000_000_000)), 1) : .max
        most = cost.multipliedReportingOverflow(by: Int64(self.burst)).overflow ? .max : cost * Int64(self.burst)
        saved = linesPerSecond > 0 ? most : 0
    }

    /// Whether one more line may be written at `time`; counts it where it may.
    public mutating func admits(at time: Timestamp) -> Bool {
        if time != last { refill(to: time) }
        guard saved >= cost else { return false }
        saved -= cost
        return true
    }

    private mutating func refill(to time: Timestamp) {
        let (elapsed, overflow) = time.nanoseconds.subtractingReportingOverflow(last.nanoseconds)
        last = time
        guard elapsed > 0 || overflow else { return }
        let (sum, isMore) = saved.addingReportingOverflow(overflow ? most : elapsed)
        saved = linesPerSecond == 0 ? 0 : isMore ? most : min(sum, most)
    }
}
