import PacketDecoding
import TestSupport
import Testing

@Suite struct LinkTests {
    @Test func cooked() {
        for (type, direction) in [
            (0, .incoming), (1, .incoming), (2, .incoming), (3, nil), (4, .outgoing), (9, nil),
        ] as [(UInt16, FrameDirection?)] {
            let first = PacketBuilder().cooked(packetType: type).ipv4().tcp().decoded()
            #expect(first.present.contains([.sourceMAC, .ipv4, .tcp]))
            #expect(first.present.contains(.linkDirection) == (direction != nil))
            let second = PacketBuilder().cookedV2(packetType: UInt8(type), interfaceIndex: 9).ipv6().tcp().decoded()
            #expect(second.present.contains([.sourceMAC, .ipv6, .tcp]))
            #expect(second.present.contains(.inputIndex) == (direction == .incoming))
            #expect(second.present.contains(.outputIndex) == (direction == .outgoing))
            if let direction {
                #expect(first.linkDirection == direction)
                #expect(second.linkDirection == direction)
            }
            if direction == .incoming { #expect(second.inputIndex == 9) }
            if direction == .outgoing { #expect(second.outputIndex == 9) }
        }
        let tagged = PacketBuilder().cooked(addressLength: 0).vlan(33).ipv4().udp().decoded()
        #expect(tagged.present.contains([.vlan, .udp]))
        #expect(!tagged.present.contains(.sourceMAC))
        let netlink = PacketBuilder().cooked(hardware: 824, protocol: 0x0800).payload(count: 40).decoded()
        #expect(!netlink.present.contains(.etherType))
    }

    @Test func loopback() {
        #expect(PacketBuilder().null().ipv4().tcp().decoded().present.contains([.ipv4, .tcp]))
        #expect(PacketBuilder().null(bigEndian: true).ipv4().tcp().decoded().present.contains([.ipv4, .tcp]))
        for family in [10, 24, 28, 30] as [UInt32] {
            #expect(PacketBuilder().null(family: family).ipv6().tcp().decoded().present.contains([.ipv6, .tcp]))
        }
        #expect(PacketBuilder().loop().ipv6().tcp().decoded().present.contains([.ipv6, .tcp]))
        #expect(PacketBuilder().loop(family: 7).payload(count: 20).decoded().present == [])
    }

    @Test func rawIP() {
        for link in [12, 14, 101] as [UInt16] {
            #expect(PacketBuilder().link(LinkType(link)).ipv4().tcp().decoded().present.contains(.tcp))
            #expect(PacketBuilder().link(LinkType(link)).ipv6().tcp().decoded().present.contains(.tcp))
        }
        #expect(PacketBuilder().link(.ipv4).ipv4().tcp().decoded().present.contains(.tcp))
        #expect(PacketBuilder().link(.ipv4).ipv6().tcp().decoded().error.reason == .badVersion)
        #expect(PacketBuilder().link(.ipv6).ipv6().tcp().decoded().present.contains(.tcp))
        let neither = PacketBuilder().link(.raw).payload([0x70]).decoded()
        #expect(neither.present == .error)
        #expect(neither.error == DecodeError(layer: .ipv4, reason: .badVersion, offset: 0, needed: 4, available: 7))
    }

    @Test func pointToPoint() {
        for framed in [true, false] {
            for compressed in [true, false] {
                let packet = PacketBuilder().ppp(framed: framed, compressed: compressed)
                #expect(
                    packet.ipv4().tcp().decoded().present == [
                        .etherType, .ipv4, .upperProtocol, .ports, .tcpFlags, .tcp, .payload,
                    ])
                #expect(packet.ipv6().tcp().decoded().present.contains([.ipv6, .tcp]))
            }
        }
        #expect(PacketBuilder().link(.pppEthernet).pppoe().ppp().ipv4().udp().decoded().present.contains(.udp))
        let cisco = PacketBuilder().link(.pppHDLC).payload([0x0F, 0, 8, 0] + PacketBuilder().ipv4().udp().bytes)
        #expect(cisco.decoded().present.contains(.udp))
        let session = PacketBuilder().ethernet().pppoe(length: 4000).ppp().ipv4().udp().decoded()
        #expect(session.present.contains([.udp, .error]))
        #expect(session.error.layer == .pppoe)
    }

    @Test func passedOver() {
        for link in [105, 127] as [UInt16] {
            let layers = PacketBuilder().link(LinkType(link)).payload(count: 60).decoded()
            #expect(layers.present == .error)
            #expect(layers.error.layer == .wireless)
            #expect(layers.error.description == "the 802.11 header: frames of this link type are not decoded")
        }
        let unknown = PacketBuilder().link(LinkType(250)).payload(count: 60).decoded()
        #expect(unknown.present == .error)
        #expect(unknown.error.reason == .unsupportedLink)
    }
}
