import PacketDecoding

/// Protocols above IP by the names that `proto` takes.
public enum ProtocolNames {
    /// All names, sorted.
    public static let all: [String] = numbers.keys.sorted()

    /// The number of a protocol; `name` in lower case.
    public static func number(of name: String) -> UInt8? { numbers[name] }

    private static let numbers: [String: UInt8] = [
        "hopopt": IPProtocol.hopByHop, "icmp": IPProtocol.icmp, "igmp": IPProtocol.igmp, "ipip": IPProtocol.ipip,
        "tcp": IPProtocol.tcp, "egp": 8, "udp": IPProtocol.udp, "dccp": 33, "ipv6": IPProtocol.ipv6, "rsvp": 46,
        "gre": IPProtocol.gre, "esp": IPProtocol.esp, "ah": IPProtocol.ah, "icmp6": IPProtocol.icmp6,
        "icmpv6": IPProtocol.icmp6, "ipv6-icmp": IPProtocol.icmp6, "eigrp": 88, "ospf": IPProtocol.ospf,
        "pim": 103, "ipcomp": 108, "vrrp": 112, "l2tp": 115, "sctp": IPProtocol.sctp, "mobility": IPProtocol.mobility,
        "udplite": IPProtocol.udpLite, "udp-lite": IPProtocol.udpLite, "hip": IPProtocol.hostIdentity,
        "shim6": IPProtocol.shim6,
    ]
}
