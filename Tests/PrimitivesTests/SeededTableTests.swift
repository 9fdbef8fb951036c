import Primitives
import TestSupport
import Testing

@Suite struct SeededTableTests {
    private func time(_ nanoseconds: Int64) -> Timestamp { Timestamp(nanoseconds: nanoseconds) }

    @Test func storesAndReplaces() {
        var table = SeededTable<UInt32>(capacity: 100, seed: 1, vacantValue: 0)
        #expect(table.capacity == 128)
        #expect(table.value(of: TableKey(0), at: time(0)) == nil)
        table.store(1, for: TableKey(0), at: time(0))
        table.store(2, for: TableKey(0, 0, 0, 0, 1), at: time(0))
        table.store(3, for: TableKey(0), at: time(0))
        #expect(table.value(of: TableKey(0), at: time(0)) == 3)
        #expect(table.value(of: TableKey(0, 0, 0, 0, 1), at: time(0)) == 2)
        #expect(table.count == 2)
    }

    @Test func entriesGrowOld() {
        var table = SeededTable<UInt32>(capacity: 8, seed: 1, lifetime: 10, vacantValue: 0)
        table.store(1, for: TableKey(7), at: time(100))
        #expect(table.value(of: TableKey(7), at: time(110)) == 1)
        #expect(table.value(of: TableKey(7), at: time(111)) == nil)
        // Time that goes backwards, and the ends of its range.
        #expect(table.value(of: TableKey(7), at: time(0)) == 1)
        #expect(table.value(of: TableKey(7), at: time(.max)) == nil)
        table.store(2, for: TableKey(8), at: time(.min))
        #expect(table.value(of: TableKey(8), at: time(.min)) == 2)
        #expect(table.value(of: TableKey(8), at: time(.max)) == nil)
    }

    /// A full table loses the oldest, never the newest, and what it says is what was stored last.
    @Test func againstDictionary() {
        let seed: UInt64 = 0x5EED
        var random = SeededGenerator(seed: seed)
        var table = SeededTable<UInt64>(capacity: 256, seed: seed, vacantValue: 0)
        var twin: [UInt64: UInt64] = [:]
        for step in 0..<20_000 {
            let key = random.next() % 600
            let value = random.next()
            table.store(value, for: TableKey(key, 1, 2, 3, 4), at: time(Int64(step)))
            twin[key] = value
            #expect(table.value(of: TableKey(key, 1, 2, 3, 4), at: time(Int64(step))) == value)
            let other = random.next() % 600
            if let found = table.value(of: TableKey(other, 1, 2, 3, 4), at: time(Int64(step))) {
                #expect(found == twin[other], "seed \(seed), step \(step)")
            }
        }
        #expect(table.count <= 256)
        #expect(table.evicted > 0)
    }

    @Test func seedsDiffer() {
        var equal = 0
        for number in 0..<1000 as Range<UInt64> {
            let key = TableKey(number)
            if SeededHash(seed: 1)(key) & 0xFF == SeededHash(seed: 2)(key) & 0xFF { equal += 1 }
        }
        #expect(equal < 30)
    }
}
