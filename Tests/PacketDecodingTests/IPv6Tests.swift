import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct IPv6Tests {
    @Test func fixedHeader() {
        let packet = PacketBuilder().ethernet().ipv6(
            "2001:db8::a", "fe80::b", hopLimit: 7, trafficClass: 0xB8, flowLabel: 0xFFFFF
        ).udp(5, 6).payload("abcd")
        let layers = packet.decoded()
        let bytes = packet.bytes
        #expect(layers.ttl == 7)
        #expect(layers.dscp == 46)
        #expect(layers.totalLength == 52)
        #expect(layers.payloadLength == 4)
        #expect(layers.source6(in: bytes.span.bytes) == IPv6Address(high: 0x2001_0DB8_0000_0000, low: 10))
        #expect(layers.destination6(in: bytes.span.bytes) == IPv6Address(high: 0xFE80_0000_0000_0000, low: 11))
        #expect(
            layers.destination(in: bytes.span.bytes)
                == .v6(IPv6Address(high: 0xFE80_0000_0000_0000, low: 11)))
    }

    @Test func everyExtensionHeader() {
        let layers = PacketBuilder().ipv6().hopByHop(options: [5, 2, 0, 0]).routing(
            segmentsLeft: 1, data: [0, 0, 0, 0]
        )
        .fragment(more: true, identification: 0xABCD_EF01).destinationOptions().ah(icv: 16).mobility(next: 139)
        .hostIdentity().shim6().tcp(9, 10).payload("xy").decoded()
        #expect(
            layers.present == [
                .ipv6, .fragment, .authentication, .upperProtocol, .ports, .tcpFlags, .tcp, .payload,
            ])
        #expect(layers.protocolNumber == 6)
        #expect(layers.identification == 0xABCD_EF01)
        #expect(layers.moreFragments)
        #expect(layers.payloadLength == 2)
    }

    @Test func fragments() {
        let later = PacketBuilder().ipv6().fragment(offset: 1448, identification: 5, next: 17).payload(count: 10)
            .decoded()
        #expect(later.present == [.ipv6, .fragment, .laterFragment, .upperProtocol, .payload])
        #expect(later.fragmentOffset == 1448)
        #expect(later.payloadLength == 10)
        // Further extension headers stand in the first fragment: what is above is not known.
        let unknown = PacketBuilder().ipv6().fragment(offset: 8, next: 60).payload(count: 10).decoded()
        #expect(unknown.present == [.ipv6, .fragment, .laterFragment, .payload])
        // An atomic fragment is a whole packet.
        let atomic = PacketBuilder().ipv6().fragment().udp().decoded()
        #expect(atomic.present == [.ipv6, .upperProtocol, .ports, .udp, .payload])
    }

    @Test func jumbograms() {
        let jumbo = PacketBuilder().ipv6(payloadLength: 0).jumbo(payloadLength: 70_008).udp(1, 2, length: 0)
            .payload(count: 69_992).decoded()
        #expect(!jumbo.present.contains(.error), "\(jumbo.error)")
        #expect(jumbo.totalLength == 70_048)
        #expect(jumbo.payloadLength == 69_992)
        // Without the option: segmentation left to the network card.
        let offloaded = PacketBuilder().ethernet().ipv6(payloadLength: 0).tcp().payload(count: 100).decoded()
        #expect(!offloaded.present.contains(.error))
        #expect(offloaded.totalLength == 160)
        #expect(offloaded.payloadLength == 100)
        let empty = PacketBuilder().ethernet().ipv6(next: 59).decoded(paddedTo: 60)
        #expect(empty.present.contains([.upperProtocol, .payload]))
        #expect(empty.totalLength == 40)
        #expect(empty.payloadLength == 0)
    }

    @Test func lengthsThatLie() {
        let large = PacketBuilder().ipv6(payloadLength: 100).udp().decoded()
        #expect(
            large.error == DecodeError(layer: .ipv6, reason: .lengthTooLarge, offset: 0, needed: 140, available: 48))
        #expect(large.present.contains([.ports, .payload]))
        #expect(large.totalLength == 140)
        let header = PacketBuilder().ipv6().hopByHop(length: 200).udp().decoded()
        #expect(header.present == [.ipv6, .error])
        #expect(header.protocolNumber == 0)
        #expect(
            header.error
                == DecodeError(
                    layer: .extensionHeader, reason: .lengthTooSmall, offset: 40, needed: 1608, available: 16))
        let protection = PacketBuilder().ipv6().ah(length: 0).udp().decoded()
        #expect(protection.error.layer == .authentication)
        #expect(protection.error.reason == .lengthTooSmall)
    }

    @Test func tooManyHeaders() {
        func chain(_ count: Int) -> Layers {
            (0..<count).reduce(PacketBuilder().ipv6()) { packet, _ in packet.destinationOptions() }.udp().decoded()
        }
        #expect(!chain(Layers.extensionHeaderLimit).present.contains(.error))
        let over = chain(Layers.extensionHeaderLimit + 1)
        #expect(over.present == [.ipv6, .error])
        #expect(over.error.reason == .tooManyHeaders)
        #expect(over.protocolNumber == 60)
    }
}
