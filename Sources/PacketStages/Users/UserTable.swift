public import Primitives
import Synchronization
import SystemCalls

/// Which user is at an address: one thread changes it, workers read it at the same time without a lock. A change is seen
/// by all of them at once, an entry always whole.
///
/// Open addressing with linear probing over shared words. An IPv4 address and its user are one word. An IPv6 entry is
/// three: the user with a count that grows with each change of the address, then the address; who finds the same count
/// before and after read an address that nobody was changing. Entries never move: a table that is too full is replaced by
/// a larger one. A copy of this value is the same table.
public struct UserTable: Sendable {
    /// What stands for a user in a slot that was emptied with others behind it.
    static let gone: UInt32 = .max

    let words4: SharedWords
    let words6: SharedWords
    let hash: SeededHash
    /// Slots of the two families.
    let capacity4: Int
    let capacity6: Int

    /// An empty table of so many slots, at least one of each; `seed` is new for each run.
    init(capacity4: Int, capacity6: Int, seed: UInt64) throws(SystemCallError) {
        self.capacity4 = capacity4
        self.capacity6 = capacity6
        words4 = try SharedWords(count: capacity4)
        words6 = try SharedWords(count: capacity6 * 3)
        hash = SeededHash(seed: seed)
    }

    /// Bytes of memory.
    public var bytes: Int { (words4.count + words6.count) * 8 }

    /// The number of the user at an address; 0 is nobody. Looks at one or two cache lines.
    @inline(__always)
    public func user(at address: IPAddress) -> UInt32 {
        switch address {
        case .v4(let address): user4(address.number)
        case .v6(let address): user6(address.high, address.low)
        }
    }

    /// The users at a packet's two addresses. Memory is asked for both at the same time.
    @inline(__always)
    public func users(at source: IPAddress, and destination: IPAddress) -> (UInt32, UInt32) {
        if case .v4(let source) = source, case .v4(let destination) = destination {
            words4.prefetch(home4(source.number))
            words4.prefetch(home4(destination.number))
        } else if case .v6(let source) = source, case .v6(let destination) = destination {
            words6.prefetch(home6(source.high, source.low) * 3)
            words6.prefetch(home6(destination.high, destination.low) * 3)
        }
        return (user(at: source), user(at: destination))
    }

    @inline(__always)
    func home4(_ address: UInt32) -> Int {
        Int(hash.adding(UInt64(address), to: hash.initial).multipliedFullWidth(by: UInt64(capacity4)).high)
    }

    @inline(__always)
    func home6(_ high: UInt64, _ low: UInt64) -> Int {
        let hash = hash.adding(low, to: hash.adding(high, to: hash.initial))
        return Int(hash.multipliedFullWidth(by: UInt64(capacity6)).high)
    }

    @inline(__always)
    private func user4(_ address: UInt32) -> UInt32 {
        // Nobody is at 0.0.0.0, whose word would be an empty one.
        guard address != 0 else { return 0 }
        var index = home4(address)
        for _ in 0..<capacity4 {
            let word = words4.load(index)
            if UInt32(truncatingIfNeeded: word >> 32) == address { return UInt32(truncatingIfNeeded: word) }
            if word == 0 { return 0 }
            index = index + 1 == capacity4 ? 0 : index + 1
        }
        return 0
    }

    @inline(never)
    private func user6(_ high: UInt64, _ low: UInt64) -> UInt32 {
        var index = home6(high, low)
        var steps = 0
        while steps < capacity6 {
            let state = words6.loadAcquiring(index * 3)
            let user = UInt32(truncatingIfNeeded: state)
            if user == 0 { return 0 }
            if user != Self.gone, words6.load(index * 3 + 1) == high, words6.load(index * 3 + 2) == low {
                atomicMemoryFence(ordering: .acquiring)
                // Somebody is changing it otherwise: looked at once more.
                if words6.load(index * 3) == state { return user }
                continue
            }
            index = index + 1 == capacity6 ? 0 : index + 1
            steps += 1
        }
        return 0
    }
}
