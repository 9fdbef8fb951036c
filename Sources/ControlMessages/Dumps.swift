/// A packet dump that shall begin.
public struct DumpRequest: Codable, Hashable, Sendable {
    /// Letters, digits, `-`, `_` and `.`; at most 64; not beginning with a dot.
    public var name: String
    public var expression: String
    /// Bytes, over all files of a ring; nil is no limit.
    public var maxSize: UInt64?
    public var maxSeconds: UInt64?
    public var maxPackets: UInt64?
    /// Bytes kept of a packet; nil keeps all.
    public var snapLength: Int?
    /// Files of a ring: the oldest makes room for the newest; nil is one file that ends at its limit.
    public var ring: Int?
    /// Whether a finished dump of that name may be replaced.
    public var replaces = false

    public init(name: String, expression: String) {
        self.name = name
        self.expression = expression
    }
}

/// A packet dump as it stands.
public struct DumpState: Codable, Hashable, Sendable {
    public enum Phase: String, Codable, Hashable, Sendable {
        case running, finished
        /// The disk is full: packets are counted and not written until there is room.
        case suspended
    }

    public var name: String
    public var expression: String
    public var phase: Phase
    /// Why it ended or waits, as in "size limit reached"; nil while it runs.
    public var reason: String?
    public var startedBy: String
    public var startedAt: String
    public var endedAt: String?
    public var packets: UInt64 = 0
    public var bytes: UInt64 = 0
    /// Packets that matched and are not in the files, to the packet.
    public var lost: UInt64 = 0
    public var files = 0

    public init(name: String, expression: String, phase: Phase, startedBy: String, startedAt: String) {
        self.name = name
        self.expression = expression
        self.phase = phase
        self.startedBy = startedBy
        self.startedAt = startedAt
    }
}
