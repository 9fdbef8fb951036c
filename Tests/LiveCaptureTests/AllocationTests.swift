import CaptureStreams
import PacketDecoding
import Primitives
import SystemCalls
import TestSupport
import Testing

@testable import LiveCapture

@Suite("Memory of the packet path, live and replayed")
struct AllocationTests {
    @Test("Walking a ring allocates nothing, whatever its packets are")
    func walk() throws {
        let frame = PacketBuilder().ethernet().ipv4().udp(1, 2).bytes
        var memory = RingMemory(blockSize: 1 << 16, blockCount: 4)
        for block in 0..<4 {
            memory.fill(
                block,
                with: (0..<300).map { number in
                    switch number % 5 {
                    case 0: .init(bytes: frame, tag: 7)
                    case 1: .init(bytes: frame, hardware: 772, type: number % 2 == 0 ? 4 : 0)
                    case 2: .init(bytes: frame, interface: 9)
                    case 3: .init(bytes: frame, hardware: 512)
                    default: .init(bytes: frame)
                    }
                })
        }
        var walk = try memory.walk()
        walk.watched = InterfaceSet([2])
        var count = 0
        let allocated = allocations {
            while walk.takeBlock() {
                while let frame = walk.next() { count += frame.interface.rawValue == 2 ? 1 : 0 }
            }
        }
        #expect(allocated == 0)
        #expect(count == 4 * (60 * 3 + 30))
    }

    @Test("A ring of the kernel allocates nothing: batches, waits and counters", .enabled(if: PacketRingTests.isRoot))
    func ring() throws {
        var options = RingOptions()
        options.blockSize = 1 << 16
        options.blockCount = 4
        var ring = try PacketRing(options)
        try ring.attach([FilterInstruction(code: 0x06, operand: 262_144)])
        func look() throws -> Int {
            var count = 0
            if try ring.nextBatch() == .packets {
                while ring.next() != nil { count += 1 }
            }
            count += Int(ring.counters().dropped)
            return count
        }
        // The first packets set up what the language does once.
        try PacketRingTests.send([1, 2, 3])
        while try look() == 0 {}
        try PacketRingTests.send([1, 2, 3], times: 20)
        var count = 0
        let allocated = try allocations {
            for _ in 0..<3 { count += try look() }
        }
        #expect(allocated == 0)
        #expect(count > 0)
    }

    @Test("Replaying a capture allocates nothing, with directions by address and with the present", arguments: [0, 1])
    func replay(kind: Int) throws {
        var options = ReplayOptions(path: Fixtures.capture("babel_update_oobr.pcap"))
        options.times = kind == 0 ? .recorded : .present
        options.ownAddresses = OwnAddresses(
            hardware: [MACAddress(5)], addresses: [.v4(IPv4Address(7))],
            networks: [AddressRange(.v4(IPv4Address(1 << 24)))])
        func run(_ source: inout ReplaySource) throws -> Int {
            var count = 0
            while try source.nextBatch() != .ended {
                while source.next() != nil { count += 1 }
                count += Int(source.counters().dropped)
            }
            return count
        }
        // The first run of all sets up what the language does once.
        var first = try ReplaySource(options)
        _ = try run(&first)
        var source = try ReplaySource(options)
        var count = 0
        let allocated = try allocations { count = try run(&source) }
        #expect(allocated == 0)
        #expect(count > 50)
    }
}
