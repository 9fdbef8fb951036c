import PacketDecoding
import Primitives

// Blocks that a copy of the capture should have too.
extension CaptureParser {
    /// The blocks kept since the last call, in little-endian order, ready to be written.
    public mutating func takeKeptBlocks() -> [UInt8] {
        let bytes = keptBlocks.bytes
        keptBlocks.removeAll()
        return bytes
    }

    /// Name resolution block: records of an address and the names that it has.
    mutating func readNames(_ block: Block, in window: RawSpan) {
        keep(block, in: window)
        let order = section.order
        var place = block.body.lowerBound
        let end = block.body.upperBound
        while end - place >= 4 {
            let kind = window.load16(at: place, order)
            let length = Int(window.load16(at: place + 2, order))
            guard kind != 0 else { return }
            guard length <= end - place - 4 else {
                note(.optionExceedsBlock(code: kind), at: block.range.lowerBound)
                return
            }
            addNames(kind, place + 4..<place + 4 + length, in: window)
            place = min(end, place + 4 + length + (-length & 3))
        }
    }

    private mutating func addNames(_ kind: UInt16, _ record: Range<Int>, in window: RawSpan) {
        let addressLength = kind == 1 ? 4 : kind == 2 ? 16 : 0
        guard addressLength > 0, record.count > addressLength else { return }
        let start = record.lowerBound
        let address: IPAddress =
            kind == 1
            ? .v4(IPv4Address(window.big32(at: start)))
            : .v6(IPv6Address(high: window.big64(at: start), low: window.big64(at: start + 8)))
        var place = start + addressLength
        while place < record.upperBound, names.count < CaptureName.limit {
            var end = place
            while end < record.upperBound, window.byte(at: end) != 0 { end += 1 }
            if end > place { names.append(CaptureName(address: address, name: window.text(place..<end, limit: 255))) }
            place = end + 1
        }
    }

    /// Keeps a block for a copy, unless it says that it must not be copied. In a section of the other byte order
    /// only the numbers that are known can be turned: those of names, secrets and custom blocks.
    mutating func keep(_ block: Block, in window: RawSpan) {
        guard keptBlocks.isKeeping, block.kind != BlockKind.customNotToCopy else { return }
        var bytes = window.array(block.range)
        if section.order == .big {
            guard turn(&bytes, kind: block.kind) else {
                keptBlocks.leftOut += 1
                return
            }
        }
        keptBlocks.append(bytes)
    }

    private func turn(_ bytes: inout [UInt8], kind: UInt32) -> Bool {
        func turn(_ place: Int, _ count: Int) {
            guard place + count <= bytes.count - 4 else { return }
            bytes[place..<place + count].reverse()
        }
        switch kind {
        case BlockKind.names, BlockKind.secrets, BlockKind.custom: break
        default: return false
        }
        turn(0, 4)
        turn(4, 4)
        bytes[(bytes.count - 4)...].reverse()
        if kind == BlockKind.custom { turn(8, 4) }
        var options = 8
        if kind == BlockKind.secrets, bytes.count >= 20 {
            turn(8, 4)
            turn(12, 4)
            let length = bytes[12..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
            options = 16 + min(length + (-length & 3), bytes.count)
        }
        // Records of names and, behind an end, options: each has two numbers of two bytes and padding.
        while kind != BlockKind.custom, options + 4 <= bytes.count - 4 {
            turn(options, 2)
            turn(options + 2, 2)
            let length = Int(bytes[options + 2]) | Int(bytes[options + 3]) << 8
            options += 4 + length + (-length & 3)
        }
        return true
    }
}
