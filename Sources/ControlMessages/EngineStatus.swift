/// What the engine is doing and what it lost. Times are RFC 3339 text, sizes bytes, unless named otherwise.
public struct EngineStatus: Codable, Hashable, Sendable {
    public var version: String
    public var gateway: String
    public var startedAt: String
    public var processID: Int
    /// Resident memory of the process.
    public var residentBytes: Int
    public var sources: [SourceState] = []
    /// Who asked for packets, and how far each opens the kernel's filter.
    public var demands: [DemandState] = []
    public var logs: [LogState] = []
    public var dumps: [DumpState] = []
    /// The units of the ipl log; none where it is off.
    public var ipl: [IPLogState] = []
    public var syslog: [SyslogState] = []
    /// Names of hosts: learned and asked for.
    public var names: HostNameState?
    /// Nil where there are no RADIUS clients.
    public var radius: RadiusState?
    public var users: UsersState?
    /// What an administrator should act on: missing privileges, full disks, lost packets.
    public var problems: [String] = []
    /// The same, each with its kind and how long it has stood.
    public var conditions: [ConditionState] = []

    public init(version: String, gateway: String, startedAt: String, processID: Int, residentBytes: Int) {
        self.version = version
        self.gateway = gateway
        self.startedAt = startedAt
        self.processID = processID
        self.residentBytes = residentBytes
    }

    enum CodingKeys: String, CodingKey {
        case version, gateway, sources, demands, logs, dumps, ipl, users, syslog, radius, names, problems, conditions
        case startedAt = "started_at"
        case processID = "process_id"
        case residentBytes = "resident_bytes"
    }
}

/// A place where packets or events come from.
public struct SourceState: Codable, Hashable, Sendable {
    /// "capture 0", "firewall log 5", "connections", "replay".
    public var name: String
    /// "running", "ended", or why not.
    public var state: String
    public var packets: UInt64 = 0
    public var bytes: UInt64 = 0
    /// Lost in the kernel, to the packet.
    public var dropped: UInt64 = 0
    public var malformed: UInt64 = 0
    /// How full its ring or buffer is, in thousandths.
    public var fill: UInt32 = 0

    public init(name: String, state: String) {
        self.name = name
        self.state = state
    }
}

/// One feature's wish to see packets.
public struct DemandState: Codable, Hashable, Sendable {
    /// "packet logging", "dump office".
    public var name: String
    public var expression: String
    /// Whether the kernel's filter has to let every packet through for it.
    public var opensFilter: Bool
    /// What the kernel cannot decide of it; empty where it decides all.
    public var undecided: [String] = []
    public var matches: UInt64 = 0

    public init(name: String, expression: String, opensFilter: Bool) {
        self.name = name
        self.expression = expression
        self.opensFilter = opensFilter
    }

    enum CodingKeys: String, CodingKey {
        case name, expression, undecided, matches
        case opensFilter = "opens_filter"
    }
}

/// Packet logging into the Debug log.
public struct PacketLogState: Codable, Hashable, Sendable {
    /// Nil where packet logging is off.
    public var expression: String?
    /// What it means, in sentences.
    public var meaning: String?
    public var warnings: [String] = []
    public var matches: UInt64 = 0
    /// Lines that the rate limit held back.
    public var suppressed: UInt64 = 0

    public init(expression: String?) { self.expression = expression }
}

/// What an expression means.
public struct ExpressionReport: Codable, Hashable, Sendable {
    public var canonical: String
    public var meaning: String
    public var warnings: [String] = []

    public init(canonical: String, meaning: String, warnings: [String] = []) {
        self.canonical = canonical
        self.meaning = meaning
        self.warnings = warnings
    }
}

/// A network interface of this machine.
public struct InterfaceState: Codable, Hashable, Sendable {
    public var name: String
    public var device: String
    public var index: Int
    /// "ethernet", "vpnclient", "vpn", "other".
    public var kind: String
    /// Whether it leads to a network of our own; nil where nobody said.
    public var trusted: Bool?
    public var isUp: Bool
    public var isCaptured: Bool
    public var addresses: [String] = []

    public init(name: String, device: String, index: Int, kind: String, trusted: Bool?, isUp: Bool, isCaptured: Bool) {
        self.name = name
        self.device = device
        self.index = index
        self.kind = kind
        self.trusted = trusted
        self.isUp = isUp
        self.isCaptured = isCaptured
    }

    enum CodingKeys: String, CodingKey {
        case name, device, index, kind, trusted, addresses
        case isUp = "is_up"
        case isCaptured = "is_captured"
    }
}

/// An address group, as `list:"name"` sees it.
public struct AddressListState: Codable, Hashable, Sendable {
    public var name: String
    /// Ranges after merging.
    public var ranges: Int
    /// The first thousand of them, where one list was asked for.
    public var sample: [String] = []
    /// Files that it is read from.
    public var files: [String] = []

    public init(name: String, ranges: Int) {
        self.name = name
        self.ranges = ranges
    }
}

/// One value of the settings, and where it is from.
public struct SettingState: Codable, Hashable, Sendable {
    /// "logs.debug.keep".
    public var key: String
    /// As YAML on one line.
    public var value: String
    /// "gatelog.yaml:12:7", "changed by jane, 2026-11-21T10:00:00Z", "default".
    public var origin: String

    public init(key: String, value: String, origin: String) {
        self.key = key
        self.value = value
        self.origin = origin
    }
}
