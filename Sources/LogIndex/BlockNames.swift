import Primitives
import Records

/// The names that a block speaks of, each written once and known by its number there, 1 onwards.
///
/// Numbers of the run are remembered in a table of a fixed size; a name that is not remembered any more is
/// written once more.
struct BlockNames: ~Copyable {
    private struct Slot {
        /// The kind and the run's number, or the hash of a rule's text.
        var key: UInt64
        /// The block in the upper half, where its text begins in the middle, its number in the lowest 16 bits.
        var block: UInt32
        var start: UInt32
        var length: UInt16
        var number: UInt16
    }

    private static let size = 4096
    /// Names of a block; further ones are not known in it. A block of some thousand lines stays below.
    /// - Limit: names in a block of the index |  | not known in it
    private static let most = 65_535
    /// Bytes of one name; the rest of a longer one is cut off.
    /// - Limit: a name in the index | bytes | cut off
    private static let longest = 1024

    /// The section as it stands in the block.
    private(set) var text = ByteBuffer(capacity: 16 << 10)
    private(set) var count = 0
    private var slots = [Slot](
        repeating: Slot(key: 0, block: 0, start: 0, length: 0, number: 0), count: size)
    private var block: UInt32 = 1
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed | 1
    }

    /// Begins a new block.
    mutating func removeAll() {
        text.removeAll()
        count = 0
        forgetNumbers()
    }

    /// Numbers of the run may mean other names now; what was written stays.
    mutating func forgetNumbers() {
        if block == .max {
            for index in slots.indices { slots[index].block = 0 }
            block = 0
        }
        block += 1
    }

    /// The block's number of a name that the run numbers `id`, which is written if it is new. A number
    /// without a name has an empty one, so that it stays apart from "none". 0 where there is no room.
    mutating func number(of id: Int, _ kind: NameKind, in table: borrowing NameTable) -> UInt16 {
        let key = UInt64(kind.rawValue) << 56 | UInt64(truncatingIfNeeded: id)
        let slot = Int(truncatingIfNeeded: folded(key ^ HashConstant.a, seed)) & (BlockNames.size - 1)
        if slots[slot].key == key, slots[slot].block == block { return slots[slot].number }
        guard count < BlockNames.most else { return 0 }
        let start = begin(kind)
        _ = table.appendPlain(id, to: &text)
        return end(start, key, slot)
    }

    /// The block's number of a name that stands in a packet's record.
    mutating func number(of name: RawSpan) -> UInt16 {
        let name = name.extracting(first: BlockNames.longest)
        let key = name.checksum(from: 0) | UInt64(NameKind.rule.rawValue) << 56
        let slot = Int(truncatingIfNeeded: folded(key ^ HashConstant.a, seed)) & (BlockNames.size - 1)
        let found = slots[slot]
        if found.key == key, found.block == block,
            text.bytes.extracting(Int(found.start)..<Int(found.start) + Int(found.length)).isEqual(to: name)
        {
            return found.number
        }
        guard count < BlockNames.most else { return 0 }
        let start = begin(.rule)
        text.append(name)
        return end(start, key, slot)
    }

    private mutating func begin(_ kind: NameKind) -> Int {
        text.append(kind.rawValue)
        text.appendLittle(UInt16(0))
        return text.count
    }

    private mutating func end(_ start: Int, _ key: UInt64, _ slot: Int) -> UInt16 {
        if text.count - start > BlockNames.longest { text.truncate(to: start + BlockNames.longest) }
        let length = UInt16(text.count - start)
        text.overwriteLittle(length, at: start - 2)
        count += 1
        slots[slot] = Slot(
            key: key, block: block, start: UInt32(clamping: start), length: length, number: UInt16(count))
        return UInt16(count)
    }
}

extension RawSpan {
    /// Whether the same bytes stand in both.
    func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var offset = 0
        while offset + 8 <= byteCount {
            if little64(at: offset) != other.little64(at: offset) { return false }
            offset += 8
        }
        while offset < byteCount {
            if byte(at: offset) != other.byte(at: offset) { return false }
            offset += 1
        }
        return true
    }
}
