/// The key of a `SeededTable`: five words, which hold two IPv6 addresses and what parts their packets.
public struct TableKey: Equatable, BitwiseCopyable, Sendable {
    public var words: (UInt64, UInt64, UInt64, UInt64, UInt64)

    @inlinable
    public init(_ first: UInt64, _ second: UInt64 = 0, _ third: UInt64 = 0, _ fourth: UInt64 = 0, _ fifth: UInt64 = 0) {
        words = (first, second, third, fourth, fifth)
    }

    @inlinable @inline(__always)
    public static func == (left: TableKey, right: TableKey) -> Bool { left.words == right.words }
}

/// A way from keys to words that nobody can foretell who does not know the seed: keys come from the network, and
/// whoever chooses them shall not choose who collides.
public struct SeededHash: Sendable {
    @usableFromInline let start: UInt64
    @usableFromInline let factor: UInt64

    /// Hashes of one seed are equal; of two they have nothing in common.
    public init(seed: UInt64) {
        // SplitMix64: neighbouring seeds give unlike numbers.
        func mixed(_ number: UInt64) -> UInt64 {
            var mixed = number
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        start = mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
        factor = mixed(seed &+ 0x3C6E_F372_FE94_F82A) | 1
    }

    /// The hash of nothing yet.
    @inlinable @inline(__always)
    public var initial: UInt64 { start }

    /// The hash of what `hash` is of, followed by `word`.
    @inlinable @inline(__always)
    public func adding(_ word: UInt64, to hash: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: factor)
        return (product.high ^ product.low) &+ start
    }

    /// The hash of a key. About 5 ns.
    @inlinable
    public func callAsFunction(_ key: TableKey) -> UInt64 {
        var hash = adding(key.words.0, to: start)
        hash = adding(key.words.1, to: hash)
        hash = adding(key.words.2, to: hash)
        hash = adding(key.words.3, to: hash)
        return adding(key.words.4, to: hash)
    }
}

/// A table of a fixed capacity that what comes from the network may fill: it never grows and never slows down.
///
/// Open addressing: a key lives in one of eight neighbouring slots that its seeded hash chooses. Where all are taken,
/// the one whose entry was stored longest ago makes room; `evicted` counts that. Entries older than `lifetime` are as
/// good as gone. Every operation looks at eight slots at most. One owner; never shared.
@safe
public struct SeededTable<Value: BitwiseCopyable>: ~Copyable {
    @usableFromInline
    struct Slot: BitwiseCopyable {
        @usableFromInline var key: TableKey
        /// Nanoseconds since 1970 when it was stored, or `vacant`.
        @usableFromInline var stored: Int64
        @usableFromInline var value: Value

        @usableFromInline
        init(key: TableKey, stored: Int64, value: Value) {
            self.key = key
            self.stored = stored
            self.value = value
        }
    }

    @usableFromInline static var vacant: Int64 { .min }
    @usableFromInline static var reach: Int { 8 }

    @usableFromInline let slots: UnsafeMutablePointer<Slot>
    @usableFromInline let mask: Int
    @usableFromInline let lifetime: Int64
    @usableFromInline let hash: SeededHash

    /// Slots taken, by entries that have outlived their time too.
    public private(set) var count = 0
    /// Entries that had to make room while they were still alive.
    public private(set) var evicted = 0

    /// How many entries there is room for.
    public var capacity: Int { mask + 1 }

    /// An empty table of at least `capacity` slots, rounded up to a power of two (8 at least). `vacantValue` fills
    /// slots that nobody reads. Entries live `lifetime` nanoseconds of packet time.
    public init(capacity: Int, seed: UInt64, lifetime: Int64 = .max, vacantValue: Value) {
        var size = SeededTable.reach
        while size < capacity { size *= 2 }
        mask = size - 1
        self.lifetime = lifetime
        hash = SeededHash(seed: seed)
        unsafe slots = .allocate(capacity: size)
        unsafe slots.initialize(
            repeating: Slot(key: TableKey(0), stored: SeededTable.vacant, value: vacantValue), count: size)
    }

    deinit {
        unsafe slots.deallocate()
    }

    /// What was stored for `key` not longer than the lifetime before `time`, or nil.
    @inlinable
    public func value(of key: TableKey, at time: Timestamp) -> Value? {
        let home = Int(truncatingIfNeeded: hash(key))
        for step in 0..<SeededTable.reach {
            let slot = unsafe slots + ((home &+ step) & mask)
            if unsafe slot.pointee.key == key, unsafe slot.pointee.stored != SeededTable.vacant {
                return unsafe isAlive(slot.pointee.stored, time) ? slot.pointee.value : nil
            }
        }
        return nil
    }

    /// Stores `value` for `key`, in place of what was there.
    public mutating func store(_ value: Value, for key: TableKey, at time: Timestamp) {
        let stored = max(time.nanoseconds, SeededTable.vacant + 1)
        let home = Int(truncatingIfNeeded: hash(key))
        var oldest = home & mask
        for step in 0..<SeededTable.reach {
            let index = (home &+ step) & mask
            let slot = unsafe slots + index
            if unsafe slot.pointee.stored != SeededTable.vacant, unsafe slot.pointee.key == key {
                unsafe slot.pointee.stored = stored
                unsafe slot.pointee.value = value
                return
            }
            if unsafe slot.pointee.stored < slots[oldest].stored { oldest = index }
        }
        let slot = unsafe slots + oldest
        if unsafe slot.pointee.stored == SeededTable.vacant {
            count += 1
        } else if unsafe isAlive(slot.pointee.stored, time) {
            evicted += 1
        }
        unsafe slot.pointee = Slot(key: key, stored: stored, value: value)
    }

    /// Time in captures may go backwards: what was stored in the future is alive.
    @inlinable @inline(__always)
    func isAlive(_ stored: Int64, _ time: Timestamp) -> Bool {
        let (age, overflow) = time.nanoseconds.subtractingReportingOverflow(stored)
        return overflow ? time.nanoseconds < stored : age <= lifetime
    }
}
