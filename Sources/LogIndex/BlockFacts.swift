public import Primitives

/// What a block's header says, checked as far as a header can be.
public struct BlockFacts: Sendable {
    /// Bytes of the block, header included.
    public var length = 0
    public var lineCount = 0
    /// Of the first line, in the segment as it was before compression.
    public var lineOffset: UInt64 = 0
    /// Lines of the segment before the first one.
    public var lineNumber: UInt64 = 0
    /// Bytes of all lines, their ends included.
    public var lineBytes: UInt64 = 0
    public var firstTime = Timestamp(nanoseconds: 0)
    public var lastTime = Timestamp(nanoseconds: 0)
    public var earliest = Timestamp(nanoseconds: 0)
    public var latest = Timestamp(nanoseconds: 0)
    public var kinds: RecordKinds = []

    var names = 0..<0
    var nameCount = 0
    var shapes = 0..<0
    var shapeCount = 0
    var entries = 0..<0
    var flagSets: UInt64 = 0
    var lengths: ClosedRange<UInt32>?
    var payloads: ClosedRange<UInt32>?
    var salt: UInt64 = 0
    var checksum: UInt64 = 0

    init() {}

    /// Reads the header at the start of `block`, which may hold more than the block.
    ///
    /// - Parameter isSealed: whether the checksum was made already.
    public init(_ block: RawSpan, isSealed: Bool = true) throws(IndexDamage) {
        guard block.holds(8, at: 0) else { throw IndexDamage(.torn, at: block.byteCount) }
        guard block.little32(at: BlockHeader.Offset.magic) == BlockHeader.magic else {
            throw IndexDamage(.notAnIndex, at: 0)
        }
        let version = block.little16(at: BlockHeader.Offset.version)
        guard version == BlockHeader.version else { throw IndexDamage(.version(version), at: 4) }
        guard block.holds(BlockHeader.length, at: 0) else { throw IndexDamage(.torn, at: block.byteCount) }
        read(block)
        guard length >= BlockHeader.length, length <= BlockHeader.longest, entries.lowerBound <= length,
            block.little16(at: BlockHeader.Offset.headerLength) == UInt16(BlockHeader.length)
        else { throw IndexDamage(.contradiction, at: BlockHeader.Offset.length) }
        guard block.byteCount >= length else { throw IndexDamage(.torn, at: block.byteCount) }
        if isSealed, checksum != block.extracting(first: length).sealingChecksum(from: BlockHeader.Offset.lineOffset) {
            throw IndexDamage(.checksum, at: BlockHeader.Offset.checksum)
        }
    }

    private mutating func read(_ block: RawSpan) {
        typealias Offset = BlockHeader.Offset
        length = Int(block.little32(at: Offset.length))
        lineCount = Int(block.little32(at: Offset.lineCount))
        checksum = block.little64(at: Offset.checksum)
        lineOffset = block.little64(at: Offset.lineOffset)
        lineNumber = block.little64(at: Offset.lineNumber)
        lineBytes = UInt64(block.little32(at: Offset.lineBytes))
        shapeCount = Int(block.little32(at: Offset.shapeCount))
        firstTime = Timestamp(nanoseconds: Int64(bitPattern: block.little64(at: Offset.firstTime)))
        lastTime = Timestamp(nanoseconds: Int64(bitPattern: block.little64(at: Offset.lastTime)))
        earliest = Timestamp(nanoseconds: Int64(bitPattern: block.little64(at: Offset.earliest)))
        latest = Timestamp(nanoseconds: Int64(bitPattern: block.little64(at: Offset.latest)))
        nameCount = Int(block.little32(at: Offset.nameCount))
        kinds = RecordKinds(rawValue: block.little32(at: Offset.kinds))
        flagSets = block.little64(at: Offset.flagSets)
        lengths = range(block, at: Offset.leastLength)
        payloads = range(block, at: Offset.leastPayload)
        salt = block.little64(at: Offset.salt)
        let namesEnd = BlockHeader.length + Int(block.little32(at: Offset.namesLength))
        let shapesEnd = namesEnd + Int(block.little32(at: Offset.shapesLength))
        names = BlockHeader.length..<namesEnd
        shapes = namesEnd..<shapesEnd
        entries = shapesEnd..<max(shapesEnd, length)
    }

    private func range(_ block: RawSpan, at offset: Int) -> ClosedRange<UInt32>? {
        let least = block.little32(at: offset)
        let greatest = block.little32(at: offset + 4)
        return least <= greatest ? least...greatest : nil
    }
}
