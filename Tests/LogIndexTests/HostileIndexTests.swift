import LogIndex
import LogIndexSupport
import Primitives
import TestSupport
import Testing

@Suite("Indexes that are torn, damaged or made to harm")
struct HostileIndexTests {
    private static let seed: UInt64 = 20_261_121

    @Test("Random damage keeps every promise")
    func damage() {
        print("indexes with random damage: seed \(Self.seed)")
        let sample = IndexSamples.make()
        #expect(IndexPromises.trees.allSatisfy { $0 != nil }, "an expression of the promises is wrong")
        for round in 0..<UInt64(4_000) {
            var random = SeededGenerator(seed: Self.seed &+ round)
            var bytes = round % 3 == 0 ? sample.directory : sample.block
            for _ in 0..<1 + random.next() % 4 {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random) ?? 0
                case 2: bytes[place] ^= 1 << UInt8(random.next() % 8)
                default: bytes.removeLast(Int(random.next() % UInt64(bytes.count / 2)))
                }
            }
            #expect(IndexPromises.broken(bytes.span.bytes) == nil, "round \(round)")
        }
    }

    @Test("Every cut is told, and what stands before it is whole")
    func torn() {
        let sample = IndexSamples.make()
        for count in 0..<sample.block.count {
            var reader = IndexBlockReader()
            let bytes = Array(sample.block.prefix(count))
            #expect(throws: IndexDamage.self) { try reader.open(bytes.span.bytes) }
        }
        let three = sample.directory + sample.directory + sample.directory
        for cut in 1..<sample.directory.count {
            var records = IndexDirectory()
            let bytes = Array(three.dropLast(cut))
            var count = 0
            while records.next(bytes.span.bytes) != nil { count += 1 }
            #expect(count == 2 && records.damage?.reason == .torn)
            #expect(records.position == 2 * sample.directory.count)
        }
    }

    @Test("A flipped bit anywhere is found")
    func checksums() {
        let sample = IndexSamples.make()
        for place in sample.block.indices {
            var bytes = sample.block
            bytes[place] ^= 0x10
            var reader = IndexBlockReader()
            #expect(throws: IndexDamage.self) { try reader.open(bytes.span.bytes) }
        }
        for place in sample.directory.indices {
            var bytes = sample.directory
            bytes[place] ^= 0x10
            var records = IndexDirectory()
            let found = records.next(bytes.span.bytes)
            #expect(found == nil && records.damage != nil && records.position == 0)
        }
    }

    @Test("Each damage has its sentence")
    func sentences() {
        #expect(IndexDamage(.torn, at: 5).description == "the index ends in the middle of a record, at byte 5 of it")
        #expect(IndexDamage(.notAnIndex, at: 0).description == "this is no record of a log index")
        #expect(
            IndexDamage(.version(9), at: 4).description
                == "the index was written by a later version of Gatelog (format 9)")
        #expect(IndexDamage(.checksum, at: 16).description == "the index is damaged: a checksum does not fit")
        #expect(IndexDamage(.contradiction, at: 8).description == "the index is damaged at byte 8 of a record")
    }
}
