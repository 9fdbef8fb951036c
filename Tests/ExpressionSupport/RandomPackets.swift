package import Expressions
package import PacketDecoding
import Primitives
package import TestSupport

/// A packet as a program sees it.
package struct TestPacket {
    package var frame: Frame
    package var layers: Layers
    package var bytes: [UInt8]
    package var facts = PacketFacts()

    package init(frame: Frame, layers: Layers, bytes: [UInt8], facts: PacketFacts = PacketFacts()) {
        self.frame = frame
        self.layers = layers
        self.bytes = bytes
        self.facts = facts
    }
}

/// Random packets out of the same few values as `RandomExpressions`: whole ones, fragments, tunnels,
/// firewall records; then some cut off, some with broken bytes, each with random facts about it.
package struct RandomPackets {
    package var random: SeededGenerator

    package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    package static let hosts: [UInt32: String] = [
        1: "example.com", 2: "WWW.Example.COM.", 3: "deep.www.example.com", 4: "badexample.com", 5: "a-b.c_d.org",
        6: "abc1.example.net", 70: "b.example.com",
    ]

    package mutating func packet() -> TestPacket {
        let builder = link()
        var bytes = builder.bytes
        let original = bytes.count
        if chance(4), !bytes.isEmpty { bytes.removeLast(below(bytes.count)) }
        if chance(4) {
            for _ in 0...below(3) where !bytes.isEmpty {
                bytes[below(min(bytes.count, 80))] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        var frame = builder.frame(captured: bytes.count, original: original)
        settle(&frame)
        var layers = Layers()
        layers.decode(bytes.span.bytes, of: frame)
        if layers.present.contains(.laterFragment), chance(2) {
            // As the table of first fragments does it.
            layers.sourcePort = port()
            layers.destinationPort = port()
            layers.present.insert(.ports)
        }
        return TestPacket(frame: frame, layers: layers, bytes: bytes, facts: facts())
    }

    private mutating func settle(_ frame: inout Frame) {
        frame.direction = pick([.unknown, .incoming, .outgoing])
        frame.interface = chance(3) ? .none : interface()
        frame.incoming = chance(2) ? .none : interface()
        frame.outgoing = chance(2) ? .none : interface()
    }

    private mutating func facts() -> PacketFacts {
        var facts = PacketFacts()
        for index in 0..<below(5) {
            facts.sourceHosts[index] = pick([0, 1, 2, 3, 4, 5, 6, 70, 71, 9999])
            facts.destinationHosts[index] = pick([0, 1, 2, 3, 4, 5, 6, 70])
        }
        facts.sourceUser = pick([0, 0, 1, 2, 3, 200])
        facts.destinationUser = pick([0, 0, 1, 2, 3])
        let countries: [UInt16] = [0, 0x4445, 0x435A, 0x5553]
        facts.sourceCountry = pick(countries)
        facts.destinationCountry = pick(countries)
        facts.sourceASN = pick([0, 64500, 13335, 1])
        facts.destinationASN = pick([0, 64500, 13335, 1])
        return facts
    }

    // MARK: Headers

    private mutating func link() -> PacketBuilder {
        var builder = PacketBuilder()
        switch below(8) {
        case 0: builder = builder.link(.raw)
        case 1: builder = builder.cooked(packetType: UInt16(below(5)))
        case 2:
            let names = ["PERMIT Internet access", #"DROP a \"quoted\" \ rule\"#, "DENY NAT", "NAT", "REJECT @3:7 b/c"]
            builder = builder.nflog(prefix: pick(names), input: 1, output: chance(2) ? 2 : nil)
        default:
            builder = builder.ethernet(source: hardware(), destination: hardware())
            for _ in 0..<(chance(3) ? 1 + below(3) : 0) { builder = builder.vlan(pick([0, 1, 7, 100, 4095])) }
        }
        if chance(20) { return builder.payload(count: 40) }
        return network(builder, tunnels: 2)
    }

    private mutating func network(_ builder: PacketBuilder, tunnels: Int) -> PacketBuilder {
        if chance(3) {
            var builder = builder.ipv6(
                "2001:db8::\(below(5))", "2001:db8::\(below(5))", hopLimit: pick([0, 1, 63, 64, 128, 255]),
                trafficClass: pick([0, 32, 184, 255]))
            if chance(6) { builder = builder.hopByHop() }
            guard chance(6) else { return transport(builder, tunnels, isV6: true) }
            if chance(2) {
                return builder.fragment(offset: 8 * below(3) + 8, more: chance(2), next: 17).payload(count: 24)
            }
            return transport(builder.fragment(offset: 0, more: chance(2)), tunnels, isV6: true)
        }
        let ends = ("10.0.0.\(below(6))", "10.0.0.\(below(6))")
        if chance(8) {
            return builder.ipv4(
                ends.0, ends.1, protocol: 17, fragmentOffset: 8 + 8 * below(4), moreFragments: chance(2)
            )
            .payload(count: 24)
        }
        let header = builder.ipv4(
            ends.0, ends.1, ttl: pick([0, 1, 63, 64, 128, 255]), dscp: pick([0, 8, 46, 63]), moreFragments: chance(8),
            options: chance(8) ? [1, 1, 1, 0] : [])
        return transport(header, tunnels, isV6: false)
    }

    private mutating func transport(_ builder: PacketBuilder, _ tunnels: Int, isV6: Bool) -> PacketBuilder {
        switch below(tunnels > 0 ? 16 : 11) {
        case 0...4:
            payload(builder.tcp(port(), port(), flags: TestFlags(rawValue: UInt8(truncatingIfNeeded: random.next()))))
        case 5...7: payload(builder.udp(port(), port()))
        case 8:
            isV6
                ? builder.icmp6(type: pick([1, 2, 128, 135]), code: UInt8(below(5)))
                : builder.icmp(type: pick([0, 3, 5, 8]), code: UInt8(below(5)))
        case 9: payload(builder.sctp(port(), port()))
        case 10: builder.esp().payload(count: below(20))
        case 11, 12: network(builder.gre(), tunnels: tunnels - 1)
        case 13: network(builder, tunnels: tunnels - 1)
        case 14: network(builder.udp(port(), 4789).vxlan().ethernet(source: hardware()), tunnels: tunnels - 1)
        default: network(builder.udp(port(), 2152).gtp(), tunnels: tunnels - 1)
        }
    }

    private mutating func payload(_ builder: PacketBuilder) -> PacketBuilder {
        let text = pick(["", "GET / HTTP/1.1", "xGETGET y", #"..a\x41"b".."#, "b/c", "ccc1", "AXB.example.de"])
        let bytes = Array(text.utf8) + (chance(3) ? [0, 255, 34, 92, 120] : [])
        return builder.payload(bytes + [UInt8](repeating: 0x20, count: chance(6) ? 60 : 0))
    }

    // MARK: Values

    private mutating func port() -> UInt16 {
        chance(6)
            ? UInt16(truncatingIfNeeded: random.next())
            : pick([0, 53, 80, 137, 138, 139, 443, 1024, 8001, 8080, 50_000, 65_535])
    }

    private mutating func hardware() -> UInt64 { pick([0x0200_0000_0001, 0x0200_0000_0002, 0x0300_0000_0001]) }

    private mutating func interface() -> InterfaceID { InterfaceID(rawValue: pick([0, 1, 2, 3, 64, 100])) }

    package mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    private mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
