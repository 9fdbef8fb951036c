/// What a line of a log tells of. Stands in the index with each line; the numbers are the format's and
/// never change their meaning. Numbers that this version does not know are read as `.text`.
public enum RecordKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A line of which the index knows no more than its time.
    case text = 0
    /// A packet that packet logging selected (`{pktlog}`).
    case packet = 1
    /// A packet that was dropped, with the reason (`{pktdrop}`).
    case drop = 2
    /// A packet of the Filter log.
    case filter = 3
    /// A connection that ended.
    case connection = 4
    /// Intrusions, spoofing, failed logins.
    case security = 5
    /// The engine's start, stop and state.
    case engine = 6
    /// A changed setting.
    case change = 7
    case warning = 8
    case error = 9
    /// Lines that were lost, with their number.
    case gap = 10
    /// Lines that a rate limit held back, with their number.
    case suppressed = 11

    /// The name by which people ask for it.
    public var name: StaticString {
        switch self {
        case .text: "text"
        case .packet: "packet"
        case .drop: "drop"
        case .filter: "filter"
        case .connection: "connection"
        case .security: "security"
        case .engine: "engine"
        case .change: "change"
        case .warning: "warning"
        case .error: "error"
        case .gap: "gap"
        case .suppressed: "suppressed"
        }
    }
}

/// Several kinds.
public struct RecordKinds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public init(_ kind: RecordKind) { rawValue = 1 << UInt32(kind.rawValue) }

    /// All that there are, those of later versions too.
    public static var all: RecordKinds { RecordKinds(rawValue: .max) }
}
