/// Something that an administrator should act on, as long as it stands.
public struct ConditionState: Codable, Hashable, Sendable {
    public enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
        /// Works, but not as it should: its lines go to the Warning log.
        case warning
        /// Does not work: its lines go to the Error log.
        case error
    }

    /// "packet_loss", "log_suspended", "missing_privilege": one of a fixed list.
    public var kind: String
    /// What it is about, as in "capture 0"; empty where the kind says all.
    public var subject: String
    public var severity: Severity
    /// What is wrong.
    public var text: String
    /// What to do about it; empty where nothing is to be done.
    public var remedy: String
    /// When it began, RFC 3339.
    public var since: String
    /// How often it began, where it came and went.
    public var times: UInt64
    /// What was lost since it began; nil where nothing is counted.
    public var lost: UInt64?

    public init(
        kind: String, subject: String, severity: Severity, text: String, remedy: String, since: String, times: UInt64,
        lost: UInt64? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.severity = severity
        self.text = text
        self.remedy = remedy
        self.since = since
        self.times = times
        self.lost = lost
    }
}
