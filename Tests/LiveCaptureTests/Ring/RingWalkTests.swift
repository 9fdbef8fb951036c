import PacketDecoding
import Primitives
import SystemCalls
import TestSupport
import Testing

@testable import LiveCapture

@Suite("Walking a ring's blocks")
struct RingWalkTests {
    private let frame = PacketBuilder().ethernet().ipv4().udp(1, 2).payload("hello").bytes

    @Test("Packets come in order with their facts, and blocks go back in turn")
    func order() throws {
        var memory = RingMemory()
        memory.fill(0, with: [.init(bytes: frame), .init(bytes: frame, originalLength: 1_500, interface: 3, type: 4)])
        memory.fill(1, with: [.init(bytes: frame, nanoseconds: 999_999_999, type: 3)])
        var walk = try memory.walk()
        #expect(walk.fill == 500)
        var isReady = walk.takeBlock()
        #expect(isReady)
        let first = walk.rest()
        let time: Int64 = 1_700_000_000_000_000_005
        #expect(
            first == [
                Seen(bytes: frame, nanoseconds: time, original: frame.count, linkType: 1, direction: 1, interface: 2),
                Seen(bytes: frame, nanoseconds: time, original: 1_500, linkType: 1, direction: 2, interface: 3),
            ])
        isReady = walk.takeBlock()
        let second = walk.rest()
        #expect(isReady && second.count == 1)
        #expect(second.first?.nanoseconds == time + 999_999_994)
        #expect(second.first?.direction == FrameDirection.incoming.rawValue)
        #expect(walk.fill == 250)
        isReady = walk.takeBlock()
        #expect(!isReady)
        #expect(walk.fill == 0)
        #expect(walk.counters.packets == 3)
        #expect(walk.counters.bytes == UInt64(2 * frame.count + 1_500))
    }

    @Test("After the last block comes the first")
    func wrapsAround() throws {
        var memory = RingMemory(blockCount: 2)
        memory.fill(0, with: [.init(bytes: frame)])
        memory.fill(1, with: [.init(bytes: frame)])
        var walk = try memory.walk()
        var taken = 0
        while walk.takeBlock() { taken += walk.rest().count }
        #expect(taken == 2)
        // The kernel fills the first one again.
        walk.map.storeReleasing(1, at: 8)
        let isReady = walk.takeBlock()
        let again = walk.rest()
        #expect(isReady && again.count == 1)
    }

    @Test(
        "A tag that was taken off stands in the frame again",
        arguments: [(nil, 0x8100), (0x88A8, 0x88A8)] as [(UInt16?, UInt16)])
    func tags(told: UInt16?, kind: UInt16) throws {
        let tagged = PacketBuilder().ethernet().vlan(7, priority: 5, tpid: kind).ipv4().udp(1, 2).payload("x").bytes
        var untagged = tagged
        untagged.removeSubrange(12..<16)
        var memory = RingMemory()
        let next = RingMemory.Packet(bytes: frame)
        memory.fill(0, with: [.init(bytes: untagged, tag: 5 << 13 | 7, tagProtocol: told), next])
        var walk = try memory.walk()
        _ = walk.takeBlock()
        let seen = walk.rest()
        #expect(seen.map(\.bytes) == [tagged, frame])
        #expect(seen.first?.original == tagged.count)
    }

    @Test("A tag is not put where there is no room for it")
    func noRoomForTag() throws {
        var memory = RingMemory()
        memory.fill(0, with: [.init(bytes: frame, tag: 7, linkLength: 26), .init(bytes: [1, 2, 3], tag: 7)])
        var walk = try memory.walk()
        _ = walk.takeBlock()
        #expect(walk.rest().map(\.bytes) == [frame, [1, 2, 3]])
    }

    @Test("Of a packet that this machine sends to itself, the copy that arrives is handed out")
    func loopback() throws {
        var memory = RingMemory()
        memory.fill(
            0, with: [.init(bytes: frame, hardware: 772, type: 4), .init(bytes: frame, hardware: 772, type: 0)])
        var walk = try memory.walk()
        _ = walk.takeBlock()
        let seen = walk.rest()
        #expect(seen.count == 1)
        #expect(seen.first?.direction == FrameDirection.incoming.rawValue)
        #expect(seen.first?.linkType == 1)
        #expect(walk.counters.packets == 1)
    }

    @Test("Interfaces without Ethernet: raw IP, from the network header on")
    func linkTypes() throws {
        let packet = PacketBuilder().ipv4().udp(1, 2).bytes
        var memory = RingMemory()
        memory.fill(
            0,
            with: [
                // tun and WireGuard (ARPHRD_NONE), PPP, a GRE tunnel with its header, 802.11 with radiotap.
                .init(bytes: packet, hardware: 0xFFFE, linkLength: 0),
                .init(bytes: packet, hardware: 512, linkLength: 0),
                .init(bytes: [UInt8](repeating: 9, count: 24) + packet, hardware: 778, linkLength: 24),
                .init(bytes: packet, hardware: 803, linkLength: 8),
            ])
        var walk = try memory.walk()
        _ = walk.takeBlock()
        let seen = walk.rest()
        #expect(seen.map(\.bytes) == [packet, packet, packet, packet])
        #expect(seen.map(\.linkType) == [101, 101, 101, 127])
        #expect(seen.map(\.original) == [Int](repeating: packet.count, count: 4))
    }

    @Test("Only watched interfaces are handed out, and indexes beyond an identifier have none")
    func interfaces() throws {
        var memory = RingMemory()
        let indexes: [UInt32] = [2, 3, 65_534, 65_535, 65_536 + 2, .max]
        memory.fill(0, with: indexes.map { .init(bytes: [1, 2, 3, 4], interface: $0) })
        var walk = try memory.walk()
        _ = walk.takeBlock()
        #expect(walk.rest().map(\.interface) == [2, 3, 65_534, .max, .max, .max])
        #expect(walk.unnumbered == 3)

        var watching = try memory.walk()
        watching.watched = InterfaceSet([3, 65_538])
        _ = watching.takeBlock()
        let seen = watching.rest()
        #expect(seen.map(\.interface) == [3, .max])
        #expect(watching.counters.packets == 2)
    }

    @Test("Headers that point out of their block end it, and are counted")
    func hostileHeaders() throws {
        let lies: [(String, Int, UInt32)] = [
            ("the next packet beyond the block", 0, 4_000), ("the next packet nowhere", 0, 1),
            ("more bytes than there are", 12, 5_000), ("as many bytes as can be said", 12, .max),
            ("a link header beyond the block", 24, 0xFFFF), ("a link header within the header", 24, 10),
        ]
        for (what, offset, value) in lies {
            var memory = RingMemory()
            let headers = memory.fill(0, with: [.init(bytes: frame), .init(bytes: frame), .init(bytes: frame)])
            memory.put32(value, at: headers[1] + offset)
            var walk = try memory.walk()
            _ = walk.takeBlock()
            let seen = walk.rest()
            #expect(seen.map(\.bytes) == [frame], "\(what)")
            #expect(walk.counters.malformed == 1, "\(what)")
            let again = walk.takeBlock()
            #expect(!again)
        }
        for first: UInt32 in [0, 47, 4_097, .max] {
            var memory = RingMemory()
            memory.fill(0, with: [.init(bytes: frame)])
            memory.put32(first, at: 16)
            var walk = try memory.walk()
            _ = walk.takeBlock()
            #expect(walk.rest().isEmpty)
            #expect(walk.counters.malformed == 1)
        }
    }

    @Test("No ring makes the walk leave it: random damage")
    func randomDamage() throws {
        let seed: UInt64 = 20_261_121
        var random = SeededGenerator(seed: seed)
        var packets = 0
        var malformed: UInt64 = 0
        for round in 0..<2_000 {
            var memory = RingMemory(blockCount: 2)
            var headers = memory.fill(0, with: (0..<8).map { .init(bytes: frame, tag: $0 == 3 ? 7 : nil) })
            headers += memory.fill(1, with: (0..<8).map { _ in .init(bytes: frame, hardware: 512) })
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let header = headers[Int.random(in: 0..<headers.count, using: &random)]
                let offset = Int.random(in: 0..<15, using: &random) == 0 ? 12 : header % 4_096
                let place = header / 4_096 * 4_096 + offset + Int.random(in: 0..<68, using: &random)
                memory.bytes[place] = .random(in: 0...255, using: &random)
            }
            memory.put32(1, at: 8)
            var walk = try memory.walk()
            while walk.takeBlock() { packets += walk.rest().count }
            malformed += walk.counters.malformed
            #expect(walk.counters.packets <= 16, "round \(round) of seed \(seed)")
        }
        print("ring damage, seed \(seed): \(packets) packets, \(malformed) times malformed")
        #expect(packets > 10_000 && malformed > 100)
    }
}
