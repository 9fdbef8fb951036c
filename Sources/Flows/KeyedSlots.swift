import Primitives

/// Numbers for keys, in lists by age: what bounded tables are made of. A key has one number, and its number stands at
/// the end of one list, until it is removed; the numbers of what is removed are given again.
///
/// Open to hostile keys: the hash is seeded. Grows by doubling up to its limit.
struct KeyedSlots: ~Copyable {
    private struct Slot {
        var key: TableKey
        var nextInBucket: Int32
        var previous: Int32 = -1
        var next: Int32 = -1
        var list: Int32
    }

    private struct List {
        var first: Int32 = -1
        var last: Int32 = -1
        var count = 0
    }

    private var slots: [Slot] = []
    private var buckets: [Int32]
    private var free: [Int32] = []
    private var lists: [List]
    private let hash: SeededHash
    private let limit: Int

    init(limit: Int, lists: Int, seed: UInt64) {
        self.limit = max(limit, 16)
        self.lists = [List](repeating: List(), count: lists)
        hash = SeededHash(seed: seed)
        buckets = [Int32](repeating: -1, count: 1024)
    }

    /// Keys that have a number now.
    var count: Int { slots.count - free.count }

    var hasRoom: Bool { !free.isEmpty || slots.count < limit }

    func count(of list: Int) -> Int { lists[list].count }

    /// What has been in a list longest; -1 where it is empty.
    func oldest(of list: Int) -> Int32 { lists[list].first }

    /// The number of a key; -1 where it has none.
    func find(_ key: TableKey) -> Int32 {
        var index = buckets[bucket(of: key)]
        while index >= 0 {
            if slots[Int(index)].key == key { return index }
            index = slots[Int(index)].nextInBucket
        }
        return -1
    }

    /// Gives a key that has none a number, at the end of a list. The numbers are dense: never more than the limit.
    mutating func add(_ key: TableKey, to list: Int) -> Int32 {
        precondition(hasRoom, "room is made before a key is added")
        if free.isEmpty, slots.count == buckets.count { growBuckets() }
        let bucket = bucket(of: key)
        let slot = Slot(key: key, nextInBucket: buckets[bucket], list: Int32(list))
        let index: Int32
        if let given = free.popLast() {
            index = given
            slots[Int(index)] = slot
        } else {
            index = Int32(slots.count)
            slots.append(slot)
        }
        buckets[bucket] = index
        append(index, to: list)
        return index
    }

    mutating func remove(_ index: Int32) {
        let bucket = bucket(of: slots[Int(index)].key)
        let behind = slots[Int(index)].nextInBucket
        if buckets[bucket] == index {
            buckets[bucket] = behind
        } else {
            var before = buckets[bucket]
            while slots[Int(before)].nextInBucket != index { before = slots[Int(before)].nextInBucket }
            slots[Int(before)].nextInBucket = behind
        }
        unlink(index)
        free.append(index)
    }

    /// Puts a number to the end of a list, this one or another.
    mutating func move(_ index: Int32, to list: Int) {
        guard slots[Int(index)].list != Int32(list) || lists[list].last != index else { return }
        unlink(index)
        append(index, to: list)
    }

    private func bucket(of key: TableKey) -> Int { Int(truncatingIfNeeded: hash(key)) & (buckets.count - 1) }

    /// Only where no slot is free: all of them are in use.
    private mutating func growBuckets() {
        buckets = [Int32](repeating: -1, count: buckets.count * 4)
        for index in slots.indices {
            let bucket = bucket(of: slots[index].key)
            slots[index].nextInBucket = buckets[bucket]
            buckets[bucket] = Int32(index)
        }
    }

    private mutating func append(_ index: Int32, to list: Int) {
        let last = lists[list].last
        slots[Int(index)].list = Int32(list)
        slots[Int(index)].previous = last
        slots[Int(index)].next = -1
        if last >= 0 { slots[Int(last)].next = index } else { lists[list].first = index }
        lists[list].last = index
        lists[list].count += 1
    }

    private mutating func unlink(_ index: Int32) {
        let list = Int(slots[Int(index)].list)
        let previous = slots[Int(index)].previous
        let next = slots[Int(index)].next
        if previous >= 0 { slots[Int(previous)].next = next } else { lists[list].first = next }
        if next >= 0 { slots[Int(next)].previous = previous } else { lists[list].last = previous }
        lists[list].count -= 1
    }
}
