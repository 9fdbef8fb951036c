import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct FragmentPortsTests {
    private func settled(_ ports: inout FragmentPorts, _ packet: PacketBuilder, at seconds: Int64) -> Layers {
        let bytes = packet.bytes
        var layers = packet.decoded()
        ports.settle(&layers, bytes.span.bytes, at: Timestamp(seconds: seconds))
        return layers
    }

    private func later(_ identification: UInt16, protocol number: UInt8 = 17) -> PacketBuilder {
        PacketBuilder().ipv4(protocol: number, identification: identification, fragmentOffset: 1480)
            .payload(count: 100)
    }

    @Test func laterFragmentsInherit() {
        var ports = FragmentPorts(capacity: 64, seed: 1)
        let first = PacketBuilder().ipv4(identification: 7, moreFragments: true).udp(5000, 6000, length: 1588)
            .payload(count: 1472)
        let before = settled(&ports, later(7), at: 0)
        #expect(!before.present.contains(.ports))
        let own = settled(&ports, first, at: 1)
        #expect(own.present.contains([.ports, .fragment]))
        #expect(!own.present.contains(.error))
        let after = settled(&ports, later(7), at: 2)
        #expect(after.present.contains([.ports, .laterFragment]))
        #expect(after.sourcePort == 5000)
        #expect(after.destinationPort == 6000)
        // Another datagram, another protocol, too late.
        #expect(!settled(&ports, later(8), at: 2).present.contains(.ports))
        #expect(!settled(&ports, later(7, protocol: 6), at: 2).present.contains(.ports))
        #expect(settled(&ports, later(7), at: 31).present.contains(.ports))
        #expect(!settled(&ports, later(7), at: 32).present.contains(.ports))
        #expect(ports.filled == 2)
        #expect(ports.missed == 4)
    }

    @Test func version6() {
        var ports = FragmentPorts(capacity: 64, seed: 2)
        _ = settled(&ports, PacketBuilder().ipv6().fragment(more: true, identification: 9).udp(1, 2), at: 0)
        let packet = PacketBuilder().ipv6().fragment(offset: 1448, identification: 9, next: 17).payload(count: 9)
        #expect(settled(&ports, packet, at: 0).present.contains(.ports))
        let back = PacketBuilder().ipv6("2001:db8::2", "2001:db8::1")
            .fragment(offset: 1448, identification: 9, next: 17)
        #expect(!settled(&ports, back, at: 0).present.contains(.ports))
    }

    @Test func bounded() {
        var ports = FragmentPorts(capacity: 64, seed: 3)
        for identification in 0..<UInt16(1000) {
            _ = settled(
                &ports, PacketBuilder().ipv4(identification: identification, moreFragments: true).udp(1, 2), at: 0)
        }
        #expect(ports.evicted >= 1000 - 64)
    }
}
