/// What is known of one address, in as few bytes as a million of them should have.
struct LoginEntry: BitwiseCopyable, Sendable {
    /// The address as IPv6, one of IPv4 mapped; both words 0 is an empty slot, since nobody is at `::`.
    var high: UInt64 = 0
    var low: UInt64 = 0
    var user: UInt32 = 0
    /// Who said it: a number of `LoginSources`.
    var source: UInt32 = 0
    /// Seconds since 1970.
    var since: UInt32 = 0
    var heard: UInt32 = 0
    /// Of the RADIUS session's name, so that the end of an old session does not end a new one.
    var session: UInt32 = 0

    var isEmpty: Bool { high | low == 0 }
}

/// A part of the table of log-ins: open addressing with linear probing, grown by a quarter. Removing closes the gap, so
/// that the table does not wear out. One owner.
struct LoginShard: Sendable {
    private(set) var slots: ContiguousArray<LoginEntry> = []
    private(set) var count = 0

    /// Where the search for a key begins; `hash` is uniform over 64 bits.
    private func home(_ hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: UInt64(slots.count)).high) }

    func index(_ high: UInt64, _ low: UInt64, _ hash: UInt64) -> Int? {
        guard count > 0 else { return nil }
        var index = home(hash)
        while !slots[index].isEmpty {
            if slots[index].low == low, slots[index].high == high { return index }
            index = index + 1 == slots.count ? 0 : index + 1
        }
        return nil
    }

    mutating func set(_ entry: LoginEntry, at index: Int) { slots[index] = entry }

    /// Adds an entry whose key is not there. `hash` gives a key's hash.
    mutating func insert(_ entry: LoginEntry, _ hash: (LoginEntry) -> UInt64) {
        // 7 of 8 at most, so that a search finds an empty slot soon.
        if (count + 1) * 8 > slots.count * 7 { grow(hash) }
        place(entry, hash(entry))
        count += 1
    }

    private mutating func place(_ entry: LoginEntry, _ hash: UInt64) {
        var index = home(hash)
        while !slots[index].isEmpty { index = index + 1 == slots.count ? 0 : index + 1 }
        slots[index] = entry
    }

    private mutating func grow(_ hash: (LoginEntry) -> UInt64) {
        let old = slots
        slots = ContiguousArray(repeating: LoginEntry(), count: max(8, old.count + old.count / 4 + 1))
        for entry in old where !entry.isEmpty { place(entry, hash(entry)) }
    }

    /// Empties a slot and closes the gap.
    mutating func remove(at gone: Int, _ hash: (LoginEntry) -> UInt64) {
        var hole = gone
        var index = gone
        while true {
            index = index + 1 == slots.count ? 0 : index + 1
            if slots[index].isEmpty { break }
            let home = home(hash(slots[index]))
            // Moves back unless its home lies behind the hole, as one goes round.
            let stays = hole <= index ? hole < home && home <= index : hole < home || home <= index
            if !stays {
                slots[hole] = slots[index]
                hole = index
            }
        }
        slots[hole] = LoginEntry()
        count -= 1
    }
}
