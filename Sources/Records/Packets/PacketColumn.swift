/// The facts of a logged packet by the names that JSON, the search index and the store know them by.
/// The order is that of a row. Adding one is a case here, its row in `about`, and a line in
/// `PacketRecord.give(...)`.
public enum PacketColumn: UInt8, Hashable, Sendable, CaseIterable {
    case time, source, direction
    case incomingInterface, outgoingInterface
    case verdict, rule, ruleGroup, ruleNumber
    case ipVersion, protocolNumber, sourceIP, destinationIP, sourcePort, destinationPort
    case tcpFlags, tcpSequence, tcpAcknowledgement, tcpWindow
    case icmpType, icmpCode, icmpID, icmpSequence
    case length, payloadLength, ttl, dscp, ipID, fragmentOffset, fragmentMore
    case vlan, sourceMAC, destinationMAC
    case sourceUser, destinationUser, sourceHost, destinationHost
    case sourceCountry, destinationCountry, sourceASN, destinationASN
    case flowID, communityID

    /// What a column holds in SQL (SQLite's names; ClickHouse's exporter has its own).
    public enum Kind: String, Hashable, Sendable {
        case integer = "INTEGER"
        case text = "TEXT"
        /// Sixteen bytes in network order, IPv4 addresses mapped.
        case address = "BLOB"
    }

    /// The name in JSON and SQL.
    public var name: StaticString { about.name }

    /// What it holds.
    public var kind: Kind { about.kind }

    /// One line of documentation.
    public var meaning: String { about.meaning }

    private var about: (name: StaticString, kind: Kind, meaning: String) {
        switch self {
        case .time: ("time", .integer, "nanoseconds since 1970; RFC 3339 with the zone in JSON")
        case .source: ("source", .text, "capture, nflog, nfqueue or file")
        case .direction: ("direction", .text, "in or out, as the gateway sees it")
        case .incomingInterface: ("iif", .text, "display name of the incoming interface")
        case .outgoingInterface: ("oif", .text, "display name of the outgoing interface")
        case .verdict: ("verdict", .text, "pass, drop or reject: what the firewall did")
        case .rule: ("rule", .text, "name of the firewall's rule")
        case .ruleGroup: ("rule_group", .text, "group of the rule, from the log prefix")
        case .ruleNumber: ("rule_number", .integer, "number of the rule in its group, from the log prefix")
        case .ipVersion: ("ip_version", .integer, "4 or 6")
        case .protocolNumber: ("protocol", .integer, "protocol above IP and its extension headers (IANA number)")
        case .sourceIP: ("source_ip", .address, "source address; text in JSON")
        case .destinationIP: ("destination_ip", .address, "destination address; text in JSON")
        case .sourcePort: ("source_port", .integer, "source port")
        case .destinationPort: ("destination_port", .integer, "destination port")
        default: aboutTransport
        }
    }

    private var aboutTransport: (name: StaticString, kind: Kind, meaning: String) {
        switch self {
        case .tcpFlags: ("tcp_flags", .integer, "FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128")
        case .tcpSequence: ("tcp_sequence", .integer, "sequence number")
        case .tcpAcknowledgement: ("tcp_acknowledgement", .integer, "acknowledgement number")
        case .tcpWindow: ("tcp_window", .integer, "window as the header has it, not scaled")
        case .icmpType: ("icmp_type", .integer, "type of ICMP or ICMPv6")
        case .icmpCode: ("icmp_code", .integer, "code of ICMP or ICMPv6")
        case .icmpID: ("icmp_id", .integer, "identifier of an echo")
        case .icmpSequence: ("icmp_sequence", .integer, "sequence number of an echo")
        case .length: ("length", .integer, "IP total length in bytes")
        case .payloadLength: ("payload_length", .integer, "bytes behind the innermost header understood")
        case .ttl: ("ttl", .integer, "time to live or hop limit")
        case .dscp: ("dscp", .integer, "differentiated services code point")
        case .ipID: ("ip_id", .integer, "IP identification")
        case .fragmentOffset: ("fragment_offset", .integer, "bytes; of fragments only")
        case .fragmentMore: ("fragment_more", .integer, "whether more fragments follow; of fragments only")
        default: aboutNeighbours
        }
    }

    private var aboutNeighbours: (name: StaticString, kind: Kind, meaning: String) {
        switch self {
        case .vlan: ("vlan", .integer, "outermost VLAN identifier")
        case .sourceMAC: ("source_mac", .text, "source hardware address")
        case .destinationMAC: ("destination_mac", .text, "destination hardware address")
        case .sourceUser: ("source_user", .text, "user at the source address")
        case .destinationUser: ("destination_user", .text, "user at the destination address")
        case .sourceHost: ("source_host", .text, "domain name of the source, by DNS answers seen before")
        case .destinationHost: ("destination_host", .text, "domain name of the destination, by DNS answers seen before")
        case .sourceCountry: ("source_country", .text, "ISO 3166 code of the source")
        case .destinationCountry: ("destination_country", .text, "ISO 3166 code of the destination")
        case .sourceASN: ("source_asn", .integer, "autonomous system of the source")
        case .destinationASN: ("destination_asn", .integer, "autonomous system of the destination")
        case .flowID: ("flow_id", .integer, "the connection it belongs to, where flows are tracked")
        default: ("community_id", .text, "Community ID of the flow, where flows are tracked")
        }
    }
}
