/// What is bounded on the way to a receiver. Memory: the messages in flight, and for all receivers together one stretch
/// of a log with what is made of it; what waits stays in the log files.
public enum SyslogLimits {
    /// Bytes that were handed to a connection and not confirmed by its other end: where it breaks, so much is sent again.
    public static let window = 1 << 20
    /// The part of it that counts as not confirmed while messages flow, though it was acknowledged: what the receiver's
    /// kernel has taken and the receiver may not have read.
    public static let margin = 256 << 10
    /// Bytes of a log that are read at a time.
    static let stretch = 128 << 10
    /// Bytes of a log that are sent as datagrams at a time.
    static let datagramStretch = 32 << 10

    // Nanoseconds.

    /// Between two looks whether a log has new lines.
    static let tick: Int64 = 100_000_000
    /// Between two looks whether what is in flight has arrived.
    static let acknowledgement: Int64 = 2_000_000
    /// Without sending, after which acknowledged messages count as read.
    static let quiet: Int64 = 500_000_000
    /// Between looks at how much waits.
    static let housekeeping: Int64 = 1_000_000_000
    /// After which a datagram that nobody refused counts as taken.
    static let datagramPatience: Int64 = 100_000_000
    /// A connection takes so long at most.
    static let connecting: Int64 = 10_000_000_000
    /// The first pause after a failure, and the longest.
    static let firstPause: Int64 = 500_000_000
    static let longestPause: Int64 = 60_000_000_000
    /// Without any sign of the other end's kernel while something is in flight.
    static let silence: Int64 = 300_000_000_000
    /// Without anything confirmed, after which a receiver that should take something is said to be stalled.
    static let stall: Int64 = 30_000_000_000
    /// With everything acknowledged and nothing read, after which a new connection is tried.
    static let unread: Int64 = 60_000_000_000
}
