public import Primitives

/// What the directory says of one block: where it and its lines are, from when to when they reach, and what may be
/// among them. Every field is a bound: what it excludes is not in the block, what it does not may be.
public struct BlockSummary: Sendable {
    /// Of the first line, in the segment as it was before compression.
    public var lineOffset: UInt64 = 0
    /// Lines of the segment before the first one.
    public var lineNumber: UInt64 = 0
    /// Bytes of the lines, their ends included.
    public var lineBytes: UInt64 = 0
    public var lineCount = 0
    /// Where the block begins in `NAME.rec`, and its bytes.
    public var recordOffset: UInt64 = 0
    public var recordLength = 0
    /// Of the first and of the last line; the clock may have been set between them.
    public var firstTime = Timestamp(nanoseconds: 0)
    public var lastTime = Timestamp(nanoseconds: 0)
    public var earliest = Timestamp(nanoseconds: 0)
    public var latest = Timestamp(nanoseconds: 0)
    public var kinds: RecordKinds = []

    /// Facts that some packet of the block has.
    struct Facts: OptionSet {
        let rawValue: UInt16

        static let ipv4 = Facts(rawValue: 1 << 0)
        static let ipv6 = Facts(rawValue: 1 << 1)
        static let ports = Facts(rawValue: 1 << 2)
        static let rule = Facts(rawValue: 1 << 3)
        static let user = Facts(rawValue: 1 << 4)
        static let host = Facts(rawValue: 1 << 5)
        static let network = Facts(rawValue: 1 << 6)
        static let wholePacket = Facts(rawValue: 1 << 7)
        static let firstFragment = Facts(rawValue: 1 << 8)
        static let laterFragment = Facts(rawValue: 1 << 9)
        static let icmp = Facts(rawValue: 1 << 10)
        static let hardware = Facts(rawValue: 1 << 11)
        static let tags = Facts(rawValue: 1 << 12)
        static let ip: Facts = [.ipv4, .ipv6]
    }

    var facts: Facts = []
    /// A bit for each set of the six TCP flags.
    var flagSets: UInt64 = 0
    /// A bit for each protocol modulo 64.
    var protocols: UInt64 = 0
    /// A bit for each code point.
    var codePoints: UInt64 = 0
    var lengths: ClosedRange<UInt32>?
    var payloads: ClosedRange<UInt32>?
    var ttls: ClosedRange<UInt8>?
    /// A bit for each `FrameDirection`.
    var directions: UInt8 = 0
    /// A bit for each verdict.
    var verdicts: UInt8 = 0
    var salt: UInt64 = 0
    /// The filter in the directory's bytes: where, and how many words of 64 bits.
    var filter = 0
    var filterWords = 0

    init() {}

    enum Offset {
        static let magic = 0
        static let length = 4
        static let checksum = 8
        static let lineOffset = 16
        static let lineNumber = 24
        static let recordOffset = 32
        static let recordLength = 40
        static let lineBytes = 44
        static let lineCount = 48
        static let kinds = 52
        static let firstTime = 56
        static let lastTime = 64
        static let earliest = 72
        static let latest = 80
        static let flagSets = 88
        static let protocols = 96
        static let codePoints = 104
        static let lengths = 112
        static let payloads = 120
        static let salt = 128
        static let facts = 136
        static let ttls = 138
        static let directions = 140
        static let verdicts = 141
        static let version = 142
        static let filter = 144
    }

    /// `GLD1` as it stands in the file.
    static let magic: UInt32 = 0x3144_4C47
    static let version: UInt16 = 1
    /// The longest record: the greatest filter behind the fixed part.
    static let longest = Offset.filter + 8 * 8192

    /// Whether one of the lines may lie from `lower` to `upper`, both included.
    public func mayHold(from lower: Timestamp, to upper: Timestamp) -> Bool { earliest <= upper && latest >= lower }
}

// MARK: Bytes

extension BlockSummary {
    /// Appends the record with its filter and its checksum.
    func append(_ words: borrowing KeyFilter, to buffer: inout ByteBuffer) {
        let start = buffer.count
        let length = Offset.filter + 8 * words.count
        buffer.reserve(length)
        buffer.appendLittle(BlockSummary.magic)
        buffer.appendLittle(UInt32(length))
        buffer.appendLittle(UInt64(0))
        buffer.appendLittle(lineOffset)
        buffer.appendLittle(lineNumber)
        buffer.appendLittle(recordOffset)
        buffer.appendLittle(UInt32(clamping: recordLength))
        buffer.appendLittle(UInt32(clamping: lineBytes))
        buffer.appendLittle(UInt32(clamping: lineCount))
        buffer.appendLittle(kinds.rawValue)
        buffer.appendLittle(firstTime.nanoseconds)
        buffer.appendLittle(lastTime.nanoseconds)
        buffer.appendLittle(earliest.nanoseconds)
        buffer.appendLittle(latest.nanoseconds)
        buffer.appendLittle(flagSets)
        buffer.appendLittle(protocols)
        buffer.appendLittle(codePoints)
        buffer.appendLittle(lengths?.lowerBound ?? .max)
        buffer.appendLittle(lengths?.upperBound ?? 0)
        buffer.appendLittle(payloads?.lowerBound ?? .max)
        buffer.appendLittle(payloads?.upperBound ?? 0)
        buffer.appendLittle(salt)
        buffer.appendLittle(facts.rawValue)
        buffer.append(ttls?.lowerBound ?? .max)
        buffer.append(ttls?.upperBound ?? 0)
        buffer.append(directions)
        buffer.append(verdicts)
        buffer.appendLittle(BlockSummary.version)
        for index in 0..<words.count { buffer.appendLittle(words.words[index]) }
        let checksum = buffer.bytes.extracting(start..<start + length).sealingChecksum(from: Offset.lineOffset)
        buffer.overwriteLittle(checksum, at: start + Offset.checksum)
    }

    /// Reads the record at `start` of a directory's bytes.
    ///
    /// - Parameter isSealed: false only for tests that damage what a checksum would give away.
    package init(_ bytes: RawSpan, at start: Int, isSealed: Bool = true) throws(IndexDamage) {
        guard bytes.holds(8, at: start) else { throw IndexDamage(.torn, at: 0) }
        guard bytes.little32(at: start) == BlockSummary.magic else { throw IndexDamage(.notAnIndex, at: 0) }
        let length = Int(bytes.little32(at: start + Offset.length))
        guard length >= Offset.filter, length <= BlockSummary.longest else {
            throw IndexDamage(.contradiction, at: Offset.length)
        }
        guard bytes.holds(length, at: start) else { throw IndexDamage(.torn, at: bytes.byteCount - start) }
        let record = bytes.extracting(start..<start + length)
        guard !isSealed || record.little64(at: Offset.checksum) == record.sealingChecksum(from: Offset.lineOffset)
        else {
            throw IndexDamage(.checksum, at: Offset.checksum)
        }
        let version = record.little16(at: Offset.version)
        guard version == BlockSummary.version else { throw IndexDamage(.version(version), at: Offset.version) }
        filter = start + Offset.filter
        filterWords = (length - Offset.filter) / 8
        guard filterWords > 0, filterWords & (filterWords - 1) == 0, (length - Offset.filter) % 8 == 0 else {
            throw IndexDamage(.contradiction, at: Offset.length)
        }
        read(record)
    }

    /// Bytes of the record.
    var length: Int { Offset.filter + 8 * filterWords }

    private mutating func read(_ record: RawSpan) {
        lineOffset = record.little64(at: Offset.lineOffset)
        lineNumber = record.little64(at: Offset.lineNumber)
        recordOffset = record.little64(at: Offset.recordOffset)
        recordLength = Int(record.little32(at: Offset.recordLength))
        lineBytes = UInt64(record.little32(at: Offset.lineBytes))
        lineCount = Int(record.little32(at: Offset.lineCount))
        kinds = RecordKinds(rawValue: record.little32(at: Offset.kinds))
        firstTime = Timestamp(nanoseconds: Int64(bitPattern: record.little64(at: Offset.firstTime)))
        lastTime = Timestamp(nanoseconds: Int64(bitPattern: record.little64(at: Offset.lastTime)))
        earliest = Timestamp(nanoseconds: Int64(bitPattern: record.little64(at: Offset.earliest)))
        latest = Timestamp(nanoseconds: Int64(bitPattern: record.little64(at: Offset.latest)))
        flagSets = record.little64(at: Offset.flagSets)
        protocols = record.little64(at: Offset.protocols)
        codePoints = record.little64(at: Offset.codePoints)
        lengths = BlockSummary.range(record.little32(at: Offset.lengths), record.little32(at: Offset.lengths + 4))
        payloads = BlockSummary.range(record.little32(at: Offset.payloads), record.little32(at: Offset.payloads + 4))
        salt = record.little64(at: Offset.salt)
        facts = Facts(rawValue: record.little16(at: Offset.facts))
        let (least, greatest) = (record.byte(at: Offset.ttls), record.byte(at: Offset.ttls + 1))
        ttls = least <= greatest ? least...greatest : nil
        directions = record.byte(at: Offset.directions)
        verdicts = record.byte(at: Offset.verdicts)
    }

    private static func range(_ least: UInt32, _ greatest: UInt32) -> ClosedRange<UInt32>? {
        least <= greatest ? least...greatest : nil
    }
}
