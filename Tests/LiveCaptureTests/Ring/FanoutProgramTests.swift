import PacketDecoding
import Primitives
import SystemCalls
import TestSupport
import Testing

@testable import LiveCapture

@Suite("Spreading frames over rings")
struct FanoutProgramTests {
    private let machine = FilterMachine(program: FanoutProgram.instructions(seed: 20_261_121))

    /// How the kernel holds a frame: with the outermost tag taken off, as a received one, or with all tags in it, as a
    /// sent one, whose network header may be before the tags or behind.
    private enum Holding: CaseIterable {
        case received, sent, sentWithNetworkBehindTags
    }

    private func held(_ builder: PacketBuilder, _ holding: Holding) -> FilterMachine.Packet {
        var bytes = builder.bytes
        func type() -> UInt32 { UInt32(bytes[12]) << 8 | UInt32(bytes[13]) }
        let isTagged = type() == 0x8100 || type() == 0x88A8
        if holding == .received, isTagged { bytes.removeSubrange(12..<16) }
        var network = 14
        if holding == .sentWithNetworkBehindTags {
            while bytes[network - 2] == 0x81, bytes[network - 1] == 0 { network += 4 }
        }
        return FilterMachine.Packet(bytes: bytes, network: network, facts: [0: type()])
    }

    private func ring(_ builder: PacketBuilder, _ holding: Holding = .received) -> UInt32? {
        machine.run(held(builder, holding))
    }

    @Test("The kernel takes the program")
    func loads() throws {
        // AF_UNIX: the kernel checks the program without asking for a privilege.
        let socket = try Socket(domain: 1, type: 2)
        try socket.attachForTest(FanoutProgram.instructions(seed: 1))
        #expect(machine.program.count <= 4_096)
    }

    @Test("Both directions, all fragments and all ports of a conversation meet", arguments: [0, 1, 2])
    func meet(tags: Int) {
        func frame() -> PacketBuilder {
            let ethernet = PacketBuilder().ethernet()
            return tags == 0 ? ethernet : tags == 1 ? ethernet.vlan(7) : ethernet.vlan(7).vlan(9)
        }
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<200 {
            let one = IPv4Address(UInt32.random(in: 1...UInt32.max, using: &random)).description
            let other = IPv4Address(UInt32.random(in: 1...UInt32.max, using: &random)).description
            let there = ring(frame().ipv4(one, other).tcp(40_000, 80))
            #expect(there != nil && there != 0)
            for holding in Holding.allCases {
                #expect(ring(frame().ipv4(other, one).tcp(80, 40_000), holding) == there)
                #expect(ring(frame().ipv4(one, other).udp(1, 2), holding) == there)
                #expect(ring(frame().ipv4(one, other, fragmentOffset: 1_480).payload("rest"), holding) == there)
            }
            let six = IPv6Address(high: .random(in: 1...UInt64.max, using: &random), low: 7).description
            let other6 = IPv6Address(high: 5, low: .random(in: 1...UInt64.max, using: &random)).description
            let there6 = ring(frame().ipv6(six, other6).tcp(40_000, 80))
            #expect(there6 != nil && there6 != 0)
            for holding in Holding.allCases {
                #expect(ring(frame().ipv6(other6, six).tcp(80, 40_000), holding) == there6)
                #expect(ring(frame().ipv6(six, other6).fragment(offset: 1_448).payload("rest"), holding) == there6)
            }
        }
    }

    @Test("A tag does not part a conversation: the frames on a trunk and those behind it meet")
    func tagsDoNotMatter() {
        let plain = ring(PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2))
        #expect(ring(PacketBuilder().ethernet().vlan(5).ipv4("10.0.0.1", "10.0.0.2").udp(1, 2), .sent) == plain)
        #expect(
            ring(PacketBuilder().ethernet().vlan(5).vlan(6).ipv4("10.0.0.2", "10.0.0.1").udp(1, 2), .sent) == plain)
        #expect(ring(PacketBuilder().ethernet().pppoe().ppp().ipv4("10.0.0.2", "10.0.0.1").udp(1, 2)) == plain)
    }

    @Test("Two neighbouring networks are spread evenly over any number of rings", arguments: [2, 3, 4, 7])
    func spread(rings: Int) {
        var counts = [Int](repeating: 0, count: rings)
        for client in 1...250 {
            for server in 1...20 {
                let packet = PacketBuilder().ethernet().ipv4("192.168.1.\(client)", "10.0.0.\(server)").udp(1, 2)
                counts[Int(ring(packet) ?? 0) % rings] += 1
            }
        }
        let fair = 5_000 / rings
        #expect(counts.allSatisfy { $0 > fair / 2 && $0 < fair * 2 }, "\(counts)")
    }

    @Test("What is no IP packet, and what is cut short, goes to the first ring")
    func others() {
        #expect(ring(PacketBuilder().ethernet(type: 0x0806).payload(count: 28)) == 0)
        #expect(ring(PacketBuilder().ethernet(type: 0x0800).payload(count: 10)) == 0)
        #expect(ring(PacketBuilder().ethernet(type: 0x86DD).payload(count: 30)) == 0)
        #expect(ring(PacketBuilder().ethernet().vlan(1, type: 0x0806).payload(count: 28), .sent) == 0)
        #expect(ring(PacketBuilder().ethernet().vlan(1).vlan(2).vlan(3).payload(count: 28), .sent) == 0)
    }

    @Test("Another seed parts other conversations, whatever the seed is", arguments: [0, 1, .max] as [UInt32])
    func seeds(seed: UInt32) {
        let other = FilterMachine(program: FanoutProgram.instructions(seed: seed))
        var answers: Set<UInt32> = []
        var equal = 0
        for client in 1...100 {
            let packet = held(PacketBuilder().ethernet().ipv4("10.1.1.\(client)", "10.2.2.2").udp(1, 2), .received)
            answers.insert(other.run(packet) ?? 0)
            if other.run(packet) == machine.run(packet) { equal += 1 }
        }
        #expect(answers.count > 90)
        #expect(equal < 10)
    }
}
