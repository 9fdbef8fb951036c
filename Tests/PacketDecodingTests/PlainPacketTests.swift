import PacketDecoding
import Primitives
import TestSupport
import Testing

/// That a plain packet is what the decoder says of it is one of `DecodedPromises`: damage and fuzzing try it.
@Suite struct PlainPacketTests {
    private func isPlain(_ packet: PacketBuilder, captured: Int? = nil, paddedTo padding: Int = 0) -> Bool {
        let whole = packet.bytes(paddedTo: padding)
        let kept = Array(whole.prefix(captured ?? whole.count))
        return PlainPacket(kept.span.bytes, of: packet.frame(captured: kept.count, original: whole.count)) != nil
    }

    @Test func whatIsPlain() {
        let ip = PacketBuilder().ethernet().ipv4()
        #expect(isPlain(ip.tcp(options: [2, 4, 5, 180]).payload("x")))
        #expect(isPlain(ip.tcp(), paddedTo: 60))
        #expect(isPlain(ip.udp().payload(count: 1000), captured: 42))
        #expect(!isPlain(ip.tcp(), captured: 53))
        #expect(!isPlain(ip.udp(), captured: 41))
        #expect(!isPlain(ip.icmp().payload(count: 40)))
        #expect(!isPlain(PacketBuilder().ethernet().ipv4(options: [1]).tcp()))
        #expect(!isPlain(PacketBuilder().ethernet().ipv4(moreFragments: true).udp().payload(count: 32)))
        #expect(!isPlain(PacketBuilder().ethernet().ipv4(totalLength: 0).tcp()))
        #expect(!isPlain(PacketBuilder().ethernet().vlan(1).ipv4().tcp()))
        #expect(!isPlain(PacketBuilder().cooked().ipv4().tcp().payload(count: 20)))
        #expect(isPlain(PacketBuilder().ethernet().ipv6().tcp()))
    }

    @Test func promisesHoldOverTheCaptures() {
        var plain = 0
        for packet in CapturedPacket.all {
            let bytes = packet.bytes.span.bytes
            if PlainPacket(bytes, of: packet.frame) != nil { plain += 1 }
            if let broken = DecodedPromises.broken(bytes, packet.frame.linkType, original: packet.frame.originalLength)
            {
                Issue.record("\(packet.capture) \(packet.number): \(broken)")
            }
        }
        #expect(plain > 500)
    }
}
