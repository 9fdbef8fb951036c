public import Primitives
import SystemCalls

/// The clocks that a log looks at; tests bring their own.
public struct LogClock: Sendable {
    let wall: @Sendable () -> Timestamp
    /// Nanoseconds; never goes back.
    let monotonic: @Sendable () -> Int64

    public init(wall: @escaping @Sendable () -> Timestamp, monotonic: @escaping @Sendable () -> Int64) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// The machine's.
    public static let system = LogClock(wall: { Clocks.wall }, monotonic: { Clocks.monotonic })
}
