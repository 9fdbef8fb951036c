import PacketDecoding
import Primitives

/// Addresses whose names a worker wants and no DNS answer that it saw has told: gathered as packets come, handed over at
/// the end of a batch, and answered at the border of a later one. Neither allocates nor waits on the way of a packet.
struct HostQuestions: ~Copyable {
    /// Addresses whose answers are remembered; 1 MiB. The oldest make room.
    static let capacity = 16_384
    /// Addresses that one batch asks for; further ones are asked for by a later one.
    static let batchLimit = 256
    /// Seconds after which an address without a name is asked for again, and one with a name.
    static let patience: UInt32 = 10
    static let trust: UInt32 = 120

    struct Answer: BitwiseCopyable {
        /// Of the run's names; 0 is none.
        var number: UInt32
        /// Seconds of the packet that asked last.
        var asked: UInt32
    }

    private var answers: SeededTable<Answer>
    private(set) var wanted: [IPAddress] = []
    /// The time of the packets.
    private var now = Timestamp(nanoseconds: 0)

    init(seed: UInt64, capacity: Int = HostQuestions.capacity) {
        answers = SeededTable(capacity: capacity, seed: seed, vacantValue: Answer(number: 0, asked: 0))
        wanted.reserveCapacity(HostQuestions.batchLimit)
    }

    /// The number of an address's name as it is known now; asks for it where it is not, or not for sure any more.
    mutating func number(of address: IPAddress, at time: Timestamp) -> UInt32 {
        now = time
        let second = UInt32(truncatingIfNeeded: time.seconds)
        let key = TableKey(of: address)
        let known = answers.value(of: key, at: time)
        if let known {
            let age = second &- known.asked
            if age < (known.number == 0 ? HostQuestions.patience : HostQuestions.trust) { return known.number }
        }
        let number = known?.number ?? 0
        guard wanted.count < HostQuestions.batchLimit, address.isOfOneHost else { return number }
        wanted.append(address)
        answers.store(Answer(number: number, asked: second), for: key, at: time)
        return number
    }

    /// Takes over an answer: a number, or 0 for no name any more.
    mutating func settle(_ address: IPAddress, _ number: UInt32) {
        let key = TableKey(of: address)
        let asked = answers.value(of: key, at: now)?.asked ?? UInt32(truncatingIfNeeded: now.seconds)
        answers.store(Answer(number: number, asked: asked), for: key, at: now)
    }

    /// The questions were handed over.
    mutating func handedOver() { wanted.removeAll(keepingCapacity: true) }
}

extension TableKey {
    fileprivate init(of address: IPAddress) {
        switch address {
        case .v4(let address): self.init(UInt64(address.number), 0, 0, 0, 4)
        case .v6(let address): self.init(address.high, address.low, 0, 0, 6)
        }
    }
}
