/// An alert: somebody who is told of lines of a log.
public struct AlertState: Codable, Hashable, Sendable {
    public var name: String
    public var log: String
    /// An expression that lines meet; nil is any.
    public var match: String?
    /// A regular expression that lines meet; nil is any.
    public var grep: String?
    /// "command" or "webhook".
    public var kind: String
    /// Lines that met its conditions.
    public var matches: UInt64 = 0
    /// Messages that arrived, and that did not.
    public var delivered: UInt64 = 0
    public var failed: UInt64 = 0
    /// Lines that the rate held back; a later message told how many.
    public var heldBack: UInt64 = 0
    /// Lines that were passed over, since it was too far behind.
    public var missed: UInt64 = 0
    /// Why the last message did not arrive; nil where it did.
    public var failure: String?

    public init(name: String, log: String, kind: String) {
        self.name = name
        self.log = log
        self.kind = kind
    }

    enum CodingKeys: String, CodingKey {
        case name, log, match, grep, kind, matches, delivered, failed, missed, failure
        case heldBack = "held_back"
    }
}
