import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// The rules of meaning, each with the counter-examples that made it necessary.
@Suite("What a comparison means")
struct MeaningTests {
    private static let web = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(40000, 80, flags: .syn)
    private static let dns = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(40000, 53).payload("question")

    /// Whether a packet meets an expression that is read from text.
    private func meets(
        _ text: String, _ packet: PacketBuilder, captured: Int? = nil, frame change: (inout Frame) -> Void = { _ in },
        directory: Directory = Directory()
    ) throws -> Bool {
        let expression = try Expression(parsing: text, directory: directory)
        let bytes = Array(packet.bytes.prefix(captured ?? .max))
        var frame = packet.frame(captured: bytes.count)
        change(&frame)
        return Program(expression.tree, directory: directory)
            .matches(frame, packet.decoded(captured: captured), bytes.span.bytes, PacketFacts())
    }

    private func tcp(_ source: UInt16, _ destination: UInt16) -> PacketBuilder {
        PacketBuilder().ethernet().ipv4().tcp(source, destination)
    }

    @Test("Rule 1: either place meets it")
    func twoPlaces() throws {
        #expect(try meets("addr = 10.0.0.2", Self.web))
        #expect(try meets("addr = 10.0.0.1", Self.web))
        #expect(try meets("port = 80", Self.web))
        #expect(try meets("port = 40000", Self.web))
        #expect(try !meets("sport = 80", Self.web))
        #expect(try meets("addr = 10.0.0.1 & addr = 10.0.0.2", Self.web))
    }

    @Test("Rule 2: != is the negation of =, for either place and for absent facts")
    func unequal() throws {
        #expect(try !meets("addr != 10.0.0.1", Self.web))
        #expect(try !meets("addr != 10.0.0.2", Self.web))
        #expect(try meets("addr != 10.0.0.3", Self.web))
        #expect(try meets("tcpfl != SYN", Self.dns))
        #expect(try !meets("tcpfl != SYN", Self.web))
        #expect(try meets("port != { 22, 443 }", Self.web))
        #expect(try !meets("port != { 22, 80 }", Self.web))
        let arp = PacketBuilder().ethernet(type: 0x0806).payload(count: 28)
        #expect(try meets("addr != 10.0.0.1", arp))
        #expect(try meets("port != 80 & ttl != 64 & vlan != 7", arp))
    }

    @Test("Rule 3: an absent fact makes its condition not met, and its negation met")
    func absentFacts() throws {
        let arp = PacketBuilder().ethernet(type: 0x0806).payload(count: 28)
        for text in [
            "addr = 0.0.0.0/0", "port >= 0", "proto = { tcp, udp }", "ttl >= 0", "len >= 0", "frag = no", "any",
        ] {
            #expect(try !meets(text, arp), "\(text)")
            #expect(try meets("!(\(text))", arp), "!(\(text))")
        }
        // 14 + 20 + 13: the snap length cuts the flags byte off, and keeps the ports.
        #expect(try !meets("tcpfl = SYN", Self.web, captured: 47))
        #expect(try meets("tcpfl != SYN & port = 80", Self.web, captured: 47))
        #expect(try meets("!(tcpfl = SYN)", Self.web, captured: 47))
        #expect(try meets("tcpfl = SYN", Self.web, captured: 48))
    }

    @Test("Rule 3: a payload that is cut off is not an empty one")
    func absentPayload() throws {
        #expect(try meets(#"payload = "question""#, Self.dns))
        #expect(try !meets(#"payload = "question""#, Self.dns, captured: 14 + 20 + 8 + 7))
        #expect(try !meets("payload ~ /^/", Self.dns, captured: 14 + 20 + 8))
        #expect(try meets("payload ~ /^$/", Self.web))
        #expect(try meets("payloadlen = 8", Self.dns, captured: 14 + 20 + 8))
    }

    @Test("Rule 4: an interval is about one port")
    func intervals() throws {
        #expect(try !meets("port >= 137 & port <= 139", tcp(50000, 80)))
        #expect(try meets("port >= 137 & port <= 139", tcp(50000, 138)))
        // The partner stands behind |, so the conditions are met by one port each.
        #expect(try meets("port >= 137 & (port <= 139 | port = 445)", tcp(50000, 80)))
        #expect(try !meets("(port >= 137 & port <= 139) | port = 445", tcp(50000, 80)))
        #expect(try meets("port >= 80 & !(port > 90)", tcp(80, 85)))
        #expect(try !meets("port >= 80 & !(port > 90)", tcp(50000, 85)))
        #expect(try !meets("port > 1024 & port < 1024", tcp(50000, 80)))
        #expect(try meets("sport > 1024 & dport < 1024", tcp(50000, 80)))
        #expect(try meets("port >= 137 & proto = tcp & (port <= 139)", tcp(50000, 138)))
        #expect(try !meets("port >= 137 & proto = tcp & (port <= 139)", tcp(50000, 80)))
    }

    @Test("Rule 5: flags are of TCP whose flags byte is present")
    func flags() throws {
        func tcp(_ flags: TestFlags) -> PacketBuilder { PacketBuilder().ethernet().ipv4().tcp(flags: flags) }
        #expect(try meets("tcpfl = SYN +ACK -RST", tcp([.syn, .ack, .psh])))
        #expect(try !meets("tcpfl = SYN +ACK -RST", tcp([.syn, .ack, .rst])))
        #expect(try !meets("tcpfl = SYN +ACK -RST", tcp(.syn)))
        #expect(try meets("tcpfl = NONE", tcp([])))
        #expect(try meets("tcpfl = NONE", tcp([.ece, .cwr])))
        #expect(try !meets("tcpfl = NONE", Self.dns))
        #expect(try meets("tcpfl = ALL", tcp([.fin, .syn, .rst, .psh, .ack, .urg])))
        #expect(try meets("tcpfl = -SYN", tcp(.ack)))
        #expect(try !meets("tcpfl = -SYN", Self.dns))
    }

    @Test("Rule 6: a later fragment has no ports but those it inherits")
    func fragments() throws {
        let first = PacketBuilder().ethernet().ipv4(moreFragments: true).udp(40000, 53, length: 2000).payload(
            count: 1472)
        let later = PacketBuilder().ethernet().ipv4(protocol: 17, fragmentOffset: 1480).payload(count: 520)
        #expect(try meets("port = 53 & frag = first", first))
        #expect(try !meets("port = 53", later))
        #expect(try meets("!(port = 53) & frag = later & proto = udp", later))
        var layers = later.decoded()
        layers.sourcePort = 40000
        layers.destinationPort = 53
        layers.present.insert(.ports)
        let program = Program(try Expression(parsing: "!(port = 53)").tree, directory: Directory())
        let bytes = later.bytes
        let isMet = program.matches(later.frame(), layers, bytes.span.bytes, PacketFacts())
        #expect(!isMet)
        #expect(program.demands.contains(.fragmentPorts))
    }

    @Test("Rule 6: what an ICMP error quotes lends it nothing")
    func quotedPacket() throws {
        let quoted = PacketBuilder().ipv4("10.9.9.9", "10.8.8.8").udp(1, 53).bytes
        let error = PacketBuilder().ethernet().ipv4().icmp(type: 3, code: 3).payload(quoted)
        #expect(try !meets("port = 53 | addr = 10.9.9.9", error))
        #expect(try meets("icmp = 3/3 & icmp = unreachable/port & icmp6 != unreachable/port", error))
    }

    @Test("Rule 7: a record with an incoming interface is `in`")
    func direction() throws {
        var directory = Directory()
        directory.interfaces = [.init(displayName: "LAN"), .init(displayName: "Internet")]
        func meets(_ text: String, _ incoming: UInt16?, _ outgoing: UInt16?) throws -> Bool {
            var frame = Self.web.frame()
            if let incoming { frame.incoming = InterfaceID(rawValue: incoming) }
            if let outgoing { frame.outgoing = InterfaceID(rawValue: outgoing) }
            var program = Program(try Expression(parsing: text, directory: directory).tree, directory: directory)
            program.learn(interface: directory.interfaces![0], as: InterfaceID(rawValue: 0))
            program.learn(interface: directory.interfaces![1], as: InterfaceID(rawValue: 1))
            return program.matches(frame, Self.web.decoded(), Self.web.bytes.span.bytes, PacketFacts())
        }
        #expect(try meets("direc = in & iif = LAN & oif = Internet & if = LAN & if = Internet", 0, 1))
        #expect(try !meets("direc = out", 0, 1))
        #expect(try meets("direc = out & oif = LAN & if = LAN & iif != LAN", nil, 0))
        #expect(try meets("direc != in & direc != out & if != LAN & oif != LAN", nil, nil))
    }

    @Test("Frames without IP meet a negation, and `any` is about IP")
    func any() throws {
        let arp = PacketBuilder().ethernet(type: 0x0806).payload(count: 28)
        #expect(try meets("any", Self.web))
        #expect(try !meets("any", arp))
        #expect(try meets("!any", arp))
        #expect(try meets("", Self.web))
        #expect(try !meets("", arp))
    }

    @Test("inner( ) is about the packet inside, and not met without one")
    func inner() throws {
        let tunnel = PacketBuilder().ethernet().ipv4("192.0.2.1", "192.0.2.2").gre().ipv4("10.0.0.1", "10.0.0.2")
            .tcp(40000, 80)
        #expect(try meets("inner(port = 80 & addr = 10.0.0.1) & addr = 192.0.2.1 & proto = gre", tunnel))
        #expect(try !meets("port = 80", tunnel))
        #expect(try !meets("inner(addr = 192.0.2.1)", tunnel))
        #expect(try meets("inner(addr != 192.0.2.1)", tunnel))
        #expect(try !meets("inner(addr != 192.0.2.1)", Self.web))
        #expect(try meets("!inner(any)", Self.web))
        #expect(try !meets("inner(inner(any))", tunnel))
        let nested = PacketBuilder().ethernet().ipv4().gre().ipv4().gre().ipv6().udp(1, 53)
        #expect(try meets("inner(inner(ip = 6 & port = 53))", nested))
        #expect(try !meets("inner(ip = 6)", nested))
    }

    @Test("An authentication header is a protocol, and so is what it protects")
    func authentication() throws {
        let protected = PacketBuilder().ethernet().ipv4().ah().tcp(40000, 80)
        #expect(try meets("proto = ah & proto = tcp & port = 80", protected))
        #expect(try meets("proto = { 50, 51 }", protected))
        #expect(try !meets("proto != ah", protected))
        #expect(try meets("proto != ah", Self.web))
    }

    @Test("Lengths are not 16 bits wide: nothing is longer than the greatest number")
    func lengths() throws {
        #expect(try !meets("len > 4294967295", Self.web))
        #expect(try meets("len <= 4294967295 & len > 0", Self.web))
    }
}
