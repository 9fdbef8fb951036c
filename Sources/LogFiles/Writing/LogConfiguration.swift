public import LogIndex
public import Records

/// How a log is written: when a new file begins, how many old ones stay, how times look.
public struct LogConfiguration: Hashable, Sendable {
    /// When a new file begins by the clock; in local time of `zone`.
    public enum Period: Hashable, Sendable {
        case never, hourly, daily
        /// Mondays at 00:00.
        case weekly
        /// On the first at 00:00.
        case monthly
    }

    public var period = Period.never
    /// A new file begins where this one would become longer, in bytes; nil: as long as it gets.
    public var size: Int64?
    /// Rotated files that stay, 0 ... 9,999.
    public var keep = 30
    /// Whether rotated files are compressed (zstd, in frames that a reader can begin at).
    public var compresses = true
    /// Whether an index stands beside the text.
    public var hasIndex = true
    /// What its lines tell of where they do not say it themselves: for the index when it is made again from the text.
    public var kind = RecordKind.text
    /// Local time of the lines.
    public var zone: ZoneTable
    /// How a line's time is written: `.bracketed` or `.bracketedMilliseconds`.
    public var form: LineClock.Form
    /// Bytes reach the disk (fdatasync) at least this often, in nanoseconds; nil: when the kernel wants. Files are always
    /// synchronized when they are rotated and when the log is closed. A crash of the program loses nothing of what was
    /// written either way: this is about the machine's power.
    public var synchronizesEvery: Int64?
    /// A producer keeps lines at most this long, in nanoseconds, before they are in the file.
    public var latency: Int64 = 100_000_000
    /// The permissions of new files.
    public var permissions: UInt32 = 0o640

    public init(zone: ZoneTable = .utc, form: LineClock.Form = .bracketed) {
        self.zone = zone
        self.form = form
    }

    var kept: Int { min(max(keep, 0), LogFileNames.mostSegments) }
}
