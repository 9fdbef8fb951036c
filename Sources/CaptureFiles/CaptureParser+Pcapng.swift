import PacketDecoding
import Primitives

extension CaptureParser {
    /// A whole block in the window.
    struct Block {
        var kind: UInt32
        /// All of it, with both lengths.
        var range: Range<Int>
        /// What stands between its head and its end.
        var body: Range<Int> { range.lowerBound + 8..<range.upperBound - 4 }
    }

    /// Reads one block.
    mutating func nextBlock(in window: RawSpan, isLast: Bool, stopsAtPackets: Bool) -> Outcome {
        let left = window.byteCount - position
        guard left >= 12 else {
            if !isLast { return .needBytes(12) }
            if left > 0 { note(.truncated(needed: 12, present: left), at: position) }
            position = window.byteCount
            state = .ended
            return .end
        }
        let order = blockOrder(in: window, at: position)
        let kind = window.load32(at: position, order ?? .little)
        guard let order else { return lose(.byteOrder(window.big32(at: position + 8))) }
        let total = window.load32(at: position + 4, order)
        guard total >= 12, total <= Self.blockLimit else {
            return lose(.blockLength(total, limit: Self.blockLimit))
        }
        if stopsAtPackets, BlockKind.isPacket(kind) { return .atPacket }
        // A length should be a multiple of four; programs that forgot the padding in it did pad.
        let length = Int(total) + (-Int(total) & 3)
        guard left >= length else {
            if !isLast { return .needBytes(length) }
            return lose(.truncated(needed: length, present: left))
        }
        let second = window.load32(at: position + length - 4, order)
        if second != total {
            guard let outcome = believeFirstLength(length, in: window, isLast: isLast, order: order) else {
                note(.blockLengthsDiffer(first: total, second: second), at: position)
                return read(Block(kind: kind, range: position..<position + length), in: window, order: order)
            }
            if case .progress = outcome { return lose(.blockLengthsDiffer(first: total, second: second)) }
            return outcome
        }
        return read(Block(kind: kind, range: position..<position + length), in: window, order: order)
    }

    /// The byte order of the block at `place`; nil for a section header that has neither.
    private func blockOrder(in window: RawSpan, at place: Int) -> ByteOrder? {
        guard window.big32(at: place) == Magic.sectionHeader else { return section.order }
        switch window.big32(at: place + 8) {
        case Magic.byteOrder: return .big
        case Magic.byteOrder.byteSwapped: return .little
        default: return nil
        }
    }

    /// Whether a block whose two lengths differ is to be read by its first: nil if another block or the end
    /// stands behind it, `.progress` if not.
    private func believeFirstLength(_ length: Int, in window: RawSpan, isLast: Bool, order: ByteOrder) -> Outcome? {
        let next = position + length
        let left = window.byteCount - next
        if left == 0, isLast { return nil }
        guard left >= 12 else { return isLast ? .progress : .needBytes(length + 12) }
        return plausibleLength(in: window, at: next) == nil ? .progress : nil
    }

    /// The length of the block at `place`, of which 12 bytes are there, if it can be one of a known kind.
    private func plausibleLength(in window: RawSpan, at place: Int) -> Int? {
        guard let order = blockOrder(in: window, at: place) else { return nil }
        let kind = window.load32(at: place, order)
        let total = window.load32(at: place + 4, order)
        guard BlockKind.isKnown(kind) || kind == BlockKind.section, total & 3 == 0,
            12...Self.scannedBlockLimit ~= Int(total)
        else { return nil }
        return Int(total)
    }

    /// Longer blocks are not looked for behind damage.
    private static var scannedBlockLimit: Int { 1 << 20 }

    /// Looks for the next block behind damage: a known kind, and the same length at both of its ends.
    mutating func findBlock(in window: RawSpan, isLast: Bool, from start: Int64) -> Outcome {
        while window.byteCount - position >= 12 {
            guard let length = plausibleLength(in: window, at: position) else {
                position += 1
                continue
            }
            if window.byteCount - position < length {
                if !isLast { return .needBytes(length) }
            } else if window.little32(at: position + 4) == window.little32(at: position + length - 4) {
                return endScan(from: start, found: true)
            }
            position += 1
        }
        return isLast ? endOfScan(in: window, from: start) : .needBytes(12)
    }

    private mutating func read(_ block: Block, in window: RawSpan, order: ByteOrder) -> Outcome {
        position = block.range.upperBound
        switch block.kind {
        case BlockKind.enhancedPacket: return readEnhancedPacket(block, in: window)
        case BlockKind.simplePacket: return readSimplePacket(block, in: window)
        case BlockKind.obsoletePacket: return readObsoletePacket(block, in: window)
        case BlockKind.section: readSection(block, in: window, order: order)
        case BlockKind.interface: readInterface(block, in: window)
        case BlockKind.statistics: readStatistics(block, in: window)
        case BlockKind.names: readNames(block, in: window)
        default: keep(block, in: window)
        }
        return .progress
    }

    /// Notes a block that is too short for its fixed fields.
    mutating func tooShort(_ block: Block) -> Outcome {
        note(.shortBlock(kind: block.kind, length: block.range.count), at: block.range.lowerBound)
        return .progress
    }
}
