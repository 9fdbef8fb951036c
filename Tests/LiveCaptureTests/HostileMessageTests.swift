import Foundation
import Netlink
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

@testable import LiveCapture

/// The first message of a datagram.
private func first(_ bytes: [UInt8]) -> NetlinkMessage {
    var walk = NetlinkMessages(count: bytes.count)
    return walk.next(in: bytes.span.bytes)!
}

private func logged(_ bytes: [UInt8]) -> FirewallLogRecord? {
    FirewallLogRecord(bytes.span.bytes, first(bytes).payload)
}

private func event(_ bytes: [UInt8]) -> ConnectionEvent? {
    ConnectionEvent(bytes.span.bytes, first(bytes), received: Timestamp(seconds: 9))
}

private func interfaces(_ messages: [UInt8]...) -> (list: [NetworkInterface], malformed: Int) {
    var table = InterfaceTable()
    for bytes in messages { table.apply(bytes.span.bytes) }
    return (table.sorted, table.malformed)
}

@Suite struct HostileMessageTests {
    static func log(family: UInt8 = 2, hook: UInt8 = 2, _ more: [UInt8]) -> [UInt8] {
        message(type: 0x0400, [family, 0] + big(UInt16(5)) + attribute(1, [8, 0, hook, 0]) + more)
    }

    static func tuple(_ from: UInt8, _ to: UInt8, proto: [UInt8]? = nil) -> [UInt8] {
        let ports = attribute(1, [6]) + attribute(2, big(UInt16(4000))) + attribute(3, big(UInt16(80)))
        return attribute(1, attribute(1, [10, 0, 0, from]) + attribute(2, [10, 0, 0, to]))
            + attribute(2, proto ?? ports)
    }

    static func connection(type: UInt16 = 0x0102, flags: UInt16 = 0, family: UInt8 = 2, _ parts: [UInt8]) -> [UInt8] {
        message(type: type, flags: flags, [family, 0, 0, 0] + parts)
    }

    static func link(_ index: UInt32, _ more: [UInt8], family: UInt8 = 0, type: UInt16 = 16) -> [UInt8] {
        let little = withUnsafeBytes(of: index.littleEndian) { Array($0) }
        return message(type: type, [family, 0, 1, 0] + little + [0x41, 0, 0, 0, 0, 0, 0, 0] + more)
    }

    static let name = attribute(3, Array("eth0\0".utf8))

    @Test func `a record says what it says`() throws {
        let time = attribute(3, big(UInt64(7)) + big(UInt64(5)))
        let packet: [UInt8] = [0x45, 0, 5, 220] + [UInt8](repeating: 0, count: 16)
        let bytes = Self.log(
            time + attribute(4, big(UInt32(3))) + attribute(12, big(UInt32(99))) + attribute(9, packet))
        let record = try #require(logged(bytes))
        #expect(record.group == 5)
        #expect(record.hook == 2)
        #expect(record.input == 3)
        #expect(record.output == 0)
        #expect(record.sequence == 99)
        #expect(record.time == Timestamp(seconds: 7, nanoseconds: 5000))
        #expect(record.direction == .incoming)
        #expect(record.wireLength(bytes.span.bytes) == 1500)
    }

    @Test func `a bridge's ports stand in only where nothing else does`() throws {
        let ports = attribute(6, big(UInt32(8))) + attribute(7, big(UInt32(9)))
        let alone = try #require(logged(Self.log(ports)))
        #expect((alone.input, alone.output) == (8, 9))
        let beside = try #require(logged(Self.log(ports + attribute(4, big(UInt32(3))))))
        #expect((beside.input, beside.output) == (3, 0))
    }

    @Test func `times that cannot be are no times`() throws {
        for (seconds, micros) in [(0, 0), (1, 1_000_000), (UInt64.max, 0)] as [(UInt64, UInt64)] {
            #expect(try #require(logged(Self.log(attribute(3, big(seconds) + big(micros))))).time == nil)
        }
        #expect(try #require(logged(Self.log(attribute(3, [1, 2, 3])))).time == nil)
    }

    @Test(arguments: [0, 1, 3, 200, 0xFFFF])
    func `a record with a length that lies is none`(length: Int) {
        #expect(logged(Self.log(attribute(9, [1, 2, 3, 4], length: length))) == nil)
    }

    @Test func `a record too short for its header is none`() {
        #expect(logged(message(type: 0x0400, [2, 0, 0])) == nil)
    }

    @Test func `kinds of events are told by type and flags`() {
        #expect(event(Self.connection(type: 0x0100, flags: 0x600, attribute(1, Self.tuple(1, 2))))?.kind == .new)
        #expect(event(Self.connection(type: 0x0100, attribute(1, Self.tuple(1, 2))))?.kind == .updated)
        #expect(event(Self.connection(attribute(1, Self.tuple(1, 2))))?.kind == .destroyed)
        #expect(event(Self.connection(type: 0x0101, attribute(1, Self.tuple(1, 2)))) == nil)
    }

    @Test func `an event without the tuple, of no family of IP, or with half an address is none`() {
        let tuple = attribute(1, Self.tuple(1, 2))
        #expect(event(Self.connection([])) == nil)
        #expect(event(Self.connection(family: 7, tuple)) == nil)
        // Addresses of the other family are not there.
        #expect(event(Self.connection(family: 10, tuple)) == nil)
        #expect(event(Self.connection(attribute(1, attribute(1, attribute(1, [10, 0, 0, 1]))))) == nil)
        #expect(event(Self.connection(attribute(1, attribute(1, attribute(1, [10, 0]) + attribute(2, [1]))))) == nil)
        #expect(event(Self.connection(attribute(1, Self.tuple(1, 2, proto: attribute(2, [1]))))) == nil)
    }

    @Test func `counters count only where both sides have both`() throws {
        let one = attribute(1, big(UInt64(5))) + attribute(2, big(UInt64.max))
        func present(_ parts: [UInt8]) throws -> Bool {
            try #require(event(Self.connection(attribute(1, Self.tuple(1, 2)) + parts))).record.present
                .contains(.counters)
        }
        #expect(try present(attribute(9, one) + attribute(10, one)))
        #expect(try !present(attribute(9, one)))
        #expect(try !present(attribute(9, one) + attribute(10, attribute(1, big(UInt64(5))))))
        #expect(try !present(attribute(9, one) + attribute(10, attribute(2, [1, 2], length: 90))))
    }

    @Test func `a tunnel of nested lengths ends`() {
        var nested = attribute(1, [])
        for _ in 0..<2000 { nested = attribute(1, nested) }
        #expect(event(Self.connection(nested)) == nil)
        #expect(interfaces(Self.link(2, Self.name + attribute(18, nested))).list.count == 1)
    }

    @Test func `a link needs an index and a name`() {
        #expect(interfaces(Self.link(2, Self.name)).list.map(\.name) == ["eth0"])
        #expect(interfaces(Self.link(2, [])).malformed == 1)
        #expect(interfaces(Self.link(0, Self.name)).malformed == 1)
        #expect(interfaces(Self.link(.max, Self.name)).malformed == 1)
        #expect(interfaces(Self.link(2, attribute(3, [0, 65]))).malformed == 1)
        #expect(interfaces(Self.link(2, Self.name + attribute(18, [1, 2, 3, 4, 5], length: 400))).malformed == 1)
        #expect(interfaces(message(type: 16, [0, 0, 1])).malformed == 1)
    }

    @Test func `a bridge that loses a port does not take the interface away`() {
        let gone = Self.link(2, Self.name, family: 7, type: 17)
        #expect(interfaces(Self.link(2, Self.name), gone).list.count == 1)
        #expect(interfaces(Self.link(2, Self.name), Self.link(2, Self.name, type: 17)).list.isEmpty)
    }

    @Test func `an address needs an interface, a length that can be, and all its bytes`() {
        func address(_ value: [UInt8], family: UInt8 = 2, length: UInt8 = 24) -> [UInt8] {
            message(type: 20, [family, length, 0, 0, 2, 0, 0, 0] + attribute(1, value))
        }
        let link = Self.link(2, Self.name)
        #expect(interfaces(link, address([10, 0, 0, 1])).list[0].addresses.map(\.description) == ["10.0.0.1/24"])
        #expect(interfaces(address([10, 0, 0, 1])).list.isEmpty)
        #expect(interfaces(link, address([10, 0, 0])).malformed == 1)
        #expect(interfaces(link, address([10, 0, 0, 1], length: 33)).malformed == 1)
        #expect(interfaces(link, address([10, 0, 0, 1], family: 10)).malformed == 1)
        #expect(interfaces(link, address([10, 0, 0, 1], family: 9)).malformed == 1)
        #expect(interfaces(link, message(type: 20, [2, 24])).malformed == 1)
    }

    @Test func `any bytes are read without harm`() {
        let seed = UInt64(ProcessInfo.processInfo.environment["GATELOG_SEED"] ?? "") ?? 20_261_121
        var random = SeededGenerator(seed: seed)
        let counters = attribute(1, big(UInt64(5))) + attribute(2, big(UInt64(500)))
        let valid =
            Self.log(attribute(4, big(UInt32(3))) + attribute(9, [0x45, 0, 0, 20]))
            + Self.connection(
                attribute(1, Self.tuple(1, 2)) + attribute(2, Self.tuple(2, 1)) + attribute(9, counters)
                    + attribute(10, counters) + attribute(20, attribute(1, big(UInt64(77)))))
            + Self.link(2, Self.name + attribute(18, attribute(1, Array("veth\0".utf8))))
            + message(type: 20, [2, 24, 0, 0, 2, 0, 0, 0] + attribute(1, [10, 0, 0, 1]))
        var understood = 0
        for round in 0..<20_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            let problem = brokenPromise(bytes, &understood)
            #expect(problem == nil, "seed \(seed), round \(round): \(problem ?? "") in \(bytes)")
        }
        #expect(understood > 1000)
    }

    private func brokenPromise(_ bytes: [UInt8], _ understood: inout Int) -> String? {
        let span = bytes.span.bytes
        var walk = NetlinkMessages(count: bytes.count)
        while let message = walk.next(in: span) {
            if let record = FirewallLogRecord(span, message.payload), let packet = record.packet {
                understood += 1
                if packet.lowerBound < message.payload.lowerBound || packet.upperBound > message.payload.upperBound {
                    return "packet \(packet) of \(message.payload)"
                }
                if record.wireLength(span) < packet.count { return "a wire shorter than the packet" }
            }
            if let event = ConnectionEvent(span, message, received: Timestamp(seconds: 1)) {
                understood += 1
                if event.record.duration ?? 0 < 0 { return "a negative duration" }
                if event.kind == .destroyed, !event.record.present.contains(.ended) { return "an end without a time" }
            }
        }
        let list = interfaces(bytes).list
        return list.contains { $0.name.isEmpty || $0.addresses.count > 1 } ? "\(list)" : nil
    }
}
