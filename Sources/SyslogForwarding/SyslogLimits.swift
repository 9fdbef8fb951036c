/// What is bounded on the way to a receiver. Memory: the messages in flight, and for all receivers together one stretch
/// of a log with what is made of it; what waits stays in the log files.
public enum SyslogLimits {
    /// Bytes that were handed to a connection and not acknowledged by the other end's kernel.
    /// - Limit: bytes on their way to a syslog receiver | bytes | the others wait in the log files
    public static let window = 1 << 20
    /// Acknowledged bytes that count as not read yet, at least and at most: where a connection breaks, so many at most
    /// are sent again, beside those that were not acknowledged.
    public static let unreadLeast = 256 << 10
    /// - Limit: bytes that a syslog receiver gets twice after its connection broke, beside those on their way | bytes | count as read
    public static let unreadMost = 6 << 20
    /// Bytes of a log that are read at a time.
    /// - Limit: bytes of a log that become syslog messages at a time | bytes | the others wait in the log file
    static let stretch = 128 << 10
    /// Bytes of a log that are sent as datagrams at a time: more would overrun a receiver's socket.
    static let datagramStretch = 16 << 10

    // Nanoseconds.

    /// Between two looks whether a log has new lines.
    static let tick: Int64 = 100_000_000
    /// Between two looks whether what is in flight has arrived.
    static let acknowledgement: Int64 = 2_000_000
    /// Between two stretches of datagrams.
    static let datagramPause: Int64 = 5_000_000
    /// Without sending, after which the receiver's window is believed.
    static let quiet: Int64 = 60_000_000_000
    /// Between looks at how much waits.
    static let housekeeping: Int64 = 1_000_000_000
    /// After which a datagram that nobody refused counts as taken.
    static let datagramPatience: Int64 = 100_000_000
    /// A connection takes so long at most.
    /// - Limit: time of a connection to a syslog receiver | ns | fails, and is tried again
    static let connecting: Int64 = 10_000_000_000
    /// The first pause after a failure, and the longest.
    static let firstPause: Int64 = 500_000_000
    /// - Limit: pause before a failed syslog connection is tried again | ns | never longer
    static let longestPause: Int64 = 60_000_000_000
    /// Without any sign of the other end's kernel while something is in flight.
    static let silence: Int64 = 300_000_000_000
    /// Without anything confirmed, after which a receiver that should take something is said to be stalled.
    static let stall: Int64 = 30_000_000_000
}
