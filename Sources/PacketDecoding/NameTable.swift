import Primitives

/// Names, each stored once and known by its number, 1 onwards in order of coming. Full, it takes no more.
struct NameTable: ~Copyable {
    /// Bytes of text for each name that there is room for; longer ones use up others' room.
    private static let meanLength = 48

    private let limit: Int
    private let hash: SeededHash
    /// Numbers by hash, open addressing, at most half full; 0 is vacant.
    private var slots: [UInt32]
    /// Where each name ends in `text`; the first begins at 0.
    private var ends: [UInt32] = []
    private var text: [UInt8] = []

    var count: Int { ends.count }

    /// Names that found no room.
    private(set) var refused = 0

    init(limit: Int, hash: SeededHash) {
        self.limit = max(1, min(limit, 1 << 22))
        self.hash = hash
        var size = 16
        while size < self.limit * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        ends.reserveCapacity(self.limit)
    }

    /// The number of `name`, which is stored if it is new; nil where there is no room.
    mutating func number(of name: borrowing DNSName) -> UInt32? {
        var slot = Int(truncatingIfNeeded: name.hash(hash)) & (slots.count - 1)
        while slots[slot] != 0 {
            if matches(name, slots[slot]) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard ends.count < limit, text.count + name.count <= limit * NameTable.meanLength else {
            refused += 1
            return nil
        }
        for index in 0..<name.count { text.append(name.text[index]) }
        ends.append(UInt32(text.count))
        slots[slot] = UInt32(ends.count)
        return UInt32(ends.count)
    }

    /// The text of a number that `number(of:)` gave; empty for any other.
    func name(_ number: UInt32) -> String {
        guard number >= 1, number <= ends.count else { return "" }
        return String(decoding: text[range(number)], as: UTF8.self)
    }

    private func range(_ number: UInt32) -> Range<Int> {
        let index = Int(number) - 1
        return (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    private func matches(_ name: borrowing DNSName, _ number: UInt32) -> Bool {
        let range = range(number)
        guard range.count == name.count else { return false }
        for index in 0..<name.count where text[range.lowerBound + index] != name.text[index] { return false }
        return true
    }
}
