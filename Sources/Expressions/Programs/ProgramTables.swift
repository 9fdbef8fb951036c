import Patterns

/// What the operands of a program's instructions point into.
struct ProgramTables: Sendable {
    /// Sorted ranges of numbers and of IPv4 addresses, a slice for each set.
    var lower32: [UInt32] = []
    var upper32: [UInt32] = []
    /// Sorted ranges of hardware addresses.
    var lower64: [UInt64] = []
    var upper64: [UInt64] = []
    /// Sorted ranges of IPv6 addresses.
    var lower128: [UInt128] = []
    var upper128: [UInt128] = []
    /// Sets of small numbers, a bit for each.
    var bits: [UInt64] = []
    /// Texts that are searched or compared.
    var bytes: [UInt8] = []
    var addresses: [AddressTable] = []
    var identifierSets: [IdentifierSet] = []
    var patterns: [Pattern] = []

    /// A slice of the bits: identifiers of the run (interfaces, users, host names) that meet a condition.
    struct IdentifierSet: Sendable {
        var start: Int
        var words: Int
    }

    /// A set of addresses of both families.
    struct AddressTable: Sendable {
        var v4Start: Int
        var v4Count: Int
        /// The first of 1,024 words that say which /16 networks hold a member; nil for small sets.
        var filter: Int?
        var v6Start: Int
        var v6Count: Int
    }

    /// From so many ranges on, a filter over the /16 networks is worth its 8 KiB.
    static let filterThreshold = 16

    mutating func add(_ set: RangeSet<UInt32>) -> (start: UInt32, count: UInt32) {
        let start = UInt32(lower32.count)
        lower32 += set.lower
        upper32 += set.upper
        return (start, UInt32(set.count))
    }

    mutating func add(_ set: RangeSet<UInt64>) -> (start: UInt32, count: UInt32) {
        let start = UInt32(lower64.count)
        lower64 += set.lower
        upper64 += set.upper
        return (start, UInt32(set.count))
    }

    mutating func add(_ text: [UInt8]) -> (start: UInt32, count: UInt32) {
        let start = UInt32(bytes.count)
        bytes += text
        return (start, UInt32(text.count))
    }

    /// A bit for each number of `set`, in `words` words. Numbers beyond them are none of the caller's.
    mutating func addBits(_ set: RangeSet<UInt32>, words: Int) -> UInt32 {
        let start = bits.count
        bits += [UInt64](repeating: 0, count: words)
        for (lower, upper) in set.ranges {
            for number in Int(lower)...Int(upper) { bits[start + number >> 6] |= 1 << UInt64(number & 63) }
        }
        return UInt32(start)
    }

    mutating func add(_ set: AddressSet) -> UInt32 {
        let v4Start = lower32.count
        lower32 += set.v4.lower
        upper32 += set.v4.upper
        var filter: Int?
        if set.v4.count >= Self.filterThreshold {
            let networks = RangeSet<UInt32>(set.v4.ranges.map { ($0.lower >> 16, $0.upper >> 16) })
            filter = Int(addBits(networks, words: 1024))
        }
        addresses.append(
            AddressTable(
                v4Start: v4Start, v4Count: set.v4.count, filter: filter, v6Start: lower128.count,
                v6Count: set.v6.count))
        lower128 += set.v6.lower
        upper128 += set.v6.upper
        return UInt32(addresses.count - 1)
    }

    /// An empty set of identifiers.
    mutating func addIdentifierSet() -> UInt32 {
        identifierSets.append(IdentifierSet(start: bits.count, words: 0))
        return UInt32(identifierSets.count - 1)
    }
}

// MARK: Look-ups

extension ProgramTables {
    @inline(__always)
    func hasBit(_ number: UInt16, in start: UInt32) -> Bool {
        bits[Int(start) &+ Int(number >> 6)] & 1 << UInt64(number & 63) != 0
    }

    @inline(__always)
    func contains(_ identifier: UInt32, in set: UInt32) -> Bool {
        let set = identifierSets[Int(set)]
        let word = Int(identifier >> 6)
        return word < set.words && bits[set.start + word] & 1 << UInt64(identifier & 63) != 0
    }

    @inline(__always)
    func contains(_ number: UInt32, in start: UInt32, _ count: UInt32) -> Bool {
        Self.contains(number, lower32, upper32, Int(start), Int(count))
    }

    @inline(__always)
    func contains(_ number: UInt64, in start: UInt32, _ count: UInt32) -> Bool {
        Self.contains(number, lower64, upper64, Int(start), Int(count))
    }

    @inline(__always)
    func contains4(_ address: UInt32, _ table: AddressTable) -> Bool {
        if let filter = table.filter, !hasBit(UInt16(address >> 16), in: UInt32(filter)) { return false }
        return Self.contains(address, lower32, upper32, table.v4Start, table.v4Count)
    }

    @inline(__always)
    func contains6(_ address: UInt128, _ table: AddressTable) -> Bool {
        Self.contains(address, lower128, upper128, table.v6Start, table.v6Count)
    }

    /// Whether one of `count` sorted ranges from `start` on holds `number`. The search has no branch that
    /// depends on the data, so that random numbers cost no mispredictions.
    @inline(__always)
    private static func contains<Number: FixedWidthInteger>(
        _ number: Number, _ lower: [Number], _ upper: [Number], _ start: Int, _ count: Int
    ) -> Bool {
        guard count > 0 else { return false }
        var at = start
        var left = count
        while left > 1 {
            let half = left >> 1
            at = lower[at &+ half] <= number ? at &+ half : at
            left &-= half
        }
        return lower[at] <= number && number <= upper[at]
    }
}
