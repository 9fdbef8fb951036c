public import Primitives

/// The records of one unit that wait for a reader: what `/dev/ipl` means, without a device.
///
/// Bounded: what does not fit is dropped and counted, and nothing old is overwritten. Readers get whole records, the
/// oldest first. A packet that is the same as the one before it only counts that one up, as long as it has not been
/// read. One owner; costs a copy of each record in, and one out.
public struct RecordQueue: ~Copyable, Sendable {
    /// Bytes that wait at most, as the manual page of ipl(4) has it, and the range in which a setting may move it.
    public static let standardLimit = 8_192
    public static let limits = 8_192...0x8_0000

    /// Where the records of a layout have what the queue changes: offsets into their header.
    public struct Form: Hashable, Sendable {
        public var headerSize: Int
        public var countOffset: Int
        /// Nil in layouts without a number.
        public var sequenceOffset: Int?

        public init(headerSize: Int, countOffset: Int, sequenceOffset: Int?) {
            self.headerSize = headerSize
            self.countOffset = countOffset
            self.sequenceOffset = sequenceOffset
        }
    }

    /// What became of a record.
    public enum Outcome: Hashable, Sendable {
        case stored, merged, dropped
    }

    /// A reader asked for less than the header of a record, which read(2) answers with EINVAL.
    public struct LengthTooSmall: Error, Hashable, Sendable {
        public var asked: Int
        public var least: Int
    }

    public let limit: Int
    public let form: Form
    /// Whether successive packets that are the same become one record.
    public let suppresses: Bool
    public private(set) var counts = RecordCounts()

    /// The records stand in a ring of bytes, their lengths in a ring of numbers.
    private var ring: ByteBuffer
    private var head = 0
    /// Bytes of the records that wait: what FIONREAD tells.
    public private(set) var used = 0
    private var lengths: [UInt32]
    private var first = 0
    /// Records that wait.
    public private(set) var waiting = 0
    private var sequence: UInt32 = 0
    private var lastKey: SuppressionKey?
    /// Where the last record begins, as long as it may be counted up.
    private var lastStart: Int?

    /// An empty queue for `limit` bytes, brought into `limits`.
    public init(limit: Int = standardLimit, form: Form, suppresses: Bool = true) {
        self.limit = min(max(limit, Self.limits.lowerBound), Self.limits.upperBound)
        self.form = form
        self.suppresses = suppresses
        ring = ByteBuffer(capacity: self.limit)
        ring.appendZeros(self.limit)
        lengths = [UInt32](repeating: 0, count: self.limit / max(form.headerSize, 1) + 1)
    }

    public var isEmpty: Bool { waiting == 0 }

    /// Stores a record, or counts up the one before it. `key` is nil where it can never be merged: NAT and state
    /// records, fragments other than the first. The record gets its number.
    @discardableResult
    public mutating func append(_ record: RawSpan, key: SuppressionKey?) -> Outcome {
        counts.written &+= 1
        sequence &+= 1
        // The room is asked for first, as release 5 does it: in a full buffer even a repetition is dropped.
        guard record.byteCount >= form.headerSize, record.byteCount <= limit - used else {
            counts.dropped &+= 1
            return .dropped
        }
        if suppresses {
            if let key, key == lastKey, let lastStart {
                countUp(at: lastStart)
                counts.merged &+= 1
                return .merged
            }
            lastKey = key
        }
        store(record)
        return .stored
    }

    /// Stores all records of a batch, oldest first.
    public mutating func append(_ batch: borrowing RecordBatch) {
        var start = 0
        let bytes = batch.bytes
        for entry in batch.entries {
            append(bytes.extracting(start..<entry.end), key: entry.key)
            start = entry.end
        }
    }

    /// Copies as many whole records as fit into `length` bytes behind `buffer`, oldest first, and returns how many
    /// they are; they stay here until `remove`. None where the first does not fit. A length beyond `limit` is served
    /// as if it were that long. The last record is not counted up any more once it was copied.
    public mutating func copy(
        _ length: Int, into buffer: inout ByteBuffer
    ) throws(LengthTooSmall) -> Int {
        guard length > 0 else { return 0 }
        guard length >= form.headerSize else { throw LengthTooSmall(asked: length, least: form.headerSize) }
        var records = 0
        var bytes = 0
        while records < waiting {
            let next = Int(lengths[(first + records) % lengths.count])
            guard next <= min(length, limit) - bytes else { break }
            bytes += next
            records += 1
        }
        if records == waiting { lastStart = nil }
        let straight = min(bytes, limit - head)
        buffer.append(ring.bytes.extracting(head..<head + straight))
        buffer.append(ring.bytes.extracting(0..<bytes - straight))
        return records
    }

    /// Takes away the oldest `records`, which a reader has got.
    public mutating func remove(_ records: Int) {
        let gone = min(max(records, 0), waiting)
        for _ in 0..<gone {
            let length = Int(lengths[first])
            head = (head + length) % limit
            used -= length
            first = (first + 1) % lengths.count
        }
        waiting -= gone
        counts.read &+= UInt64(gone)
        if waiting == 0 { lastStart = nil }
    }

    /// What read(2) does: `copy`, and the records are gone.
    public mutating func read(_ length: Int, into buffer: inout ByteBuffer) throws(LengthTooSmall) -> Int {
        let records = try copy(length, into: &buffer)
        remove(records)
        return records
    }

    /// Throws away all records (SIOCIPFFB), so that the next packet is never merged; returns their bytes.
    public mutating func flush() -> Int {
        let bytes = used
        counts.flushed &+= UInt64(waiting)
        head = 0
        used = 0
        first = 0
        waiting = 0
        lastStart = nil
        lastKey = nil
        return bytes
    }

    private mutating func store(_ record: RawSpan) {
        let start = (head + used) % limit
        let straight = min(record.byteCount, limit - start)
        ring.overwrite(record.extracting(0..<straight), at: start)
        ring.overwrite(record.extracting(straight..<record.byteCount), at: 0)
        lengths[(first + waiting) % lengths.count] = UInt32(truncatingIfNeeded: record.byteCount)
        used += record.byteCount
        waiting += 1
        lastStart = start
        if let offset = form.sequenceOffset { put(sequence, at: start + offset) }
    }

    /// A record that stands for as many packets as the number can say stays there.
    private mutating func countUp(at start: Int) {
        var count: UInt32 = 0
        for byte in 0..<4 {
            count |= UInt32(ring.bytes.byte(at: (start + form.countOffset + byte) % limit)) << UInt32(8 * byte)
        }
        if count < .max { put(count + 1, at: start + form.countOffset) }
    }

    /// Four bytes, lowest first, which may go around the ring's end.
    private mutating func put(_ number: UInt32, at offset: Int) {
        for byte in 0..<4 {
            ring.overwriteLittle(
                UInt8(truncatingIfNeeded: number >> UInt32(8 * byte)), at: (offset + byte) % limit)
        }
    }
}
