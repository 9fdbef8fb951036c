/// Which of the machine's interfaces are watched.
public enum CapturedInterfaces: Hashable, Sendable {
    case all
    /// Display names or the kernel's names; one that is not there yet is waited for.
    case only([Located<String>])
}

/// Packets from the interfaces (AF_PACKET).
public struct CaptureSettings: Sendable {
    public internal(set) var interfaces = Setting(CapturedInterfaces.all)
    /// Threads that take packets, each with a ring of its own; nil is one for each processor, eight at most. With
    /// several, lines of different conversations may change places.
    public internal(set) var workers = Setting(Int?.some(1))
    /// Memory of all rings together.
    public internal(set) var ring = Setting(ByteSize.mebibytes(64))
    /// Bytes that are kept of a packet.
    public internal(set) var snapLength = Setting(262_144)
    /// Whether interfaces shall also take packets for others' hardware addresses.
    public internal(set) var promiscuous = Setting(false)
}

/// The firewall's log (NFLOG).
public struct FirewallLogSettings: Sendable {
    /// The groups that nftables rules log to; none where it is empty.
    public internal(set) var groups = Setting([5])
    /// Whether each of its packets is a line of the Filter log.
    public internal(set) var filterLog = Setting(true)
    /// Memory in the kernel for what was not fetched yet, for each group.
    public internal(set) var buffer = Setting(ByteSize.mebibytes(8))
}

/// The kernel's connections (conntrack).
public struct ConnectionSettings: Sendable {
    /// Whether each connection that ends is a line of the Connection log.
    public internal(set) var log = Setting(true)
    /// Memory in the kernel for events that were not fetched yet.
    public internal(set) var buffer = Setting(ByteSize.mebibytes(8))
}

/// Packets into the Debug log.
public struct PacketLogSettings: Sendable {
    /// Which packets; nil is none.
    public internal(set) var expression = Setting(String?.none)
    /// Lines a second; nil is no limit.
    public internal(set) var rate = Setting(Int?.none)
    /// Lines that may come at once before the rate counts.
    public internal(set) var burst = Setting(10_000)
}

extension CaptureSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "interfaces", \.interfaces, .interfaces,
                "Which interfaces are watched: all, or a list of names, as under interfaces: or as the kernel has them."
            ),
            SettingRow(
                "workers", \.workers, .either("auto", or: .integer(1...64)),
                "Threads that take packets; auto is one for each processor, eight at most. With several, lines of different conversations may change places."
            ),
            SettingRow(
                "ring", \.ring, .size(.mebibytes(1) ... .gibibytes(16), like: "64 MiB"),
                "Memory of all packet rings together."),
            SettingRow(
                "snap_length", \.snapLength, .integer(64...262_144),
                "Bytes kept of a packet, for expressions on the payload and for dumps."),
            SettingRow(
                "promiscuous", \.promiscuous, .flag,
                "Whether interfaces also take packets for others' hardware addresses; a gateway's own traffic needs it not."
            ),
        ]
    }
}

extension FirewallLogSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "groups", \.groups, .list(of: .integer(0...65_535)) { "\($0)" },
                "The groups that the firewall's rules log to (nftables: log group 5); [] is none."),
            SettingRow(
                "filter_log", \.filterLog, .flag, "Whether each of these packets is a line of the Filter log."),
            SettingRow(
                "buffer", \.buffer, .size(.kibibytes(64) ... .gibibytes(1), like: "8 MiB"),
                "Memory in the kernel for what was not fetched yet, for each group."),
        ]
    }
}

extension ConnectionSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow("log", \.log, .flag, "Whether each connection that ends is a line of the Connection log."),
            SettingRow(
                "buffer", \.buffer, .size(.kibibytes(64) ... .gibibytes(1), like: "8 MiB"),
                "Memory in the kernel for events that were not fetched yet."),
        ]
    }
}

extension PacketLogSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "expression", \.expression,
                .either("none", or: .text("an expression, in quotes where it begins with !, [ or {")),
                "Which packets are lines of the Debug log."),
            SettingRow(
                "rate", \.rate, .either("none", or: .integer(1...100_000_000)),
                "Lines a second; what is beyond is counted and said. none is no limit."),
            SettingRow(
                "burst", \.burst, .integer(1...100_000_000), "Lines that may come at once before the rate counts."),
        ]
    }
}

extension SettingFormat where Value == CapturedInterfaces {
    fileprivate static var interfaces: Self {
        let name = SettingFormat<String>.name("the name of an interface")
        return SettingFormat(
            wants: "all, or a list of interfaces",
            schema: #"{ "anyOf": [{ "const": "all" }, { "type": "array", "items": \#(name.schema) }] }"#,
            read: { node, faults in
                if case .scalar("all", _) = node.content { return .all }
                let nodes = if case .sequence(let nodes) = node.content { nodes } else { [node] }
                return .only(
                    nodes.compactMap { node in name.read(node, &faults).map { Located($0, at: node.place) } })
            },
            show: { value in
                switch value {
                case .all: "all"
                case .only(let names): "[\(names.map { yamlScalar($0.value) }.joined(separator: ", "))]"
                }
            })
    }
}
