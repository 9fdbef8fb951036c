import Glibc
import PacketDecoding
import Primitives
import SystemCalls
import TestSupport
import Testing

@testable import LiveCapture

/// Rings of the real kernel, on this machine's loopback interface; networks of their own come with the integration
/// tests. Needs root (CAP_NET_RAW), and is skipped without.
@Suite("A ring of the kernel", .serialized)
struct PacketRingTests {
    static let isRoot = geteuid() == 0
    private static let all = [FilterInstruction(code: 0x06, operand: 262_144)]

    private var smallRing: RingOptions {
        var options = RingOptions()
        options.blockSize = 1 << 16
        options.blockCount = 4
        return options
    }

    /// UDP to this machine itself, to a port that nobody has.
    static func send(_ payload: [UInt8], times: Int = 1) throws {
        let socket = try Socket(domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(9).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        for _ in 0..<times {
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(socket.number, payload, payload.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    /// How often the ring hands out frames that end with `payload`, within half a second or until `enough`.
    private func count(
        _ payload: [UInt8], in ring: inout PacketRing, enough: Int
    ) throws -> (count: Int, directions: Set<FrameDirection>) {
        var count = 0
        var directions: Set<FrameDirection> = []
        let end = Clocks.monotonic + 500_000_000
        while Clocks.monotonic < end, count < enough {
            guard try ring.nextBatch() == .packets else { continue }
            while let frame = ring.next() {
                let bytes = ring.bytes
                guard bytes.byteCount >= 42 + payload.count, bytes.byte(at: 23) == 17 else { continue }
                let start = bytes.byteCount - payload.count
                guard payload.indices.allSatisfy({ bytes.byte(at: start + $0) == payload[$0] }) else { continue }
                count += 1
                directions.insert(frame.direction)
            }
        }
        return (count, directions)
    }

    @Test("A ring is shut until a filter is attached, and sees each packet of loopback once", .enabled(if: isRoot))
    func opensShut() throws {
        var ring = try PacketRing(smallRing)
        let payload = Array("gatelog \(Clocks.monotonic)".utf8)
        try Self.send(payload)
        let before = try count(payload, in: &ring, enough: 1)
        #expect(before.count == 0)
        try ring.attach(Self.all)
        try Self.send(payload, times: 10)
        let after = try count(payload, in: &ring, enough: .max)
        #expect(after.count == 10)
        #expect(after.directions == [.incoming])
        let counters = ring.counters()
        #expect(counters.packets >= 10 && counters.dropped == 0 && counters.malformed == 0)
    }

    @Test("Watching other interfaces and none at all takes effect at once", .enabled(if: isRoot))
    func watch() throws {
        var options = smallRing
        options.interfaces = [if_nametoindex("lo")]
        var ring = try PacketRing(options)
        try ring.attach(Self.all)
        let payload = Array("gatelog \(Clocks.monotonic)".utf8)
        try Self.send(payload)
        var seen = try count(payload, in: &ring, enough: 1)
        #expect(seen.count == 1)
        try Self.send(payload)
        // What is in the ring already is not handed out any more.
        try ring.watch([])
        seen = try count(payload, in: &ring, enough: 1)
        #expect(seen.count == 0)
        try ring.watch(nil)
        try Self.send(payload)
        seen = try count(payload, in: &ring, enough: 1)
        #expect(seen.count == 1)
    }

    @Test("A ring that is full counts what it drops, and goes on afterwards", .enabled(if: isRoot))
    func overflow() throws {
        var options = smallRing
        options.blockSize = 4_096
        options.blockCount = 2
        options.interfaces = [if_nametoindex("lo")]
        var ring = try PacketRing(options)
        try ring.attach(Self.all)
        let payload = [UInt8](repeating: 0x67, count: 1_000)
        try Self.send(payload, times: 100)
        #expect(ring.counters().fill == 1_000)
        let seen = try count(payload, in: &ring, enough: .max)
        let counters = ring.counters()
        #expect(seen.count < 100 && seen.count > 0)
        #expect(counters.dropped >= UInt64(100 - seen.count))
        #expect(ring.freezes > 0)
        try Self.send(payload)
        let later = try count(payload, in: &ring, enough: 1)
        #expect(later.count == 1)
        // The last block goes back with the next batch.
        let rest = try ring.nextBatch()
        #expect(rest == .packets || ring.counters().fill == 0)
    }

    @Test("Two rings of a group share the packets, and each conversation is in one", .enabled(if: isRoot))
    func fanout() throws {
        var options = smallRing
        options.fanout = .first(seed: 5)
        var first = try PacketRing(options)
        let group = first.fanoutGroup
        options.fanout = .member(of: try #require(group))
        var second = try PacketRing(options)
        try first.attach(Self.all)
        try second.attach(Self.all)
        let payload = Array("gatelog \(Clocks.monotonic)".utf8)
        try Self.send(payload, times: 8)
        let one = try count(payload, in: &first, enough: 8)
        let two = try count(payload, in: &second, enough: one.count == 0 ? 8 : .max)
        #expect(one.count + two.count == 8)
        #expect(one.count == 0 || two.count == 0)
    }

    @Test("A wake-up ends the wait", .enabled(if: isRoot))
    func wakes() throws {
        let wakeup = try Wakeup()
        var options = smallRing
        options.wakeDescriptor = wakeup.number
        var ring = try PacketRing(options)
        wakeup.signal()
        let batch = try ring.nextBatch()
        #expect(batch == .idle)
    }

    @Test("An interface that is not there is no error, neither to watch nor to listen to", .enabled(if: isRoot))
    func missingInterface() throws {
        var options = smallRing
        options.promiscuous = [65_000]
        options.interfaces = [65_000]
        var ring = try PacketRing(options)
        try ring.listen(promiscuously: [if_nametoindex("lo"), 65_001])
        try ring.listen(promiscuously: [])
    }

    @Test("A program that the kernel does not take is an error, and the one before stays", .enabled(if: isRoot))
    func badProgram() throws {
        var ring = try PacketRing(smallRing)
        try ring.attach(Self.all)
        var refusal: SourceError?
        do throws(SourceError) {
            try ring.attach([FilterInstruction(code: 0xFFFF, operand: 0)])
        } catch {
            refusal = error
        }
        #expect(refusal?.doing == "attaching a filter of 6 instructions")
        let payload = Array("gatelog \(Clocks.monotonic)".utf8)
        try Self.send(payload)
        let seen = try count(payload, in: &ring, enough: 1)
        #expect(seen.count == 1)
    }

    @Test("A ring of no possible shape is refused before the kernel is asked")
    func shapes() {
        for (size, count) in [(4_095, 4), (3 << 20, 4), (0, 4), (4_096, 1), (1 << 30, 8), (1 << 20, 70_000)] {
            var options = RingOptions()
            options.blockSize = size
            options.blockCount = count
            do throws(SourceError) {
                _ = try PacketRing(options).fanoutGroup
                Issue.record("\(count) blocks of \(size) bytes")
            } catch {
                #expect(error.doing == "making the ring")
            }
        }
    }

    @Test("Without the privilege the error names it, and the command that grants it")
    func privilege() {
        let error = SourceError(
            capturing: "opening a packet socket", SystemCallError(errno: .notPermitted, call: "socket"))
        #expect(
            error.description.hasPrefix(
                "opening a packet socket: this process lacks CAP_NET_RAW. Grant it: sudo setcap "))
        #expect(error.description.contains("cap_net_raw"))
    }
}
