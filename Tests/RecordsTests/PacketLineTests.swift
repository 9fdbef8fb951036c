import PacketDecoding
import Primitives
import TestSupport
import Testing

@testable import Records

/// Every line of `spec/logs.md` that a packet can produce, made from the packet.
struct PacketLineTests {
    @Test func `a template of one's own`() throws {
        let packet = PacketBuilder().nflog(prefix: "PERMIT Firewall traffic", input: 2)
            .ipv4("192.168.52.2", "192.168.52.128").udp(53, 1035).payload(count: 68)
        var scene = Scene(template: "%DIRECTION% %IF%, %SRC% >> %DST%, length %PKTLEN%")
        scene.direction = .unknown
        #expect(
            try line(packet, scene) == "[08/Sep/2012 11:47:39] PERMIT \"Firewall traffic\" packet from WAN, "
                + "192.168.52.2:53 >> 192.168.52.128:1035, length 96")
    }

    @Test func `WinRoute's filter log`() throws {
        let packet = PacketBuilder().nflog(prefix: "PERMIT Local traffic", output: 3)
            .ipv4("195.39.55.4", "192.168.1.11")
            .tcp(
                41272, 3663, flags: [.ack, .psh], sequence: 1_099_972_190, acknowledgement: 3_795_090_926, window: 64036
            )
            .payload(count: 7)
        var scene = Scene(dialect: .winroute, form: .filterLog, direction: .unknown, interface: "LAN")
        scene.time = Timestamp(seconds: 1_208_343_060)
        #expect(
            try line(packet, scene)
                == "[16/Apr/2008 10:51:00] PERMIT 'Local traffic' packet to LAN, proto:TCP, len:47, "
                + "ip/port:195.39.55.4:41272 -> 192.168.1.11:3663, flags: ACK PSH, seq:1099972190 ack:3795090926, "
                + "win:64036, tcplen:7")
    }

    @Test func `a rule's lines, TCP and echo`() throws {
        let syn = PacketBuilder().nflog(prefix: "DENY Admin panel block", input: 2)
            .ipv4("62.238.41.57", "89.147.252.244").tcp(65301, 80, flags: .syn, sequence: 1_502_936_152)
        let echo = PacketBuilder().nflog(prefix: "DENY Admin panel block", input: 2)
            .ipv4("115.67.98.136", "89.147.252.244").icmpEcho(id: 4, sequence: 9).payload(count: 56)
        var scene = Scene(direction: .unknown, interface: "internet")
        #expect(
            try line(syn, scene).afterTime == "DENY \"Admin panel block\" packet from internet, proto:TCP, len:40, "
                + "62.238.41.57:65301 -> 89.147.252.244:80, flags:[ SYN ], seq:1502936152 ack:0, win:65535, tcplen:0")
        scene.record = { $0.ttl = 54 }
        #expect(
            try line(echo, scene).afterTime == "DENY \"Admin panel block\" packet from internet, proto:ICMP, len:84, "
                + "115.67.98.136 -> 89.147.252.244, type:8 code:0 id:4 seq:9 ttl:54")
    }

    @Test func `drops with their reasons`() throws {
        let echo = PacketBuilder().nflog(prefix: "DROP Example traffic rule", output: 2)
            .ipv4("212.212.62.103", "69.172.201.208").icmpEcho(id: 12380, sequence: 1).payload(count: 56)
        var scene = Scene(form: .drop(.trafficRule), direction: .unknown)
        scene.time = Timestamp(seconds: 1_450_798_360)
        #expect(
            try line(echo, scene)
                == "[22/Dec/2015 15:32:40] {pktdrop} packet dropped: Traffic rule: Example traffic rule "
                + "(to WAN, proto:ICMP, len:84, 212.212.62.103 -> 69.172.201.208, type:8 code:0 id:12380 seq:1 ttl:64)")
        let data = PacketBuilder().ethernet().ipv4("4.85.78.63", "172.1.5.84")
            .tcp(
                443, 59928, flags: [.psh, .ack], sequence: 2_583_892_222, acknowledgement: 4_237_640_823, window: 1022
            )
            .payload(count: 425)
        scene = Scene(form: .drop(.handshakeNotCompleted), interface: "DMZ")
        scene.time = Timestamp(seconds: 1_550_188_864)
        #expect(
            try line(data, scene) == "[15/Feb/2019 00:01:04] {pktdrop} packet dropped: 3-way handshake not completed "
                + "(from DMZ, proto:TCP, len:465, 4.85.78.63:443 -> 172.1.5.84:59928, flags:[ ACK PSH ], "
                + "seq:2583892222 ack:4237640823, win:1022, tcplen:425)")
        scene.form = .drop(.antiSpoofing)
        #expect(try line(data, scene).contains("{pktdrop} packet dropped: Anti-spoofing (from DMZ, proto:TCP"))
    }

    @Test func `packet logging has its own mark`() throws {
        let packet = PacketBuilder().ethernet().ipv4().udp(40000, 53).payload(count: 306)
        #expect(
            try line(packet, Scene(form: .packetLogging)).afterTime
                == "{pktlog} packet from WAN, proto:UDP, len:334, 10.0.0.1:40000 -> 10.0.0.2:53, udplen:306")
    }

    @Test func `every protocol has its details, and none leaves a comma`() throws {
        let ether = PacketBuilder().ethernet()
        let cases: [(PacketBuilder, String)] = [
            (ether.ipv4().icmp(type: 3, code: 1), "proto:ICMP, len:28, 10.0.0.1 -> 10.0.0.2, type:3 code:1 ttl:64"),
            (
                ether.ipv6().icmp6(type: 129, rest: 0x0004_0009),
                "proto:ICMPv6, len:48, 2001:db8::1 -> 2001:db8::2, type:129 code:0 id:4 seq:9 ttl:64"
            ),
            (ether.ipv6().icmp6(type: 135), "proto:ICMPv6, len:48, 2001:db8::1 -> 2001:db8::2, type:135 code:0 ttl:64"),
            (
                ether.ipv6().tcp(1, 443, flags: [], window: 0),
                "proto:TCP, len:60, [2001:db8::1]:1 -> [2001:db8::2]:443, flags:[ ], seq:1 ack:0, win:0, tcplen:0"
            ),
            (
                ether.ipv4().tcp(flags: [.fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr]),
                "proto:TCP, len:40, 10.0.0.1:40000 -> 10.0.0.2:80, flags:[ FIN SYN RST ACK PSH URG ], seq:1 ack:0, "
                    + "win:65535, tcplen:0"
            ),
            (
                ether.ipv4(protocol: 17, identification: 4660, fragmentOffset: 1480).payload(count: 520),
                "proto:UDP, len:540, 10.0.0.1 -> 10.0.0.2, frag:1480+520 id:4660"
            ),
            (
                ether.ipv6().fragment(offset: 1448, identification: 70000, next: 17).payload(count: 100),
                "proto:UDP, len:148, 2001:db8::1 -> 2001:db8::2, frag:1448+100 id:70000"
            ),
            (ether.ipv4().gre().ipv4(), "proto:GRE, len:44, 10.0.0.1 -> 10.0.0.2"),
            (ether.ipv4().esp().payload(count: 20), "proto:ESP, len:48, 10.0.0.1 -> 10.0.0.2"),
            (ether.ipv4().sctp(1000, 2000), "proto:SCTP, len:32, 10.0.0.1:1000 -> 10.0.0.2:2000"),
            (ether.ipv4(protocol: 253).payload(count: 4), "proto:253, len:24, 10.0.0.1 -> 10.0.0.2"),
            (
                PacketBuilder().ethernet(type: 0x0806).payload(count: 28),
                "proto:ARP, len:28, 02:00:00:00:00:01 -> 02:00:00:00:00:02"
            ),
            (
                PacketBuilder().ethernet(type: 0x88B5).payload(count: 46),
                "proto:0x88b5, len:46, 02:00:00:00:00:01 -> 02:00:00:00:00:02"
            ),
            (PacketBuilder().link(.ieee80211).payload(count: 50), "proto:802.11, len:50, unknown -> unknown"),
        ]
        for (packet, wanted) in cases {
            #expect(try line(packet).afterTime == "packet from WAN, " + wanted)
        }
    }

    @Test func `a header that is cut off says what is left of it`() throws {
        let packet = PacketBuilder().ethernet().ipv4().tcp(7, 8, flags: .syn, sequence: 5).payload(count: 100)
        let start = "packet from WAN, proto:TCP, len:140, 10.0.0.1"
        #expect(
            try line(packet, Scene(captured: 34 + 19)).afterTime == start
                + ":7 -> 10.0.0.2:8, flags:[ SYN ], seq:5 ack:0")
        #expect(try line(packet, Scene(captured: 34 + 13)).afterTime == start + ":7 -> 10.0.0.2:8")
        #expect(try line(packet, Scene(captured: 34 + 3)).afterTime == start + " -> 10.0.0.2")
        let echo = PacketBuilder().ethernet().ipv4().icmpEcho()
        #expect(
            try line(echo, Scene(captured: 34 + 7)).afterTime
                == "packet from WAN, proto:ICMP, len:28, 10.0.0.1 -> 10.0.0.2, type:8 code:0 ttl:64")
    }

    @Test func `directions and interfaces that nobody tells`() throws {
        let packet = PacketBuilder().ethernet().ipv4().udp()
        let template = "%DIRECTION% %IF%"
        #expect(try line(packet, Scene(template: template, direction: .outgoing)).afterTime == "packet to WAN")
        #expect(
            try line(packet, Scene(template: template, direction: .unknown, interface: nil)).afterTime
                == "packet on unknown")
        let given = Scene(template: template, interface: nil, names: { $0.unknownInterface = "eth0" })
        #expect(try line(packet, given).afterTime == "packet from eth0")
        let logged = PacketBuilder().nflog(input: 7, output: 9).ipv4().udp()
        #expect(
            try line(logged, Scene(template: template, direction: .unknown, interface: nil)).afterTime
                == "packet from if7")
        let known = Scene(
            template: template, direction: .unknown, interface: "nflog:1",
            names: { $0.name(kernelIndex: 7, "Guest Wi-Fi") })
        #expect(try line(logged, known).afterTime == "packet from Guest Wi-Fi")
    }

    @Test func `a log prefix without a verdict is a plain LOG`() throws {
        let packet = PacketBuilder().nflog(prefix: "odd traffic", input: 1).ipv4().icmp(type: 3)
        #expect(try line(packet, Scene(direction: .unknown)).afterTime.hasPrefix("LOG \"odd traffic\" packet from WAN"))
        let none = PacketBuilder().nflog(input: 1).ipv4().icmp(type: 3)
        #expect(try line(none, Scene(direction: .unknown)).afterTime.hasPrefix("packet from WAN"))
    }

    @Test func `all variables`() throws {
        let packet = PacketBuilder().ethernet(source: 0x0011_2233_4455).vlan(7)
            .ipv4(ttl: 63, dscp: 46, identification: 4660).udp(1, 2).payload("ab")
        let template = PacketVariable.allCases.map { "\($0.rawValue)=%\($0.rawValue)%" }.joined(separator: " ")
        var scene = Scene(template: template)
        scene.names = {
            $0.users.set("wsmith", for: 3)
            $0.hosts.set("www.example.com", for: 1)
        }
        scene.record = {
            $0.sourceUser = 3
            $0.destinationHost = 1
            $0.sourceCountry = 0x435A
        }
        Golden.check(try line(packet, scene) + "\n", "lines/variables.txt")
        let bare = PacketBuilder().link(.ieee80211)
        Golden.check(try line(bare, Scene(template: template)) + "\n", "lines/variables-absent.txt")
    }
}
