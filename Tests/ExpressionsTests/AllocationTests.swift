import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// Matching allocates nothing, whatever the expression asks for.
@Suite("Allocations")
struct AllocationTests {
    private static let expressions = [
        "any",
        "port = 80 & tcpfl = SYN",
        "(port = 80 | port = 8080 | port = 137-139) & addr = 10.0.0.0/8 & !(daddr = 10.1.7.0/24) & len >= 40 & ttl > 1",
        "port = { 1, 3, 5, 7, 9, 80 } & len = { 1, 3, 5, 40-1500 } & ttl = { 1, 3, 64 }",
        "addr = { 10.0.0.1, 10.0.1.1, 10.0.2.1, 2001:db8::1, 2001:db8::/32 } & frag = no & direc != in",
        #"payload = "inside" & payload ~ /in.ide$/ & payload ~ /^[^x]*$/"#,
        "mac = { 02:00:00, 00:11:22:33:44:55 } & vlan = { 1-7, 100 }",
        #"if != "LAN" & iif != "LAN" & oif != vpn"#,
        #"user != ann & host != "*.example.com" & country != DE & asn != 64500"#,
        "rule ~ /access/ & rule != NAT & verdict = pass | icmp = echo-request | icmp6 = { 1, 3, 135 }",
    ]

    /// These decode again.
    private static let expressionsInside = [
        "inner(port = 53 & inner(any)) | inner(saddr = 10.0.0.0/8 & payloadlen > 0)"
    ]

    private static let packets: [PacketBuilder] = [
        PacketBuilder().ethernet().vlan(7).ipv4().tcp(40000, 80, flags: .syn).payload("something inside"),
        PacketBuilder().ethernet().ipv6().udp().payload("inside"),
        PacketBuilder().ethernet().ipv4("192.0.2.1", "192.0.2.2").gre().ipv4().udp(1, 53).payload("inside"),
        PacketBuilder().ethernet().ipv4().gre().ipv4().gre().ipv6().udp(1, 53),
        PacketBuilder().nflog(prefix: "PERMIT Internet access").ipv4().icmpEcho(),
        PacketBuilder().ethernet().ipv6().icmp6(type: 135),
    ]

    @Test("Matching a packet allocates nothing", arguments: expressions)
    func matching(text: String) throws {
        try check(text, decoding: false)
    }

    #if !DEBUG
        // Without the optimiser the decoder's sets of facts are built from array literals.
        @Test("Decoding and matching a packet allocates nothing", arguments: expressions + expressionsInside)
        func decodingAndMatching(text: String) throws {
            try check(text, decoding: true)
        }
    #endif

    private func check(_ text: String, decoding: Bool) throws {
        let program = Program(try Expression(parsing: text).tree, directory: Directory())
        let frames = Self.packets.map { $0.frame() }
        let decoded = Self.packets.map { $0.decoded() }
        let bytes = Self.packets.map(\.bytes)
        let facts = PacketFacts()
        var matched = 0
        var layers = Layers()
        func round() {
            for index in frames.indices {
                let bytes = bytes[index]
                if decoding {
                    layers.decode(bytes.span.bytes, of: frames[index])
                } else {
                    layers = decoded[index]
                }
                let isMet = program.matches(frames[index], layers, bytes.span.bytes, facts)
                if isMet { matched += 1 }
            }
        }
        // The first time may build what the run time keeps: metadata, and PCRE2's stack.
        round()
        let count = allocations(in: { for _ in 0..<100 { round() } })
        #expect(count == 0, "\(count) allocations in \(100 * frames.count) packets, \(matched) met")
        #expect(matched > 0, "next to nothing was reached")
    }

    @Test("An allocation would be seen")
    func counter() {
        var kept: [[UInt8]] = []
        kept.reserveCapacity(10)
        let count = allocations(in: { for size in 1...10 { kept.append([UInt8](repeating: 1, count: size * 100)) } })
        #expect(count == 10)
        #expect(allocations(in: {}) == 0)
    }
}
