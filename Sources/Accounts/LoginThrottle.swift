import Primitives

/// Who failed to log in how often, by address. Bounded; times come in (nanoseconds of a clock that never goes back).
struct LoginThrottle: Sendable {
    /// Addresses that are remembered; beyond, the oldest that is not blocked makes room.
    /// - Limit: addresses whose failed log-ins are remembered |  | the oldest that is not blocked makes room
    static let limit = 4096
    /// Attempts of a blocked address are told once in so long.
    static let tellInterval: Int64 = 60_000_000_000

    /// An IPv4 address, or the /64 of an IPv6 one: whoever has one address of that has all.
    struct Key: Hashable, Sendable {
        private let high: UInt64
        private let low: UInt64

        init(_ address: IPAddress) {
            switch address {
            case .v4(let address): (high, low) = (0, 0xFFFF_0000_0000 | UInt64(address.number))
            // An IPv4 address as a socket of both families has it.
            case .v6(let address) where address.high == 0 && address.low >> 32 == 0xFFFF: (high, low) = (0, address.low)
            case .v6(let address): (high, low) = (address.high, 0)
            }
        }
    }

    private struct Entry {
        var failures = 0
        /// Attempts whose passwords are being checked.
        var pending = 0
        var last: Int64
        var blockedUntil: Int64?
        /// Attempts while blocked that nobody was told of.
        var untold = 0
        var toldAt: Int64?
    }

    enum Admission: Equatable {
        case go
        /// Blocked after so many failures, for so many seconds; `tell` is how many attempts nobody was told of, where
        /// that is to be told now.
        case blocked(after: Int, seconds: Int64, tell: Int?)
        /// As many of that address are being checked as may still fail.
        case tooMany
    }

    private var entries: [Key: Entry] = [:]

    var count: Int { entries.count }

    /// Whether an attempt may go on; one that may has to be ended with `failed` or `succeeded`.
    mutating func begin(_ key: Key, now: Int64, _ policy: AccountPolicy) -> Admission {
        guard let most = policy.failedLogins else { return .go }
        forget(key, now: now, policy)
        if entries[key] == nil { makeRoom() }
        var entry = entries[key] ?? Entry(last: now)
        defer { entries[key] = entry }
        if let until = entry.blockedUntil {
            entry.untold += 1
            let isDue = entry.toldAt.map { now - $0 >= Self.tellInterval } ?? true
            let tell = isDue ? entry.untold : nil
            if isDue {
                entry.toldAt = now
                entry.untold = 0
            }
            return .blocked(after: entry.failures, seconds: (until - now) / 1_000_000_000 + 1, tell: tell)
        }
        guard entry.failures + entry.pending < most else { return .tooMany }
        entry.pending += 1
        return .go
    }

    /// The password, or the user, was wrong.
    mutating func failed(_ key: Key, now: Int64, _ policy: AccountPolicy) {
        guard let most = policy.failedLogins else { return }
        var entry = entries[key] ?? Entry(last: now)
        entry.pending = max(0, entry.pending - 1)
        entry.failures += 1
        entry.last = now
        if entry.failures >= most { entry.blockedUntil = now + policy.blockSeconds * 1_000_000_000 }
        entries[key] = entry
    }

    /// It was right: what failed before is forgotten.
    mutating func succeeded(_ key: Key) {
        guard let entry = entries[key] else { return }
        entries[key] = entry.pending > 1 ? Entry(pending: entry.pending - 1, last: entry.last) : nil
    }

    /// It could not be checked, which is nobody's failure.
    mutating func abandoned(_ key: Key) {
        guard let pending = entries[key]?.pending else { return }
        entries[key]?.pending = max(0, pending - 1)
    }

    /// Lets an address begin anew whose block, or whose last failure, is long enough ago.
    private mutating func forget(_ key: Key, now: Int64, _ policy: AccountPolicy) {
        guard let entry = entries[key], entry.pending == 0 else { return }
        let end = entry.blockedUntil ?? entry.last + policy.blockSeconds * 1_000_000_000
        if now >= end { entries[key] = nil }
    }

    private mutating func makeRoom() {
        guard entries.count >= Self.limit else { return }
        let oldest = entries.min { one, other in
            (one.value.blockedUntil == nil ? 0 : 1, one.value.last)
                < (other.value.blockedUntil == nil ? 0 : 1, other.value.last)
        }
        if let oldest { entries[oldest.key] = nil }
    }
}
