import PacketDecoding
import TestSupport
import Testing

@Suite struct IPv4Tests {
    private let network: Layers.Presence = [.ipv4, .upperProtocol]

    @Test func options() {
        let layers = PacketBuilder().ipv4(options: [0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0]).tcp(1, 2).payload("abc")
            .decoded()
        #expect(layers.present == network.union([.ports, .tcpFlags, .tcp, .payload]))
        #expect(layers.transportOffset == 32)
        #expect(layers.payloadLength == 3)
        #expect(layers.totalLength == 32 + 20 + 3)
    }

    @Test func fragments() {
        let first = PacketBuilder().ipv4(identification: 9, moreFragments: true).udp(1, 2, length: 3000)
            .payload(count: 16).decoded()
        #expect(first.present == network.union([.fragment, .ports, .udp, .payload]))
        #expect(first.moreFragments)
        #expect(first.fragmentOffset == 0)
        #expect(first.identification == 9)
        #expect(first.payloadLength == 16)
        let last = PacketBuilder().ipv4(protocol: 6, fragmentOffset: 65528).payload(count: 7).decoded()
        #expect(last.present == network.union([.fragment, .laterFragment, .payload]))
        #expect(last.fragmentOffset == 65528)
        #expect(!last.moreFragments)
        #expect(last.protocolNumber == 6)
        #expect(last.payloadOffset == 20)
        #expect(last.payloadLength == 7)
        #expect(!PacketBuilder().ipv4(dontFragment: true).tcp().decoded().present.contains(.fragment))
    }

    @Test func paddingIsNoPayload() {
        let layers = PacketBuilder().ethernet().ipv4().tcp().decoded(paddedTo: 60)
        #expect(layers.payloadLength == 0)
        // A header that the length field denies stands in the padding and is none.
        let denied = PacketBuilder().ethernet().ipv4(protocol: 6).decoded(paddedTo: 60)
        #expect(denied.present.subtracting([.error, .sourceMAC, .destinationMAC, .etherType]) == network)
        #expect(denied.error.layer == .tcp)
        #expect(denied.error.reason == .lengthTooSmall)
    }

    @Test func lengthsThatLie() {
        let large = PacketBuilder().ethernet().ipv4(totalLength: 1500).udp().payload("abc").decoded()
        #expect(large.present.contains([.ports, .payload, .error]))
        #expect(large.totalLength == 1500)
        #expect(
            large.error == DecodeError(layer: .ipv4, reason: .lengthTooLarge, offset: 14, needed: 1500, available: 31))
        #expect(large.payloadLength == 3)
        let small = PacketBuilder().ipv4(totalLength: 19).udp(7, 8).decoded()
        #expect(small.present.contains([.ports, .error]))
        #expect(small.error == DecodeError(layer: .ipv4, reason: .lengthTooSmall, offset: 0, needed: 20, available: 19))
        // Segmentation left to the network card.
        let offloaded = PacketBuilder().ethernet().ipv4(totalLength: 0).tcp().payload(count: 100).decoded()
        #expect(!offloaded.present.contains(.error))
        #expect(offloaded.totalLength == 140)
        #expect(offloaded.payloadLength == 100)
    }

    @Test func headersThatLie() {
        let short = PacketBuilder().ipv4("10.9.8.7", "10.0.0.2", headerLength: 16).tcp().decoded()
        #expect(short.present == network.union(.error))
        #expect(short.source4 == 0x0A09_0807)
        #expect(short.error == DecodeError(layer: .ipv4, reason: .lengthTooSmall, offset: 0, needed: 20, available: 16))
        let long = PacketBuilder().ipv4(protocol: 6, headerLength: 60).payload(count: 8).decoded()
        #expect(long.present == network.union(.error))
        #expect(long.error.reason == .lengthTooSmall)
        let version = PacketBuilder().ethernet().ipv4(version: 5).tcp().decoded()
        #expect(version.present == [.sourceMAC, .destinationMAC, .etherType, .error])
        #expect(version.error == DecodeError(layer: .ipv4, reason: .badVersion, offset: 14, needed: 4, available: 5))
    }
}
