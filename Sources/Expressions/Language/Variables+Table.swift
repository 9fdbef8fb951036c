/// What the language knows of a variable: the one place that says it.
public struct VariableRow: Sendable {
    /// In how many places of a packet the fact stands.
    public enum Places: Sendable {
        case one, two
        /// Every VLAN tag.
        case everyTag

        /// `x > 1 & x < 9` is one condition on one of the places (rule 4).
        public var areSeveral: Bool { self != .one }
    }

    /// What the variable can be compared with.
    public enum Values: Hashable, Sendable {
        case addresses, interfaces, direction, flags
        /// Numbers from 0 to `upTo`; `services`: names of services too.
        case numbers(upTo: UInt32, services: Bool)
        case protocols, ipVersion, icmp, icmp6, payload, hardware, fragment, rule, verdict, user, host, country, asn
    }

    public let variable: Variable
    public let places: Places
    public let values: Values
    /// `<` `<=` `>` `>=`.
    public let isRelational: Bool
    /// `~`.
    public let takesRegex: Bool
    /// A few words for completions and the manual.
    public let meaning: String
    /// What it takes, as errors say it, behind "takes".
    public let takes: String
    /// Whether Kerio documents it; the others are ours.
    public let isKerios: Bool

    /// The comparators as the language spells them.
    public var comparators: [String] {
        ["=", "!="] + (isRelational ? ["<", "<=", ">", ">="] : []) + (takesRegex ? ["~"] : [])
    }

    init(
        _ variable: Variable, _ places: Places, _ values: Values, _ meaning: String, takes: String,
        regex: Bool = false, kerio: Bool = false
    ) {
        self.variable = variable
        self.places = places
        self.values = values
        if case .numbers = values { isRelational = true } else { isRelational = false }
        takesRegex = regex
        self.meaning = meaning
        self.takes = takes
        isKerios = kerio
    }
}

extension Variable {
    /// All that the language knows of this variable.
    public var row: VariableRow {
        guard let row = Self.rows[self] else { preconditionFailure("every variable has a row") }
        return row
    }

    /// One row a variable, in the order of the manual.
    public static let table: [VariableRow] = [
        VariableRow(.addr, .two, .addresses, "source or destination address", takes: anAddress, kerio: true),
        VariableRow(.saddr, .one, .addresses, "source address", takes: anAddress, kerio: true),
        VariableRow(.daddr, .one, .addresses, "destination address", takes: anAddress, kerio: true),
        VariableRow(.port, .two, portNumbers, "source or destination port", takes: aService, kerio: true),
        VariableRow(.sport, .one, portNumbers, "source port", takes: aService, kerio: true),
        VariableRow(.dport, .one, portNumbers, "destination port", takes: aService, kerio: true),
        VariableRow(.interface, .two, .interfaces, "interface, either direction", takes: anInterface, kerio: true),
        VariableRow(.incomingInterface, .one, .interfaces, "incoming interface", takes: anInterface, kerio: true),
        VariableRow(.outgoingInterface, .one, .interfaces, "outgoing interface", takes: anInterface, kerio: true),
        VariableRow(
            .direction, .one, .direction, "direction as the gateway sees it", takes: "in or out", kerio: true),
        VariableRow(
            .tcpFlags, .one, .flags, "TCP flags", takes: "FIN, SYN, RST, PSH, ACK, URG (with + or -), NONE or ALL",
            kerio: true),
        VariableRow(
            .proto, .one, .protocols, "protocol above IP", takes: "a protocol such as tcp, or its number from 0 to 255"),
        VariableRow(.ipVersion, .one, .ipVersion, "IP version", takes: "4 or 6"),
        VariableRow(
            .icmp, .one, .icmp, "ICMP or ICMPv6 message",
            takes: "a message such as echo-request or unreachable/port, or a number such as 8 or 3/3"),
        VariableRow(
            .icmp6, .one, .icmp6, "ICMPv6 message",
            takes: "a message such as echo-request or unreachable/port, or a number such as 128 or 1/4"),
        // Jumbograms (RFC 2675) and what a network card has still to cut up are longer than 16 bits say.
        VariableRow(.length, .one, .numbers(upTo: .max, services: false), "IP total length in bytes", takes: aNumber),
        VariableRow(
            .payloadLength, .one, .numbers(upTo: .max, services: false), "payload length in bytes", takes: aNumber),
        VariableRow(.ttl, .one, .numbers(upTo: 255, services: false), "time to live, or hop limit", takes: aNumber),
        VariableRow(
            .dscp, .one, .numbers(upTo: 63, services: false), "differentiated services code point", takes: aNumber),
        VariableRow(.vlan, .everyTag, .numbers(upTo: 4095, services: false), "VLAN of any tag", takes: aNumber),
        VariableRow(
            .payload, .one, .payload, "bytes of the payload", takes: "a string in quotes, or ~ and /a regex/",
            regex: true),
        VariableRow(.mac, .two, .hardware, "source or destination hardware address", takes: aHardware),
        VariableRow(.smac, .one, .hardware, "source hardware address", takes: aHardware),
        VariableRow(.dmac, .one, .hardware, "destination hardware address", takes: aHardware),
        VariableRow(.fragment, .one, .fragment, "whether it is a fragment", takes: "yes, no, first or later"),
        VariableRow(
            .rule, .one, .rule, "name of the firewall's rule", takes: "a rule's name, or ~ and /a regex/", regex: true),
        VariableRow(.verdict, .one, .verdict, "what the firewall did", takes: "pass, drop or reject"),
        VariableRow(
            .user, .two, .user, "user logged in at either address",
            takes: "a user's name, a \"[group]\" in quotes, or ~ and /a regex/", regex: true),
        VariableRow(
            .host, .two, .host, "domain name of either address",
            takes: "a domain name in quotes such as \"*.example.com\", or ~ and /a regex/", regex: true),
        VariableRow(.country, .two, .country, "country of either address", takes: "two letters such as DE"),
        VariableRow(.asn, .two, .asn, "network (AS number) of either address", takes: "a number"),
    ]

    private static let anAddress =
        "an address such as 1.2.3.4 or 2001:db8::1, a prefix, a range, list:\"name\" or user:\"names\""
    private static let portNumbers = VariableRow.Values.numbers(upTo: 65_535, services: true)
    private static let aService = "a number, a range such as 137-139, or a service's name"
    private static let aNumber = "a number or a range such as 64-128"
    private static let anInterface = "an interface's name, vpn, vpnclient or vpn:\"connection name\""
    private static let aHardware = "an address such as 00:11:22:33:44:55 or its beginning, 00:11:22"

    private static let rows = Dictionary(uniqueKeysWithValues: table.map { ($0.variable, $0) })
    private static let rowsByWord = Dictionary(
        uniqueKeysWithValues: table.map { (ShortWord($0.variable.rawValue), $0) })

    /// The row of the variable that `word` names, in any case.
    static func row(named word: ShortWord) -> VariableRow? { rowsByWord[word] }
}
