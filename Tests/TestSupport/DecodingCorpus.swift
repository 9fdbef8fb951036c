/// One packet of every kind that the decoder knows: what tests cut off and damage, and fuzzing begins with.
public enum DecodingCorpus {
    public static let packets: [(name: String, packet: PacketBuilder)] = links + internet + transports + tunnels

    private static let tcp = PacketBuilder().ethernet().ipv4()

    private static let links: [(String, PacketBuilder)] = [
        ("VLAN", PacketBuilder().ethernet().vlan(7).ipv4().tcp().payload("x")),
        ("QinQ", PacketBuilder().ethernet().vlan(7, tpid: 0x88A8).vlan(8).ipv6().udp().payload("x")),
        ("802.2", PacketBuilder().ethernet8023().llc().ipv4().udp()),
        ("SNAP", PacketBuilder().ethernet8023().snap().ipv4().udp()),
        ("PPPoE", PacketBuilder().ethernet().pppoe().ppp().ipv4().tcp()),
        ("MPLS", PacketBuilder().ethernet().mpls(3).mpls(4).ipv6().tcp()),
        ("cooked", PacketBuilder().cooked().ipv4().tcp()),
        ("cooked, sent", PacketBuilder().cooked(packetType: 4).vlan(5).ipv6().tcp()),
        ("cooked 2", PacketBuilder().cookedV2(packetType: 4).ipv4().udp()),
        ("null", PacketBuilder().null().ipv4().udp()),
        ("null, other order", PacketBuilder().null(bigEndian: true).ipv6().udp()),
        ("loop", PacketBuilder().loop().ipv6().udp()),
        ("raw", PacketBuilder().ipv4().udp()),
        ("PPP", PacketBuilder().ppp(framed: true).ipv4().tcp()),
        ("PPP, compressed", PacketBuilder().ppp(compressed: true).ipv6().tcp()),
        ("NFLOG", PacketBuilder().nflog(prefix: "DROP @web:12 Admin panel", input: 3, userID: 1000).ipv4().tcp()),
        (
            "NFLOG, forwarded",
            PacketBuilder().nflog(prefix: "x", input: 3, output: 4, hardwareAddress: 0x20_0000_0001).ipv6().udp()
        ),
        ("ARP", PacketBuilder().ethernet(type: 0x0806).payload(count: 28)),
    ]

    private static let internet: [(String, PacketBuilder)] = [
        ("IPv4 options", PacketBuilder().ethernet().ipv4(options: [7, 7, 4, 1, 2, 3, 4]).tcp()),
        (
            "first fragment",
            PacketBuilder().ethernet().ipv4(moreFragments: true).udp(1, 2, length: 4000).payload(count: 24)
        ),
        ("later fragment", PacketBuilder().ethernet().ipv4(protocol: 17, fragmentOffset: 64).payload(count: 24)),
        (
            "extension headers",
            PacketBuilder().ethernet().ipv6().hopByHop().routing().destinationOptions().ah().mobility(next: 139)
                .hostIdentity().shim6().tcp().payload("x")
        ),
        ("IPv6 first fragment", PacketBuilder().ethernet().ipv6().fragment(more: true).udp(1, 2, length: 4000)),
        (
            "IPv6 later fragment",
            PacketBuilder().ethernet().ipv6().hopByHop().fragment(offset: 64, next: 6).payload(count: 24)
        ),
        ("no next header", PacketBuilder().ethernet().ipv6(next: 59)),
    ]

    private static let transports: [(String, PacketBuilder)] = [
        ("TCP", tcp.tcp(flags: [.syn], options: [2, 4, 5, 180]).payload("hello")),
        ("UDP", PacketBuilder().ethernet().ipv4().udp().payload("hello")),
        ("UDP-Lite", PacketBuilder().ethernet().ipv6().udpLite().payload("hello")),
        ("SCTP", PacketBuilder().ethernet().ipv4().sctp().payload(count: 16)),
        ("ICMP", PacketBuilder().ethernet().ipv4().icmpEcho().payload(count: 48)),
        ("ICMPv6", PacketBuilder().ethernet().ipv6().icmp6(type: 135).payload(count: 16)),
        ("IGMP", PacketBuilder().ethernet().ipv4(options: [0x94, 4, 0, 0]).igmp()),
        ("ESP", PacketBuilder().ethernet().ipv4().esp().payload(count: 32)),
        ("AH", PacketBuilder().ethernet().ipv4().ah().tcp().payload("x")),
        ("OSPF", PacketBuilder().ethernet().ipv4(protocol: 89).payload(count: 44)),
        (
            "DNS",
            PacketBuilder().ethernet().ipv4().udp(53, 40000).dns(
                question: "www.example.com",
                answers: [
                    TestRecord("www.example.com", .cname("example.com")), TestRecord("example.com", .a("192.0.2.1")),
                ])
        ),
    ]

    private static let tunnels: [(String, PacketBuilder)] = [
        ("IPIP", PacketBuilder().ethernet().ipv4().ipv4("192.0.2.1", "192.0.2.2").tcp()),
        ("6in4", PacketBuilder().ethernet().ipv4().ipv6().udp().payload("x")),
        ("4in6", PacketBuilder().ethernet().ipv6().ipv4().icmp()),
        ("GRE", PacketBuilder().ethernet().ipv4().gre().ipv4("192.0.2.1", "192.0.2.2").tcp()),
        (
            "GRE, all fields",
            PacketBuilder().ethernet().ipv4().gre(
                checksum: true, key: 7, sequence: 9, routing: [0x08, 0, 0, 4, 192, 0, 2, 1]
            ).ipv6().udp()
        ),
        ("GRE, Ethernet", PacketBuilder().ethernet().ipv4().gre(key: 1).ethernet().vlan(9).ipv4().udp()),
        ("PPTP", PacketBuilder().ethernet().ipv4().pptp(acknowledgement: 3).ppp(framed: true).ipv4().tcp()),
        ("VXLAN", PacketBuilder().ethernet().ipv4().udp(50000, 4789).vxlan(77).ethernet().ipv4().tcp()),
        (
            "Geneve",
            PacketBuilder().ethernet().ipv4().udp(50000, 6081).geneve(options: [0, 1, 2, 1, 1, 2, 3, 4]).ethernet()
                .ipv6().tcp()
        ),
        ("GTP-U", PacketBuilder().ethernet().ipv4().udp(2152, 2152).gtp(5).ipv4("192.0.2.1", "192.0.2.2").udp()),
        (
            "GTP-U, extended",
            PacketBuilder().ethernet().ipv4().udp(2152, 2152).gtp(
                5, sequence: 1, extensions: [(0x85, [0x10, 9]), (0xC0, [1, 2])]
            ).ipv6().tcp()
        ),
        ("EtherIP", PacketBuilder().ethernet().ipv4().etherIP().ethernet().ipv4().tcp()),
    ]
}
