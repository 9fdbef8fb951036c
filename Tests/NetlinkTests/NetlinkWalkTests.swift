import Foundation
import Netlink
import Primitives
import TestSupport
import Testing

/// A message as the kernel writes it: header, payload, padding; `length` may lie.
func message(
    type: UInt16 = 0x0400, flags: UInt16 = 0, sequence: UInt32 = 0, _ payload: [UInt8], length: Int? = nil
) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 64)
    buffer.appendLittle(UInt32(truncatingIfNeeded: length ?? payload.count + 16))
    buffer.appendLittle(type)
    buffer.appendLittle(flags)
    buffer.appendLittle(sequence)
    buffer.appendLittle(UInt32(0))
    for byte in payload { buffer.append(byte) }
    while buffer.count % 4 != 0 { buffer.append(0 as UInt8) }
    return buffer.bytes.withUnsafeBytes { Array($0) }
}

/// An attribute as the kernel writes it; `length` may lie.
func attribute(_ type: UInt16, _ value: [UInt8], length: Int? = nil) -> [UInt8] {
    let total = UInt16(truncatingIfNeeded: length ?? value.count + 4)
    let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    return [UInt8(truncatingIfNeeded: total), UInt8(total >> 8), UInt8(truncatingIfNeeded: type), UInt8(type >> 8)]
        + value + padding
}

/// What a walk found, and whether it ended at damage.
struct Walk<Element: Equatable>: Equatable {
    var found: [Element]
    var isDamaged: Bool
}

func messages(_ bytes: [UInt8]) -> Walk<NetlinkMessage> {
    let span = bytes.span.bytes
    var walk = NetlinkMessages(count: bytes.count)
    var found: [NetlinkMessage] = []
    while let message = walk.next(in: span) { found.append(message) }
    return Walk(found: found, isDamaged: walk.isDamaged)
}

func attributes(_ bytes: [UInt8], _ range: Range<Int>? = nil) -> Walk<NetlinkAttribute> {
    let span = bytes.span.bytes
    var walk = NetlinkAttributes(range ?? 0..<bytes.count)
    var found: [NetlinkAttribute] = []
    while let attribute = walk.next(in: span) { found.append(attribute) }
    return Walk(found: found, isDamaged: walk.isDamaged)
}

@Suite struct NetlinkWalkTests {
    @Test func `messages follow each other, padded to four bytes`() {
        let bytes = message(type: 7, flags: 2, sequence: 9, [1, 2, 3]) + message(type: 8, []) + message([5])
        let walk = messages(bytes)
        #expect(!walk.isDamaged)
        #expect(walk.found.map(\.type) == [7, 8, 0x0400])
        #expect(walk.found.map(\.payload) == [16..<19, 36..<36, 52..<53])
        #expect(walk.found[0].flags == 2)
        #expect(walk.found[0].sequence == 9)
    }

    @Test(arguments: [0, 1, 15, 21, 4096, Int(UInt32.max)])
    func `a length that lies ends the walk there`(length: Int) {
        let bytes = message(type: 7, [1]) + message(type: 8, [1, 2, 3, 4], length: length)
        let walk = messages(bytes)
        #expect(walk.isDamaged)
        #expect(walk.found.map(\.type) == [7])
    }

    @Test func `half a header is damage, nothing is not`() {
        #expect(messages(message([])).isDamaged == false)
        #expect(messages([]) == Walk(found: [], isDamaged: false))
        for count in 1..<16 { #expect(messages(Array(message([]).prefix(count))).isDamaged) }
    }

    @Test func `attributes follow each other, their flags taken off`() {
        let bytes = attribute(0x8001, attribute(2, [9])) + attribute(0x4003, [0, 0, 1, 2]) + attribute(4, [])
        let walk = attributes(bytes)
        #expect(!walk.isDamaged)
        #expect(walk.found.map(\.type) == [1, 3, 4])
        let nested = attributes(bytes, walk.found[0].value)
        #expect(nested.found == [NetlinkAttribute(type: 2, value: 8..<9)])
        let span = bytes.span.bytes
        #expect(walk.found[1].big32(in: span) == 0x0102)
        #expect(walk.found[1].big16(in: span) == 0)
        #expect(walk.found[1].big64(in: span) == nil)
        #expect(walk.found[2].byte(in: span) == nil)
    }

    @Test(arguments: [0, 1, 3, 9, 0xFFFF])
    func `an attribute's length that lies ends the walk there`(length: Int) {
        let walk = attributes(attribute(1, [1, 2]) + attribute(2, [1, 2, 3, 4], length: length))
        #expect(walk.isDamaged)
        #expect(walk.found.map(\.type) == [1])
    }

    @Test func `a nested length cannot reach beyond what holds it`() {
        // The outer attribute ends before the inner one says it does; what follows is the outer's neighbour.
        let inner = attribute(2, [1, 2, 3, 4], length: 12)
        let bytes = attribute(1, inner) + attribute(5, [7, 7, 7, 7])
        let outer = attributes(bytes).found
        #expect(outer.map(\.type) == [1, 5])
        #expect(attributes(bytes, outer[0].value) == Walk(found: [], isDamaged: true))
    }

    @Test func `a family's header that is cut off is damage`() {
        let bytes = attribute(1, [1])
        var short = NetlinkAttributes(0..<3, after: 4)
        #expect(short.next(in: bytes.span.bytes) == nil)
        #expect(short.isDamaged)
        var whole = NetlinkAttributes(0..<4, after: 4)
        #expect(whole.next(in: bytes.span.bytes) == nil)
        #expect(!whole.isDamaged)
    }

    @Test func `text ends at its first NUL`() {
        let bytes = attribute(3, Array("eth0\0junk".utf8)) + attribute(3, Array("eth1".utf8))
        let found = attributes(bytes).found
        #expect(found.map { $0.text(in: bytes.span.bytes) } == ["eth0", "eth1"])
    }

    @Test func `errors are told by their number, whatever it is`() {
        func number(_ value: Int32) -> Int32? {
            let bytes = message(type: NetlinkMessage.error, withUnsafeBytes(of: value) { Array($0) })
            return messages(bytes).found[0].errorNumber(in: bytes.span.bytes)
        }
        #expect(number(0) == 0)
        #expect(number(-16) == 16)
        #expect(number(.min) == .max)
        let short = message(type: NetlinkMessage.error, [1, 2])
        #expect(messages(short).found[0].errorNumber(in: short.span.bytes) == nil)
    }

    @Test func `any bytes are walked within their bounds`() {
        let seed = UInt64(ProcessInfo.processInfo.environment["GATELOG_SEED"] ?? "") ?? 20_261_121
        var random = SeededGenerator(seed: seed)
        let valid = message(attribute(1, attribute(2, [1, 2, 3]) + attribute(3, [4])) + attribute(9, [5, 6]))
        for round in 0..<20_000 {
            var bytes = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in valid }
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            let problem = brokenPromise(bytes)
            #expect(problem == nil, "seed \(seed), round \(round): \(problem ?? "") in \(bytes)")
        }
    }

    /// Walks everything, attributes within attributes too: ranges stay inside, and go forwards.
    private func brokenPromise(_ bytes: [UInt8]) -> String? {
        var end = 0
        for message in messages(bytes).found {
            guard message.payload.lowerBound >= end + 16, message.payload.upperBound <= bytes.count else {
                return "message \(message.payload) behind \(end) of \(bytes.count)"
            }
            end = message.payload.upperBound
            if let problem = brokenPromise(bytes, message.payload, depth: 0) { return problem }
        }
        return nil
    }

    private func brokenPromise(_ bytes: [UInt8], _ range: Range<Int>, depth: Int) -> String? {
        var end = range.lowerBound
        for attribute in attributes(bytes, range).found {
            guard attribute.value.lowerBound >= end + 4, attribute.value.upperBound <= range.upperBound else {
                return "attribute \(attribute.value) behind \(end) in \(range)"
            }
            end = attribute.value.upperBound
            if depth < 4, let problem = brokenPromise(bytes, attribute.value, depth: depth + 1) { return problem }
        }
        return nil
    }
}
