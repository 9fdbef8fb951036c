import PacketDecoding
import TestSupport
import Testing

@Suite struct DecodeErrorTests {
    @Test func sentences() {
        let cases: [(PacketBuilder, Int?, String)] = [
            (
                PacketBuilder().ethernet().ipv4().tcp(), 44,
                "the TCP header at offset 34: the capture ends after 10 of 20 bytes"
            ),
            (
                PacketBuilder().ethernet().ipv4().tcp(dataOffset: 16), nil,
                "the TCP header at offset 34: its length says 16 bytes, the header alone takes 20"
            ),
            (
                PacketBuilder().ethernet().ipv4(totalLength: 1500).udp(), nil,
                "the IPv4 header at offset 14: its length says 1500 bytes, the packet has 28"
            ),
            (
                PacketBuilder().ethernet().ipv6(version: 5).udp(), nil,
                "the IPv6 header at offset 14: its version is 5, not 6"
            ),
            (
                (0..<17).reduce(PacketBuilder().ipv6()) { packet, _ in packet.hopByHop() }.udp(), nil,
                "the IPv6 extension header at offset 176: more than 16 of them"
            ),
            (
                PacketBuilder().link(LinkType(105)).payload(count: 10), nil,
                "the 802.11 header: frames of this link type are not decoded"
            ),
        ]
        for (packet, captured, sentence) in cases {
            let layers = packet.decoded(captured: captured)
            #expect(layers.present.contains(.error))
            #expect(layers.error.description == sentence)
        }
    }
}
