/// A log of the daemon.
public struct LogState: Codable, Hashable, Sendable {
    /// "debug", "filter", "security", "connection", "config", "warning", "error".
    public var name: String
    public var path: String
    /// Lines written since the start.
    public var lines: UInt64 = 0
    /// Bytes of all its files.
    public var bytes: UInt64 = 0
    /// Rotated files that are kept.
    public var segments = 0
    /// Lines that a rate limit held back.
    public var suppressed: UInt64 = 0
    /// Lines that were lost since the writer was behind or the disk was full, all of them said in the log.
    public var lost: UInt64 = 0
    /// Why nothing is written just now; nil where all is well.
    public var suspended: String?

    public init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}

/// Which lines of a log are wanted. Everything that is set must hold.
public struct LogQuery: Codable, Hashable, Sendable {
    /// Lines at most: the last ones, the first ones from the beginning on, or those behind `after`.
    public var limit = 100
    /// A regular expression (PCRE2) that the line meets.
    public var grep: String?
    /// Upper and lower case are the same to `grep`.
    public var ignoresCase = false
    /// Kinds of records, as in "packet", "gap"; none is every kind.
    public var kinds: [String] = []
    /// An expression that the line's record meets.
    public var match: String?
    /// Only lines from this time on, RFC 3339.
    public var since: String?
    /// Only lines before this time, RFC 3339.
    public var until: String?
    /// Where the page begins: `LogPage.next` of the one before. With `before`, the page ends in front of that place.
    public var after: String?
    public var before: String?
    /// The first lines that are selected, in place of the last ones.
    public var fromBeginning = false
    /// Records as JSON objects beside the lines.
    public var json = false

    public init() {}

    enum CodingKeys: String, CodingKey {
        case limit, grep, match, since, until, after, before, json
        case ignoresCase = "ignore_case"
        case kinds = "kind"
        case fromBeginning = "from_beginning"
    }
}

/// Lines of a log.
public struct LogPage: Codable, Hashable, Sendable {
    /// Without line ends.
    public var lines: [String]
    /// The record of each line as a JSON object, where it was asked for; "" where it is not known.
    public var records: [String]?
    /// Where the page begins and where the next one does; opaque.
    public var first: String?
    public var next: String?
    /// Whether more lines are selected behind these (or before, with `before`).
    public var more: Bool
    /// What could not be looked at, so that the answer may not be whole; nil where all was well.
    public var warnings: [String]?
    /// Lines that a follower missed before these.
    public var missed: UInt64 = 0

    public init(lines: [String], more: Bool) {
        self.lines = lines
        self.more = more
    }
}
