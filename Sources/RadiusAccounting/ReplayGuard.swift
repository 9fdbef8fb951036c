import Primitives

/// Remembers authenticators: a client that missed our answer sends the same packet again for a while, and somebody who
/// recorded it sends it later. An authenticator is made of all of a packet's bytes and the secret, so that equal ones
/// are the same packet.
struct ReplayGuard: ~Copyable {
    /// Packets that are remembered.
    static let capacity = 1 << 17
    /// For how long a packet that comes again from the same port is a retransmission (RFC 5080, section 2.2.2, asks for
    /// 5 to 30 s).
    static let duplicateWindow: Int64 = 30_000_000_000
    /// How long a packet is remembered at all, where there is room.
    static let lifetime: Int64 = 3_600_000_000_000

    enum Verdict {
        case new
        /// The same packet again, by who waits for its answer.
        case duplicate
        case replay
    }

    // Not private: the compiler (6.3.1) loses the type where another file destroys the table.
    struct Seen: BitwiseCopyable {
        /// Nanoseconds of the first time.
        var time: Int64
        /// Whose packet it was: address and port.
        var sender: UInt64
    }

    private var table: SeededTable<Seen>
    private let hash: SeededHash

    /// Packets that made room for others before their hour was over.
    var evicted: Int { table.evicted }

    init(seed: UInt64) {
        hash = SeededHash(seed: seed)
        table = SeededTable(
            capacity: ReplayGuard.capacity, seed: ~seed, lifetime: ReplayGuard.lifetime,
            vacantValue: Seen(time: 0, sender: 0))
    }

    /// Looks whether a packet came before, and remembers it.
    mutating func judge(
        _ authenticator: (UInt64, UInt64), from address: IPAddress, port: UInt16, at time: Timestamp
    ) -> Verdict {
        let key = TableKey(authenticator.0, authenticator.1)
        let sender = sender(address, port)
        guard let seen = table.value(of: key, at: time) else {
            table.store(Seen(time: time.nanoseconds, sender: sender), for: key, at: time)
            return .new
        }
        let (age, overflow) = time.nanoseconds.subtractingReportingOverflow(seen.time)
        return !overflow && age <= ReplayGuard.duplicateWindow && seen.sender == sender ? .duplicate : .replay
    }

    private func sender(_ address: IPAddress, _ port: UInt16) -> UInt64 {
        switch address {
        case .v4(let address): hash(TableKey(UInt64(address.number), 4, UInt64(port)))
        case .v6(let address): hash(TableKey(address.high, address.low, UInt64(port)))
        }
    }
}
