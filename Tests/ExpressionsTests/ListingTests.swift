import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("Listings of programs")
struct ListingTests {
    private static let texts = [
        "",
        "any",
        "port = 80 & tcpfl = SYN",
        #"if = "Internet" & (port >= 137 & port <= 139 | port = 445)"#,
        #"oif = "Internet" & daddr = 123.32.45.67 & (dport = 80 | dport = 8080)"#,
        "direc = in & tcpfl = SYN",
        "tcpfl = SYN +ACK -RST",
        "addr = 1.2.3.4-1.2.3.10 | addr = 2001:abcd:1234::1",
        #"saddr = user:"user1,user2,[group1],user3,[group2]""#,
        #"addr = list:"name of IP group" & iif = vpnclient"#,
        #"if = vpn:"name of VPN connection" & !(port = 53)"#,
        "proto = udp & port = 5060-5061 & addr = 2001:db8::/32",
        #"addr = { 10.0.0.0/8, 192.168.1.7 } & host ~ /(^|\.)example\.com$/"#,
        // A condition that was met before is not tested again.
        "(port = 80 & ttl > 1) | (port = 80 & tcpfl = SYN)",
        "ttl > 1 & port = 80 | dscp = 0 & port = 80 & tcpfl = SYN | port != 80 & ip = 4",
        "port != 80 & port != 81 & !(port = 443 | port = 8443-8445)",
        "ip = 6 & proto = { tcp, udp, sctp, gre } & len = { 40, 52, 60-80, 1500 } & dscp > 0 & payloadlen < 10",
        "icmp = echo-request | icmp6 = { 133, 134, 135, 136 } | icmp = 3/3",
        #"mac = 00:11:22 & smac != 00:11:22:33:44:55 & vlan = { 1-10, 100 } & frag = first"#,
        #"payload = "GET /\x00\"" & payload ~ /a\/b/i & rule = "Local traffic" & verdict != pass"#,
        #"user = ann & host = { "www.example.com", "*.example.org" } & country = { DE, CZ } & asn = { 64500, 64511 }"#,
        "proto = gre & inner(port = 53 | inner(saddr = 10.0.0.0/8)) & inner(any)",
        "port = { 1, 3, 5, 7, 9, 11, 13, 15, 17-19 }",
        #"addr = list:"many""#,
        #"addr = list:"nowhere" | port = 1"#,
        #"!(addr = list:"nowhere")"#,
    ]

    private static var directory: Directory {
        var directory = Directory()
        directory.interfaces = nil
        directory.lists = [
            "name of IP group": [AddressRange(.v4(IPv4Address(0x0A01_0203)))],
            "many": (0..<1000).map { AddressRange(.v4(IPv4Address(0x0A00_0000 + $0 * 7))) },
            "nowhere": [],
        ]
        directory.users = [
            .init(name: "user1", addresses: [.v4(IPv4Address(0x0A00_0001))]),
            .init(name: "user2", groups: ["group1"], addresses: [.v4(IPv4Address(0x0A00_0002))]),
            .init(name: "user3", groups: ["group2"], addresses: [.v6(IPv6Address(high: 0x2001_0DB8 << 32, low: 1))]),
            .init(name: "ann"),
        ]
        directory.groups = ["group1", "group2"]
        return directory
    }

    @Test("Each kind of instruction, and how tests follow each other")
    func listings() throws {
        let directory = Self.directory
        var text = ""
        for source in Self.texts {
            let expression = try Expression(parsing: source, directory: directory)
            var program = Program(expression.tree, directory: directory)
            program.learn(interface: .init(displayName: "Internet", kernelName: "eth0"), as: InterfaceID(rawValue: 0))
            program.learn(host: "www.example.com", as: 1)
            program.learn(host: "a.example.org", as: 900)
            text += (source.isEmpty ? "(empty)" : source) + "\n" + program.listing + "\n"
        }
        Golden.check(text, "Expressions/listings.txt")
    }
}
