import Primitives

/// Who is at which address: a million of them at most, in parts that grow, are looked through and are copied one by one.
struct LoginTable: Sendable {
    static let shardCount = 256

    private(set) var shards = [LoginShard](repeating: LoginShard(), count: shardCount)
    private(set) var count = 0
    private let hash: SeededHash

    /// `seed` is new for each run: RADIUS clients choose the addresses.
    init(seed: UInt64) { hash = SeededHash(seed: seed) }

    private func hash(_ high: UInt64, _ low: UInt64) -> UInt64 {
        hash.adding(low, to: hash.adding(high, to: hash.initial))
    }

    /// Inside a shard other bits decide.
    private static func shard(_ hash: UInt64) -> Int { Int(hash & 0xFF) }

    func entry(at address: IPAddress) -> LoginEntry? {
        let (high, low) = LoginEntry.key(address)
        let hash = hash(high, low)
        let shard = Self.shard(hash)
        return shards[shard].index(high, low, hash).map { shards[shard].slots[$0] }
    }

    /// Stores an entry in place of what is known of its address.
    mutating func store(_ entry: LoginEntry) {
        let hash = hash(entry.high, entry.low)
        let shard = Self.shard(hash)
        if let index = shards[shard].index(entry.high, entry.low, hash) {
            shards[shard].set(entry, at: index)
        } else {
            let table = self.hash
            shards[shard].insert(entry) { table.adding($0.low, to: table.adding($0.high, to: table.initial)) }
            count += 1
        }
    }

    /// Forgets an address; what was known of it.
    @discardableResult
    mutating func remove(_ address: IPAddress) -> LoginEntry? {
        let (high, low) = LoginEntry.key(address)
        let hash = hash(high, low)
        let shard = Self.shard(hash)
        guard let index = shards[shard].index(high, low, hash) else { return nil }
        let entry = shards[shard].slots[index]
        let table = self.hash
        shards[shard].remove(at: index) { table.adding($0.low, to: table.adding($0.high, to: table.initial)) }
        count -= 1
        return entry
    }

    /// The entries of a part, in no order.
    func entries(of shard: Int) -> [LoginEntry] { shards[shard].slots.filter { !$0.isEmpty } }
}

extension LoginEntry {
    static func key(_ address: IPAddress) -> (high: UInt64, low: UInt64) {
        switch address {
        case .v4(let address): (0, 0xFFFF << 32 | UInt64(address.number))
        case .v6(let address): (address.high, address.low)
        }
    }

    var address: IPAddress {
        if high == 0, low >> 32 == 0xFFFF { return .v4(IPv4Address(UInt32(truncatingIfNeeded: low))) }
        return .v6(IPv6Address(high: high, low: low))
    }
}
