import IPLog
import Primitives
import TestSupport
import Testing

/// A unit as one would write it down at once: an array of records.
private struct PlainUnit {
    struct Record {
        var bytes: [UInt8]
    }

    let limit: Int
    let form: RecordQueue.Form
    let suppresses: Bool
    var records: [Record] = []
    var counts = RecordCounts()
    var sequence: UInt32 = 0
    var key: SuppressionKey?

    var used: Int { records.reduce(0) { $0 + $1.bytes.count } }

    mutating func append(_ bytes: [UInt8], _ key: SuppressionKey?) {
        counts.written += 1
        sequence += 1
        guard used + bytes.count <= limit else { return counts.dropped += 1 }
        if suppresses {
            if key != nil, key == self.key, !records.isEmpty {
                records[records.count - 1].bytes[form.countOffset] += 1
                return counts.merged += 1
            }
            self.key = key
        }
        var bytes = bytes
        if let offset = form.sequenceOffset {
            for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: sequence >> UInt32(8 * place)) }
        }
        records.append(Record(bytes: bytes))
    }

    /// Nil is EINVAL.
    mutating func read(_ length: Int) -> [UInt8]? {
        if length == 0 { return [] }
        if length < form.headerSize { return nil }
        var read: [UInt8] = []
        while let next = records.first, read.count + next.bytes.count <= length {
            read += next.bytes
            records.removeFirst()
            counts.read += 1
        }
        return read
    }

    mutating func flush() -> Int {
        defer { records = [] }
        key = nil
        counts.flushed += UInt64(records.count)
        return used
    }
}

@Suite struct RecordQueueTests {
    private static let form = RecordQueue.Form(headerSize: 48, countOffset: 4, sequenceOffset: 8)

    private func record(_ length: Int, _ filling: UInt8 = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: filling, count: length)
        for place in 4..<12 { bytes[place] = place == 4 ? 1 : 0 }
        return bytes
    }

    private func key(_ number: UInt32) -> SuppressionKey {
        var key = SuppressionKey()
        key.transport = number
        return key
    }

    private func read(_ queue: inout RecordQueue, _ length: Int) -> [UInt8]? {
        var buffer = ByteBuffer()
        do {
            _ = try queue.read(length, into: &buffer)
        } catch {
            return nil
        }
        return buffer.bytes.withUnsafeBytes { Array($0) }
    }

    @Test func behavesLikeAnArrayOfRecords() throws {
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<60 {
            let man = Bool.random(using: &random)
            let form = man ? RecordQueue.Form(headerSize: 40, countOffset: 20, sequenceOffset: nil) : Self.form
            let suppresses = Int.random(in: 0..<4, using: &random) > 0
            var queue = RecordQueue(
                limit: Int.random(in: 8_192...12_000, using: &random), form: form, suppresses: suppresses)
            var plain = PlainUnit(limit: queue.limit, form: form, suppresses: suppresses)
            for _ in 0..<600 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<6:
                    var bytes = [UInt8](
                        repeating: UInt8.random(in: 0...255, using: &random),
                        count: .random(in: 48...700, using: &random))
                    for place in form.countOffset..<form.countOffset + 4 {
                        bytes[place] = place == form.countOffset ? 1 : 0
                    }
                    let key = Int.random(in: 0..<4, using: &random) == 0 ? nil : key(.random(in: 0..<3, using: &random))
                    queue.append(bytes.span.bytes, key: key)
                    plain.append(bytes, key)
                case 6..<9:
                    let length = [0, 30, 47, 48, 300, 1_500, 8_192, 40_000].randomElement(using: &random)!
                    #expect(read(&queue, length) == plain.read(length))
                default:
                    #expect(queue.flush() == plain.flush())
                }
                #expect(queue.used == plain.used)
                #expect(queue.waiting == plain.records.count)
                #expect(queue.counts == plain.counts)
            }
            _ = read(&queue, .max)
            let counts = queue.counts
            let accounted: UInt64 = counts.read + counts.merged + counts.dropped + counts.flushed
            #expect(counts.written == accounted)
        }
    }

    @Test func dropsTheNewAndKeepsTheOld() {
        var queue = RecordQueue(form: Self.form)
        let limit = queue.limit
        #expect(limit == 8_192)
        for number in 0..<8 { #expect(queue.append(record(1_024, UInt8(number)).span.bytes, key: nil) == .stored) }
        // Full to the last byte is not too full.
        #expect(queue.used == 8_192)
        #expect(queue.append(record(48).span.bytes, key: nil) == .dropped)
        let first = read(&queue, 1_024)
        #expect(first?[1_000] == 0)
        #expect(queue.append(record(1_024, 9).span.bytes, key: nil) == .stored)
        let rest = read(&queue, 8_192)
        #expect(rest?.count == 8_192 && rest?[8_191] == 9)
        // The gap in the numbers shows what was dropped.
        #expect(rest?[7_168 + 8] == 10)
    }

    @Test func aFullBufferDropsRepetitionsToo() {
        var queue = RecordQueue(form: Self.form)
        for number in 0..<8 { queue.append(record(1_000).span.bytes, key: key(UInt32(number))) }
        #expect(queue.append(record(1_000).span.bytes, key: key(7)) == .dropped)
        #expect(queue.append(record(100).span.bytes, key: key(7)) == .merged)
        #expect(queue.counts.dropped == 1 && queue.counts.merged == 1)
    }

    @Test func onlySuccessiveUnreadPacketsMerge() {
        var queue = RecordQueue(form: Self.form)
        #expect(queue.append(record(100).span.bytes, key: key(1)) == .stored)
        #expect(queue.append(record(100).span.bytes, key: key(1)) == .merged)
        #expect(queue.append(record(100).span.bytes, key: key(2)) == .stored)
        #expect(queue.append(record(100).span.bytes, key: key(1)) == .stored)
        // A fragment forgets.
        #expect(queue.append(record(100).span.bytes, key: nil) == .stored)
        #expect(queue.append(record(100).span.bytes, key: key(1)) == .stored)
        let all = read(&queue, 8_192)
        #expect(all?.count == 500 && all?[4] == 2)
        // Read is gone.
        #expect(queue.append(record(100).span.bytes, key: key(1)) == .stored)
        _ = queue.flush()
        #expect(queue.append(record(100).span.bytes, key: key(1)) == .stored)
    }

    @Test func aCopiedRecordIsNotCountedUpAnyMore() throws {
        var queue = RecordQueue(form: Self.form)
        queue.append(record(100).span.bytes, key: key(1))
        var buffer = ByteBuffer()
        let copied = try queue.copy(200, into: &buffer)
        #expect(copied == 1)
        #expect(queue.append(record(100).span.bytes, key: key(1)) == .stored)
        queue.remove(copied)
        #expect(queue.waiting == 1 && queue.used == 100)
    }

    @Test func readsWhatFits() {
        var queue = RecordQueue(limit: 0x8_0000, form: Self.form)
        for length in [100, 200, 300] { queue.append(record(length).span.bytes, key: nil) }
        #expect(read(&queue, 0) == [])
        #expect(read(&queue, 47) == nil)
        #expect(read(&queue, 99) == [])
        #expect(read(&queue, 599)?.count == 300)
        #expect(read(&queue, 1 << 40)?.count == 300)
        #expect(queue.waiting == 0)
        let (least, most) = (
            RecordQueue(limit: 1, form: Self.form).limit, RecordQueue(limit: .max, form: Self.form).limit
        )
        #expect(least == 8_192 && most == 512 << 10)
    }

    @Test func aBatchIsItsRecords() {
        var batch = RecordBatch()
        batch.append(key: key(1)) { $0.append(record(100).span.bytes) }
        batch.append(key: key(1)) { $0.append(record(100).span.bytes) }
        batch.append(key: nil) { _ in }
        batch.append(key: key(2)) { $0.append(record(60).span.bytes) }
        #expect(batch.count == 3)
        var queue = RecordQueue(form: Self.form)
        queue.append(batch)
        #expect(queue.counts.written == 3 && queue.counts.merged == 1 && queue.used == 160)
    }
}
