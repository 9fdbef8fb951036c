import Primitives
import TestSupport
import Testing

@Suite("Finding bytes")
struct RawSpanSearchingTests {
    @Test("Random bytes are found where a plain search finds them")
    func twins() {
        var generator = SeededGenerator(seed: 20_261_121)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...200, using: &generator)
            let rarity = Int.random(in: 1...100, using: &generator)
            let bytes = (0..<count).map { _ in
                Int.random(in: 0..<rarity, using: &generator) == 0 ? 10 : UInt8.random(in: 0...130, using: &generator)
            }
            let lower = Int.random(in: 0...count, using: &generator)
            let end = Int.random(in: lower...count, using: &generator)
            let span = bytes.span.bytes
            #expect(span.firstIndex(of: 10, from: lower) == bytes[lower...].firstIndex(of: 10))
            #expect(span.lastIndex(of: 10, from: lower, before: end) == bytes[lower..<end].lastIndex(of: 10))
            #expect(span.count(of: 10) == bytes.count { $0 == 10 })
            #expect(span.isASCII == bytes.allSatisfy { $0 < 0x80 })
        }
    }

    @Test("What a library writes is appended, and what is taken away is gone")
    func filling() {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append("abc")
        buffer.append(atMost: 100) { room in
            room[0] = UInt8(ascii: "d")
            return 1
        }
        buffer.removeFirst(2)
        #expect(buffer.bytes.withUnsafeBytes { [UInt8]($0) } == Array("cd".utf8))
    }
}
