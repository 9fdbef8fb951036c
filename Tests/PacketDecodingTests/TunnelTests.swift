import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct TunnelTests {
    private func inner(_ packet: PacketBuilder, depth: Int = 1) throws -> Layers {
        let layers = try #require(packet.decodedInner(depth: depth))
        #expect(!layers.present.contains(.error), "\(layers.error)")
        return layers
    }

    @Test func ipInIP() throws {
        let packet = PacketBuilder().ethernet().ipv4().ipv4("192.0.2.1", "192.0.2.2").tcp(5, 6).payload("abc")
        let outer = packet.decoded()
        #expect(outer.protocolNumber == 4)
        #expect(outer.present.isDisjoint(with: [.ports, .tcpFlags]))
        #expect(outer.payloadLength == 43)
        let found = try inner(packet)
        #expect(found.source4 == 0xC000_0201)
        #expect([found.sourcePort, found.destinationPort] == [5, 6])
        #expect(found.payloadLength == 3)
        #expect(found.payloadOffset == 74)
    }

    @Test func sixInFour() throws {
        let packet = PacketBuilder().ethernet().ipv4().ipv6().udp(7, 8)
        #expect(packet.decoded().protocolNumber == 41)
        #expect(try inner(packet).present.contains([.ipv6, .ports]))
        #expect(PacketBuilder().ipv4().tcp().decodedInner() == nil)
    }

    @Test func genericEncapsulation() throws {
        let all = PacketBuilder().ipv4().gre(checksum: true, key: 1, sequence: 2, routing: [0x08, 0, 0, 4, 1, 2, 3, 4])
        #expect(try inner(all.ipv4().udp(7, 8)).destinationPort == 8)
        #expect(try inner(PacketBuilder().ipv4().gre(key: 3).ethernet().vlan(12).ipv6().tcp(7, 9)).vlans[0] == 12)
        #expect(try inner(PacketBuilder().ipv6().pptp().ppp(framed: true).ipv4().tcp(7, 10)).destinationPort == 10)
        let acknowledgement = PacketBuilder().ipv4().pptp(sequence: nil, acknowledgement: 4).decoded()
        #expect(!acknowledgement.present.contains(.tunnel))
        #expect(!acknowledgement.present.contains(.error))
        let version = PacketBuilder().ipv4().gre(version: 2).ipv4().decoded()
        #expect(version.error == DecodeError(layer: .gre, reason: .badVersion, offset: 20, needed: 0, available: 2))
        #expect(try inner(PacketBuilder().ipv4().etherIP().ethernet().ipv4().udp(1, 11)).destinationPort == 11)
    }

    @Test func overUDP() throws {
        for port in [4789, 8472] as [UInt16] {
            let packet = PacketBuilder().ethernet().ipv4().udp(50000, port).vxlan().ethernet().ipv4().tcp(1, 2)
            let outer = packet.decoded()
            #expect(outer.present.contains([.ports, .udp, .tunnel]))
            #expect(outer.destinationPort == port)
            #expect(try inner(packet).destinationPort == 2)
        }
        #expect(!PacketBuilder().ipv4().udp(1, 4789).vxlan(flags: 0).ethernet().decoded().present.contains(.tunnel))
        let geneve = PacketBuilder().ipv6().udp(1, 6081).geneve(options: [UInt8](repeating: 0, count: 252))
        #expect(try inner(geneve.ethernet().ipv4().tcp(1, 3)).destinationPort == 3)
        #expect(try inner(PacketBuilder().ipv4().udp(1, 6081).geneve().ipv6().udp(1, 4)).destinationPort == 4)
        let gtp = PacketBuilder().ipv4().udp(2152, 2152).gtp(sequence: 7, extensions: [(0x85, [1, 2])])
        #expect(try inner(gtp.ipv6().udp(1, 5)).destinationPort == 5)
        #expect(!PacketBuilder().ipv4().udp(2152, 2152).gtp(message: 1).decoded().present.contains(.tunnel))
        #expect(!PacketBuilder().ipv4().udp(1, 5000).vxlan().ethernet().decoded().present.contains(.tunnel))
    }

    @Test func tunnelsInTunnels() throws {
        let packet = PacketBuilder().ethernet().ipv4().gre().ipv6().udp(1, 4789).vxlan().ethernet().ipv4().ipv4()
            .udp(1, 77)
        #expect(try inner(packet, depth: 3).destinationPort == 77)
        #expect(packet.decodedInner(depth: 4) == nil)
    }

    /// The outer packet's length holds for the inner one.
    @Test func innerLengths() throws {
        let packet = PacketBuilder().ethernet().ipv4().ipv4(totalLength: 400).udp(1, 2)
        let layers = try #require(packet.decodedInner())
        #expect(layers.error.reason == .lengthTooLarge)
        #expect(layers.present.contains(.ports))
    }

    @Test func firewallRecords() throws {
        // A rule that logs the first 60 bytes of a packet: the packets' own lengths decide.
        let packet = PacketBuilder().nflog(prefix: "x", input: 1).payload(
            Array(PacketBuilder().ipv4().ipv4().tcp(1, 2).payload(count: 1000).bytes.prefix(60)))
        let outer = packet.decoded()
        #expect(!outer.present.contains(.error))
        #expect(outer.payloadLength == 1040)
        let layers = try inner(packet)
        #expect(layers.payloadLength == 1000)
    }
}
