import IPLog
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct LoggedPacketTests {
    /// What a packet becomes, its interface being number 3.
    private func logged(
        _ packet: PacketBuilder, direction: FrameDirection = .incoming, logsBody: Bool = false, captured: Int? = nil
    ) -> LoggedPacket? {
        var frame = packet.frame(captured: captured)
        frame.direction = direction
        frame.interface = InterfaceID(rawValue: 3)
        let layers = packet.decoded(captured: captured)
        let bytes = Array(packet.bytes.prefix(captured ?? .max))
        return LoggedPacket(
            frame, layers, bytes.span.bytes, interface: IPLogName("eth0"), logsBody: logsBody)
    }

    private func lengths(_ packet: PacketBuilder, logsBody: Bool = false) -> [Int]? {
        logged(packet, logsBody: logsBody).map {
            [Int($0.record.headerLength), Int($0.record.bodyLength), $0.bytes.count]
        }
    }

    @Test func headersAreWholeAndBodiesAreCut() {
        let plain = PacketBuilder().ethernet()
        #expect(lengths(plain.ipv4().tcp().payload(count: 10)) == [40, 0, 40])
        #expect(lengths(plain.ipv4().udp().payload(count: 10)) == [28, 0, 28])
        #expect(lengths(plain.ipv4().udp().payload(count: 10), logsBody: true) == [28, 10, 38])
        #expect(lengths(plain.ipv4().udp().payload(count: 1_000), logsBody: true) == [28, 128, 156])
        #expect(lengths(plain.ipv4().icmpEcho().payload(count: 100)) == [48, 0, 48])
        #expect(lengths(plain.ipv4().icmp(type: 3).payload(count: 100)) == [56, 0, 56])
        #expect(lengths(plain.ipv4().icmpEcho()) == [28, 0, 28])
        #expect(lengths(plain.ipv4().gre().payload(count: 40)) == [20, 0, 20])
        #expect(lengths(plain.ipv6().tcp()) == [60, 0, 60])
        #expect(lengths(plain.ipv6().icmp6(type: 128).payload(count: 60)) == [48, 0, 48])
        #expect(lengths(plain.ipv6().icmp6(type: 1).payload(count: 60)) == [56, 0, 56])
        #expect(lengths(plain.ipv6().hopByHop().udp()) == [56, 0, 56])
    }

    @Test func laterFragmentsHaveNoHeaderOfTheirsAndNeverMerge() throws {
        let packet = PacketBuilder().ethernet().ipv6().fragment(offset: 1_480, more: true).udp().payload(count: 50)
        let found = try #require(logged(packet))
        #expect(found.key == nil)
        #expect(found.record.headerLength == 48)
        #expect(found.record.packetFlags & (IPLogPacketFlags.fragment | IPLogPacketFlags.fragmentBody) == 0x2004)
    }

    @Test func whatIsNoPacketOfIPIsNoRecord() {
        #expect(logged(PacketBuilder().ethernet().payload(count: 40)) == nil)
        #expect(logged(PacketBuilder().ethernet().ipv4().tcp(), captured: 20) == nil)
    }

    @Test func aCaptureThatIsCutKeepsWhatIsThere() throws {
        let cut = try #require(logged(PacketBuilder().ethernet().ipv4().tcp(), captured: 14 + 20 + 8))
        #expect(cut.record.headerLength == 28 && cut.bytes.count == 28)
        #expect(cut.record.packetFlags & IPLogPacketFlags.short == 0, "the packet itself is whole")
    }

    @Test func aRuleHasItsNumberGroupAndCommand() throws {
        func record(_ prefix: String) throws -> IPLogFilterRecord {
            try #require(logged(PacketBuilder().nflog(prefix: prefix, input: 3).ipv4().tcp())).record
        }
        let dropped = try record("DROP @web:12 panel")
        #expect(dropped.rule == 11)
        #expect(dropped.group == IPLogName("web"))
        #expect(dropped.flags == 0x8011)
        #expect(dropped.verdict == .blocked)
        #expect(try record("PERMIT @0:1 all").group == IPLogName())
        #expect(try record("PERMIT @0:1 all").flags == 0x8012)
        #expect(try record("REJECT name").verdict == .blocked)
        let bare = try record("just a name")
        #expect(bare.rule == IPLogFilterRecord.noRule && bare.group == .none && bare.verdict == .logged)
        #expect(try record("DROP @a-group-of-more-than-sixteen:1 x").group == IPLogName("a-group-of-more-"))
    }

    @Test func familyDirectionAndCastAreSaid() throws {
        let outgoing = try #require(logged(PacketBuilder().ethernet().ipv6().tcp(), direction: .outgoing)).record
        #expect(outgoing.family == 10 && outgoing.direction == 1 && outgoing.flags == 0x4010)
        let unknown = try #require(logged(PacketBuilder().ethernet().ipv4().tcp(), direction: .unknown)).record
        #expect(unknown.family == 2 && unknown.direction == 0xFF && unknown.flags == 0x10)
        let all = try #require(logged(PacketBuilder().ethernet(destination: 0xFFFF_FFFF_FFFF).ipv4().udp())).record
        #expect(all.packetFlags & 0xE0 == IPLogPacketFlags.broadcast | IPLogPacketFlags.linkBroadcast)
        let many = try #require(logged(PacketBuilder().nflog().ipv4("10.0.0.1", "224.0.0.5").udp())).record
        #expect(many.packetFlags & 0xE0 == IPLogPacketFlags.multicast)
    }

    @Test func whatMakesPacketsTheSame() throws {
        let plain = PacketBuilder().ethernet()
        func key(_ packet: PacketBuilder) throws -> SuppressionKey? { try #require(logged(packet)).key }
        let first = try key(plain.ipv4(identification: 1).tcp(1, 2, sequence: 5, window: 9))
        #expect(try first == key(plain.ipv4(identification: 2).tcp(1, 2, sequence: 7, window: 8)))
        for other in [
            plain.ipv4().tcp(1, 3, sequence: 5), plain.ipv4(ttl: 9).tcp(1, 2), plain.ipv4().tcp(1, 2).payload(count: 1),
            plain.ipv4("10.0.0.1", "192.0.2.77").tcp(1, 2), plain.ipv4().udp(1, 2),
        ] {
            #expect(try first != key(other))
        }
        let rule = try key(PacketBuilder().nflog(prefix: "DROP @0:1 a").ipv4().udp())
        #expect(try rule != key(PacketBuilder().nflog(prefix: "DROP @0:1 b").ipv4().udp()))
        #expect(try rule == key(PacketBuilder().nflog(prefix: "DROP @0:1 a").ipv4().udp()))
    }
}
