import PacketDecoding
import TestSupport
import Testing

@Suite struct NFLOGTests {
    private func text(_ bytes: [UInt8], _ offset: Int32, _ length: Int32) -> String {
        String(decoding: bytes[Int(offset)..<Int(offset) + Int(length)], as: UTF8.self)
    }

    @Test(arguments: [false, true]) func record(bigEndian: Bool) {
        let packet = PacketBuilder().nflog(
            prefix: "DROP @web:12 Admin panel block", input: 3, output: 5, hardwareAddress: 0x0200_0000_0009,
            userID: 1000, more: [(2, [0, 0, 0, 1])], bigEndian: bigEndian
        ).ipv4().tcp(1, 2)
        let layers = packet.decoded()
        let bytes = packet.bytes
        #expect(
            layers.present == [
                .sourceMAC, .etherType, .inputIndex, .outputIndex, .userID, .verdict, .rule, .ruleNumber,
                .linkDirection, .ipv4, .upperProtocol, .ports, .tcpFlags, .tcp, .payload,
            ])
        #expect(layers.verdict == .drop)
        #expect(text(bytes, layers.ruleOffset, layers.ruleLength) == "Admin panel block")
        #expect(text(bytes, layers.ruleGroupOffset, layers.ruleGroupLength) == "web")
        #expect(layers.ruleNumber == 12)
        #expect(layers.inputIndex == 3)
        #expect(layers.outputIndex == 5)
        #expect(layers.userID == 1000)
        #expect(layers.linkDirection == .incoming)
        #expect(bytes[Int(layers.sourceMAC) + 5] == 9)
    }

    @Test func directions() {
        func direction(_ packet: PacketBuilder) -> FrameDirection? {
            let layers = packet.ipv4().tcp().decoded()
            return layers.present.contains(.linkDirection) ? layers.linkDirection : nil
        }
        #expect(direction(PacketBuilder().nflog(output: 1, hook: 2)) == .outgoing)
        #expect(direction(PacketBuilder().nflog(hook: 1)) == .incoming)
        #expect(direction(PacketBuilder().nflog(hook: 3)) == .outgoing)
        #expect(direction(PacketBuilder().nflog(hook: 77)) == nil)
        // What leaves by the gateway's hooks leaves, though the kernel still knows where it came from.
        #expect(direction(PacketBuilder().nflog(input: 1, output: 2, hook: 4)) == .outgoing)
        #expect(direction(PacketBuilder().nflog(input: 1, output: 2, hook: 2)) == .incoming)
        // netdev: ingress and egress.
        #expect(direction(PacketBuilder().nflog(hook: 1, family: 5)) == .outgoing)
        #expect(direction(PacketBuilder().nflog(hook: 0, family: 5)) == .incoming)
    }

    @Test func families() {
        #expect(PacketBuilder().nflog().ipv6().udp().decoded().present.contains([.ipv6, .udp]))
        // netdev and inet records: the packet header attribute tells the protocol.
        #expect(PacketBuilder().nflog(family: 1).ipv6().udp().decoded().present.contains([.ipv6, .udp]))
        #expect(PacketBuilder().nflog(family: 5).ipv4().udp().decoded().present.contains([.ipv4, .udp]))
    }

    @Test func copyRange() {
        let whole = PacketBuilder().ipv4().tcp(1, 2).payload(count: 1400).bytes
        let layers = PacketBuilder().nflog(prefix: "x").payload(Array(whole.prefix(64))).decoded()
        #expect(!layers.present.contains(.error))
        #expect(layers.totalLength == 1440)
        #expect(layers.payloadLength == 1400)
    }

    @Test func damage() {
        let short = PacketBuilder().link(.nflog).payload([2, 0, 0, 0, 3, 0, 9, 0, 1, 2, 3, 4]).decoded()
        #expect(short.error == DecodeError(layer: .nflog, reason: .lengthTooSmall, offset: 4, needed: 4, available: 3))
        let version = PacketBuilder().link(.nflog).payload([2, 1, 0, 0]).decoded()
        #expect(version.error.reason == .badVersion)
    }

    /// The prefix grammar, case by case: verdict, group, number and name.
    @Test(
        arguments: [
            ("PERMIT Firewall traffic", "pass", "", nil, "Firewall traffic"),
            ("accept x", "pass", "", nil, "x"),
            ("Pass x", "pass", "", nil, "x"),
            ("DENY Admin panel block", "reject", "", nil, "Admin panel block"),
            ("REJECT x ", "reject", "", nil, "x"),
            ("DROP @in:7 x", "drop", "in", 7, "x"),
            ("BLOCK @a:b:4294967295 two words", "drop", "a:b", 4_294_967_295, "two words"),
            ("DROP ", "drop", "", nil, ""),
            ("DROP @in:7 ", "drop", "in", 7, ""),
            ("DROP", nil, "", nil, "DROP"),
            ("DROPPED x", nil, "", nil, "DROPPED x"),
            ("@in:7 x", nil, "in", 7, "x"),
            ("DROP @in:4294967296 x", "drop", "", nil, "@in:4294967296 x"),
            ("DROP @in: x", "drop", "", nil, "@in: x"),
            ("DROP @:7 x", "drop", "", nil, "@:7 x"),
            ("DROP @in:7x y", "drop", "", nil, "@in:7x y"),
            ("DROP  x", "drop", "", nil, " x"),
            ("plain name", nil, "", nil, "plain name"),
            ("", nil, "", nil, ""),
        ] as [(String, String?, String, UInt32?, String)])
    func prefix(_ prefix: String, _ verdict: String?, _ group: String, _ number: UInt32?, _ name: String) {
        let bytes = Array(prefix.utf8) + [0, 1, 2]
        let parts = NFLOGPrefix(bytes.span.bytes, 0..<bytes.count)
        #expect(parts.verdict.map { "\($0)" } == verdict)
        #expect(String(decoding: bytes[parts.name], as: UTF8.self) == name)
        #expect(parts.ruleNumber == number)
        if number != nil { #expect(String(decoding: bytes[parts.group], as: UTF8.self) == group) }
    }
}
