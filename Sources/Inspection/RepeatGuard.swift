import Primitives

/// Tells what was told already: one line for many packets of the same kind.
struct RepeatGuard: ~Copyable {
    private var table: SeededTable<UInt8>
    /// What was held back.
    private(set) var held: UInt64 = 0

    /// Remembers at least `capacity` keys for `lifetime` nanoseconds of packet time; where more come at a time, some
    /// are told again.
    init(capacity: Int, lifetime: Int64, seed: UInt64) {
        table = SeededTable(capacity: capacity, seed: seed, lifetime: lifetime, vacantValue: 0)
    }

    /// Whether `key` is to be told now.
    mutating func allows(_ key: TableKey, at time: Timestamp) -> Bool {
        if table.value(of: key, at: time) != nil {
            held += 1
            return false
        }
        table.store(1, for: key, at: time)
        return true
    }
}
