public import Expressions
public import LogIndex
public import Primitives
public import Records

/// Which lines of a log are wanted. Everything that is set must hold.
public struct LogSelection: Sendable {
    /// A regular expression (PCRE2) that the line meets.
    public var pattern: String?
    /// Whether the pattern takes upper and lower case for the same.
    public var ignoresCase = false
    /// An expression that the line's record meets; needs an index.
    public var expression: Expression?
    /// The names that the expression may use.
    public var directory = Directory()
    /// What the lines tell of; needs an index.
    public var kinds: RecordKinds?
    /// Only lines from this time on ...
    public var since: Timestamp?
    /// ... and before this one.
    public var until: Timestamp?
    /// The zone in which the lines' times are written.
    public var zone = ZoneTable.utc
    /// Whether the lines' records are wanted as JSON objects.
    public var wantsRecords = false

    /// All lines.
    public init() {}

    /// Whether only an index can tell which lines are meant.
    var needsIndex: Bool { expression != nil || kinds != nil }
    /// Whether lines are chosen by time.
    var hasTimes: Bool { since != nil || until != nil }
    /// Whether all lines are meant, as they are.
    var isEverything: Bool { pattern == nil && !needsIndex && !hasTimes && !wantsRecords }
}
