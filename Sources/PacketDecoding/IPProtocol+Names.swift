extension IPProtocol {
    /// One protocol's number, the name in lines, and the name in expressions.
    public struct Name: Sendable {
        public let number: UInt8
        /// As `%PROTO%` shows it: `TCP`, `ICMPv6`.
        public let display: StaticString
        /// As `proto =` takes it: `tcp`, `icmp6`.
        public let word: StaticString
    }

    /// All protocols with a name, by number. A second name of one number (an alias in expressions) follows the first.
    public static let names: [Name] = [
        Name(number: 0, display: "HOPOPT", word: "hopopt"),
        Name(number: 1, display: "ICMP", word: "icmp"),
        Name(number: 2, display: "IGMP", word: "igmp"),
        Name(number: 4, display: "IPIP", word: "ipip"),
        Name(number: 6, display: "TCP", word: "tcp"),
        Name(number: 8, display: "EGP", word: "egp"),
        Name(number: 9, display: "IGP", word: "igp"),
        Name(number: 17, display: "UDP", word: "udp"),
        Name(number: 33, display: "DCCP", word: "dccp"),
        Name(number: 41, display: "IPv6", word: "ipv6"),
        Name(number: 41, display: "IPv6", word: "6in4"),
        Name(number: 43, display: "IPv6-Route", word: "ipv6-route"),
        Name(number: 44, display: "IPv6-Frag", word: "ipv6-frag"),
        Name(number: 46, display: "RSVP", word: "rsvp"),
        Name(number: 47, display: "GRE", word: "gre"),
        Name(number: 50, display: "ESP", word: "esp"),
        Name(number: 51, display: "AH", word: "ah"),
        Name(number: 55, display: "MOBILE", word: "mobile"),
        Name(number: 58, display: "ICMPv6", word: "icmp6"),
        Name(number: 58, display: "ICMPv6", word: "icmpv6"),
        Name(number: 58, display: "ICMPv6", word: "ipv6-icmp"),
        Name(number: 59, display: "IPv6-NoNxt", word: "ipv6-nonxt"),
        Name(number: 60, display: "IPv6-Opts", word: "ipv6-opts"),
        Name(number: 88, display: "EIGRP", word: "eigrp"),
        Name(number: 89, display: "OSPF", word: "ospf"),
        Name(number: 97, display: "EtherIP", word: "etherip"),
        Name(number: 103, display: "PIM", word: "pim"),
        Name(number: 108, display: "IPComp", word: "ipcomp"),
        Name(number: 112, display: "VRRP", word: "vrrp"),
        Name(number: 112, display: "VRRP", word: "carp"),
        Name(number: 113, display: "PGM", word: "pgm"),
        Name(number: 115, display: "L2TP", word: "l2tp"),
        Name(number: 124, display: "ISIS", word: "isis"),
        Name(number: 132, display: "SCTP", word: "sctp"),
        Name(number: 135, display: "Mobility", word: "mobility"),
        Name(number: 136, display: "UDP-Lite", word: "udplite"),
        Name(number: 136, display: "UDP-Lite", word: "udp-lite"),
        Name(number: 137, display: "MPLS-in-IP", word: "mpls-in-ip"),
        Name(number: 139, display: "HIP", word: "hip"),
        Name(number: 140, display: "Shim6", word: "shim6"),
        Name(number: 143, display: "Ethernet", word: "ethernet"),
    ]

    /// The name that a line shows, or nil where the number is shown. Constant time, no allocation.
    public static func name(of number: UInt8) -> StaticString? {
        displayNames[Int(number)]
    }

    /// The name that an expression takes, or nil.
    public static func word(of number: UInt8) -> StaticString? {
        names.first { $0.number == number }?.word
    }

    /// The number of the protocol that an expression calls `word`, in any case; nil for an unknown word.
    public static func number(named word: String) -> UInt8? {
        let lowered = word.lowercased()
        return names.first { $0.word.description == lowered }?.number
    }

    private static let displayNames: [StaticString?] = {
        var table = [StaticString?](repeating: nil, count: 256)
        for name in names where table[Int(name.number)] == nil { table[Int(name.number)] = name.display }
        return table
    }()
}
