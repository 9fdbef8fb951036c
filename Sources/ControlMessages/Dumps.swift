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

    enum CodingKeys: String, CodingKey {
        case name, expression, ring, replaces
        case maxSize = "max_size"
        case maxSeconds = "max_seconds"
        case maxPackets = "max_packets"
        case snapLength = "snap_length"
    }

    /// Only `name` and `expression` have to be there.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        expression = try values.decode(String.self, forKey: .expression)
        maxSize = try values.decodeIfPresent(UInt64.self, forKey: .maxSize)
        maxSeconds = try values.decodeIfPresent(UInt64.self, forKey: .maxSeconds)
        maxPackets = try values.decodeIfPresent(UInt64.self, forKey: .maxPackets)
        snapLength = try values.decodeIfPresent(Int.self, forKey: .snapLength)
        ring = try values.decodeIfPresent(Int.self, forKey: .ring)
        replaces = try values.decodeIfPresent(Bool.self, forKey: .replaces) ?? false
    }

    /// Whether `name` can be a dump's: letters, digits, `-`, `_` and `.`; 1 to 64; no dot in front.
    public static func isName(_ name: String) -> Bool {
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
        return allowed && 1...64 ~= name.utf8.count && name.utf8.first != UInt8(ascii: ".")
    }
}

/// A packet dump as it stands.
public struct DumpState: Codable, Hashable, Sendable {
    public enum Phase: String, Codable, Hashable, Sendable, CaseIterable {
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
    enum CodingKeys: String, CodingKey {
        case name, expression, phase, reason, packets, bytes, lost, files
        case startedBy = "started_by"
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }
}
