import Inspection
import PacketDecoding
import TestSupport
import Testing

@Suite("Community ID, version 1")
struct CommunityIDTests {
    private func text(_ packet: PacketBuilder) -> String? {
        let bytes = packet.bytes
        return CommunityID.text(packet.decoded(), bytes.span.bytes)
    }

    /// The specification's published values, and those of its reference implementation.
    @Test("Published values, whichever way a packet goes")
    func published() {
        let here = PacketBuilder().ethernet()
        let expected: [(PacketBuilder, String)] = [
            (here.ipv4("128.232.110.120", "66.35.250.204").tcp(34855, 80), "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
            (here.ipv4("66.35.250.204", "128.232.110.120").tcp(80, 34855), "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
            (here.ipv4("192.168.1.52", "8.8.8.8").udp(54585, 53), "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
            (here.ipv4("192.168.0.89", "192.168.0.1").icmpEcho(), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
            (here.ipv4("192.168.0.1", "192.168.0.89").icmpEcho(request: false), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
            (here.ipv4("192.168.0.89", "192.168.0.1").icmp(type: 3, code: 1), "1:LXCfhMUFbYXe+CEMrQuZCbiLY3o="),
            (
                here.ipv6("fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea").icmp6(type: 135),
                "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="
            ),
            (here.ipv4("192.168.170.8", "192.168.170.56").sctp(7, 80), "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="),
            (here.ipv4("10.1.24.4", "10.1.12.1", protocol: 47), "1:6JFBmF1p0LABA19nAHNSi9mGLPM="),
            (here.ipv6("2001:db8::1", "2001:db8::2").tcp(1000, 22), "1:xSMmbdA3gH3Kc/8jQUo8LgVqHgE="),
        ]
        for (packet, id) in expected { #expect(text(packet) == id) }
    }

    @Test("What is not IP has none")
    func notIP() { #expect(text(PacketBuilder().ethernet(type: 0x0806)) == nil) }
}
