public import Primitives

/// Names of addresses, learned from the DNS answers that pass by.
///
/// An address has up to four names, the newest first; a name is a number, 1...`nameCount` in order of learning, so
/// that programs compare numbers. Both tables are bounded: an address that is looked up no more makes room for others,
/// a name never does. Answers are believed: who can forge them can choose what is shown. Times to live are not kept,
/// for a log asks what a client was told, not what is still true.
public struct HostNames: ~Copyable {
    /// Up to four numbers of names; 0 is none.
    /// - Limit: names of one address |  | the newest stay
    public typealias Names = InlineArray<4, UInt32>

    /// An address and the number of the name that an answer gave it.
    public struct News: Hashable, Sendable {
        public var address: IPAddress
        public var number: UInt32
    }

    /// News that are kept until somebody takes them.
    public static let newsLimit = 512

    private var table: SeededTable<Names>
    private var known: NameTable
    private let hash: SeededHash

    /// Names learned so far.
    public var nameCount: Int { known.count }
    /// Addresses with a name.
    public var addressCount: Int { table.count }
    /// Answers that were understood.
    public private(set) var answers = 0
    /// Addresses that had to make room for others.
    public var evicted: Int { table.evicted }
    /// Names that found no room.
    public var refused: Int { known.refused }

    /// Whether `news` are kept for others.
    public var keepsNews = false {
        didSet { if keepsNews { news.reserveCapacity(HostNames.newsLimit) } }
    }
    /// Addresses that were given another name than before, the oldest first.
    public private(set) var news: [News] = []
    /// News that found no room.
    public private(set) var newsLost = 0

    /// Room for `capacity` addresses and twice as many names. `seed` is secret and new for each run.
    public init(capacity: Int = 32768, seed: UInt64) {
        hash = SeededHash(seed: seed)
        table = SeededTable(capacity: capacity, seed: ~seed, vacantValue: Names(repeating: 0))
        known = NameTable(limit: table.capacity * 2, hash: hash)
    }

    /// Learns from a packet that is a DNS answer: from UDP port 53 or 5353, or from TCP port 53 where one segment
    /// holds a whole message. Other packets pass at the cost of two comparisons.
    @inlinable @inline(__always)
    public mutating func learn(_ layers: Layers, _ bytes: RawSpan, at time: Timestamp) {
        if layers.present.contains([.ports, .payload]), layers.sourcePort == 53 || layers.sourcePort == 5353 {
            learnAnswer(layers, bytes, at: time)
        }
    }

    /// The numbers of an address's names, newest first; zeroes where there are fewer than four.
    public func names(of address: IPAddress) -> Names {
        table.value(of: HostNames.key(address), at: Timestamp(nanoseconds: 0)) ?? Names(repeating: 0)
    }

    /// The text of a number from `names(of:)`, in lower case, printable ASCII; empty for any other number.
    public func name(_ id: UInt32) -> String { known.name(id) }

    /// The number of a name that was learned elsewhere; nil for what is no plain name, and where there is no room.
    public mutating func number(ofName text: RawSpan) -> UInt32? {
        var name = DNSName()
        guard name.read(text: text) else { return nil }
        return known.number(of: name)
    }

    /// The news were handed over.
    public mutating func newsTaken() { news.removeAll(keepingCapacity: true) }

    @usableFromInline
    mutating func learnAnswer(_ layers: Layers, _ bytes: RawSpan, at time: Timestamp) {
        guard !layers.present.contains(.laterFragment) else { return }
        var message = layers.capturedPayload(in: bytes)
        if layers.present.contains(.tcp) {
            guard layers.sourcePort == 53, message.count >= 2 else { return }
            let length = Int(bytes.big16(at: message.lowerBound))
            guard length <= message.count - 2 else { return }
            message = message.lowerBound + 2..<message.lowerBound + 2 + length
        } else if !layers.present.contains(.udp) {
            return
        }
        guard var answers = DNSAnswers(bytes, message, hash: hash) else { return }
        self.answers += 1
        while let address = answers.next(bytes) {
            // The asked name last: it is the one that people know.
            if answers.owner.isPlain { note(answers.owner, of: address, at: time) }
            if answers.isAliased, answers.asked.isPlain { note(answers.asked, of: address, at: time) }
        }
    }

    private mutating func note(_ name: borrowing DNSName, of address: IPAddress, at time: Timestamp) {
        guard let number = known.number(of: name) else { return }
        let key = HostNames.key(address)
        let old = table.value(of: key, at: time) ?? Names(repeating: 0)
        var new = Names(repeating: 0)
        new[0] = number
        var count = 1
        for index in 0..<4 where count < 4 && old[index] != number && old[index] != 0 {
            new[count] = old[index]
            count += 1
        }
        table.store(new, for: key, at: time)
        guard keepsNews, old[0] != number else { return }
        if news.count < HostNames.newsLimit {
            news.append(News(address: address, number: number))
        } else {
            newsLost += 1
        }
    }

    private static func key(_ address: IPAddress) -> TableKey {
        switch address {
        case .v4(let address): TableKey(UInt64(address.number), 0, 0, 0, 4)
        case .v6(let address): TableKey(address.high, address.low, 0, 0, 6)
        }
    }
}
