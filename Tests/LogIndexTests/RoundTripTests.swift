import LogIndex
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

@Suite("A block gives back what was put in")
struct RoundTripTests {
    @Test("Lines without packets: offset, length, time, kind")
    func plainLines() throws {
        var builder = IndexBlockBuilder(seed: 1)
        let lines: [(RecordKind, Int64, Int)] = [
            (.engine, 1_000, 40), (.gap, 1_000, 1), (.text, 999, 70_000), (.warning, .max, 10), (.error, .min, 12),
            (.change, 5_000_000_000, 13),
        ]
        for (kind, time, length) in lines {
            builder.append(kind: kind, time: Timestamp(nanoseconds: time), lineLength: length)
        }
        var block = ByteBuffer(capacity: 64)
        var directory = ByteBuffer(capacity: 64)
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 5_000, lineNumber: 7, recordOffset: 99, into: &directory)

        var reader = IndexBlockReader()
        try reader.open(block.bytes)
        var offset: UInt64 = 5_000
        var number: UInt64 = 7
        for (kind, time, length) in lines {
            let next = reader.next(block.bytes)
            let line = try #require(next)
            #expect(line.offset == offset && line.length == length && line.number == number)
            #expect(line.kind == kind && line.time.nanoseconds == time && !line.isPacket)
            offset += UInt64(length)
            number += 1
        }
        let isOver = reader.next(block.bytes) == nil && reader.damage == nil
        #expect(isOver)

        var records = IndexDirectory()
        let first = records.next(directory.bytes)
        let summary = try #require(first)
        #expect(summary.lineOffset == 5_000 && summary.lineNumber == 7 && summary.recordOffset == 99)
        #expect(summary.lineCount == 6 && summary.lineBytes == 70_076 && summary.recordLength == block.count)
        #expect(summary.earliest.nanoseconds == .min && summary.latest.nanoseconds == .max)
        #expect(summary.kinds.contains(RecordKinds(.gap)) && !summary.kinds.contains(RecordKinds(.packet)))
        #expect(records.next(directory.bytes) == nil && records.damage == nil)
        #expect(records.position == directory.count)
    }
}
