public import Primitives
import Synchronization
import SystemCalls

/// The one who changes a `UserTable`. Owned by whoever learns of log-ins; a change costs some 50 ns, one in thousands a
/// larger table.
public struct UserTableWriter: ~Copyable, Sendable {
    /// The table as it is now; another one after `set` said so.
    public private(set) var table: UserTable
    /// Slots that are not empty: users, and places that were emptied.
    private var used4 = 0
    private var used6 = 0
    private var count4 = 0
    private var count6 = 0
    private let seed: UInt64
    /// Addresses that found no memory.
    public private(set) var refused = 0

    private static let least = 1024

    /// An empty table. Traps where there is no memory at all.
    public init(seed: UInt64) {
        self.seed = seed
        guard let table = try? UserTable(capacity4: Self.least, capacity6: Self.least, seed: seed) else {
            preconditionFailure("there is no memory for a table of \(Self.least) addresses")
        }
        self.table = table
    }

    /// Addresses that have a user.
    public var count: Int { count4 + count6 }

    /// Puts a user at an address; 0 is nobody. True where that took a larger table, which readers have to be given.
    public mutating func set(_ user: UInt32, at address: IPAddress) -> Bool {
        guard user != UserTable.gone else { return false }
        var isReplaced = false
        switch address {
        case .v4(let address) where address.number != 0:
            // Two of three slots at most, so that a search for who is not there ends soon.
            if user != 0, (used4 + 1) * 3 > table.capacity4 * 2 { isReplaced = grow() }
            store4(user, address.number)
        case .v6(let address):
            if user != 0, (used6 + 1) * 3 > table.capacity6 * 2 { isReplaced = grow() }
            store6(user, address.high, address.low)
        default: break
        }
        return isReplaced
    }

    private mutating func store4(_ user: UInt32, _ address: UInt32) {
        let capacity = table.capacity4
        var index = table.home4(address)
        var free: Int?
        for _ in 0..<capacity {
            let word = table.words4.load(index)
            if UInt32(truncatingIfNeeded: word >> 32) == address {
                if user == 0 { return remove4(index) }
                return table.words4.store(UInt64(address) << 32 | UInt64(user), at: index)
            }
            if word == UInt64(UserTable.gone), free == nil { free = index }
            if word == 0 {
                if free == nil { free = index }
                break
            }
            index = index + 1 == capacity ? 0 : index + 1
        }
        guard user != 0 else { return }
        guard let free, used4 < capacity - 1 else { return refused += 1 }
        if table.words4.load(free) == 0 { used4 += 1 }
        count4 += 1
        table.words4.store(UInt64(address) << 32 | UInt64(user), at: free)
    }

    /// Empties a slot. Nothing may be searched past an empty one, so that it is empty only where the next one is.
    private mutating func remove4(_ index: Int) {
        let capacity = table.capacity4
        count4 -= 1
        table.words4.store(UInt64(UserTable.gone), at: index)
        guard table.words4.load(index + 1 == capacity ? 0 : index + 1) == 0 else { return }
        var index = index
        while table.words4.load(index) == UInt64(UserTable.gone) {
            table.words4.store(0, at: index)
            used4 -= 1
            index = index == 0 ? capacity - 1 : index - 1
        }
    }

    private mutating func store6(_ user: UInt32, _ high: UInt64, _ low: UInt64) {
        let capacity = table.capacity6
        var index = table.home6(high, low)
        var free: Int?
        for _ in 0..<capacity {
            let state = table.words6.load(index * 3)
            let there = UInt32(truncatingIfNeeded: state)
            if there == UserTable.gone {
                if free == nil { free = index }
            } else if there == 0 {
                if free == nil { free = index }
                break
            } else if table.words6.load(index * 3 + 1) == high, table.words6.load(index * 3 + 2) == low {
                if user == 0 { return remove6(index) }
                return table.words6.storeReleasing(state & ~0xFFFF_FFFF | UInt64(user), at: index * 3)
            }
            index = index + 1 == capacity ? 0 : index + 1
        }
        guard user != 0 else { return }
        guard let free, used6 < capacity - 1 else { return refused += 1 }
        let state = table.words6.load(free * 3)
        if UInt32(truncatingIfNeeded: state) == 0 { used6 += 1 }
        count6 += 1
        let change = (state >> 32 &+ 1) << 32
        table.words6.store(change | UInt64(UserTable.gone), at: free * 3)
        atomicMemoryFence(ordering: .releasing)
        table.words6.store(high, at: free * 3 + 1)
        table.words6.store(low, at: free * 3 + 2)
        table.words6.storeReleasing(change | UInt64(user), at: free * 3)
    }

    private mutating func remove6(_ index: Int) {
        let capacity = table.capacity6
        count6 -= 1
        mark6(index, UserTable.gone)
        let next = table.words6.load((index + 1 == capacity ? 0 : index + 1) * 3)
        guard UInt32(truncatingIfNeeded: next) == 0 else { return }
        var index = index
        while UInt32(truncatingIfNeeded: table.words6.load(index * 3)) == UserTable.gone {
            mark6(index, 0)
            used6 -= 1
            index = index == 0 ? capacity - 1 : index - 1
        }
    }

    private func mark6(_ index: Int, _ mark: UInt32) {
        let change = (table.words6.load(index * 3) >> 32 &+ 1) << 32
        table.words6.storeReleasing(change | UInt64(mark), at: index * 3)
    }

    /// Copies everybody into a table with room for half as many again. Readers of the old one miss what comes after.
    private mutating func grow() -> Bool {
        func room(_ count: Int) -> Int { max(Self.least, count * 9 / 4) }
        guard let next = try? UserTable(capacity4: room(count4), capacity6: room(count6), seed: seed) else {
            return false
        }
        let old = table
        table = next
        (used4, used6, count4, count6) = (0, 0, 0, 0)
        for index in 0..<old.capacity4 {
            let word = old.words4.load(index)
            let address = UInt32(truncatingIfNeeded: word >> 32)
            if address != 0 { store4(UInt32(truncatingIfNeeded: word), address) }
        }
        for index in 0..<old.capacity6 {
            let user = UInt32(truncatingIfNeeded: old.words6.load(index * 3))
            if user != 0, user != UserTable.gone {
                store6(user, old.words6.load(index * 3 + 1), old.words6.load(index * 3 + 2))
            }
        }
        return true
    }
}
