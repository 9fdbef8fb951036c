import Primitives

/// One thing that a block's filter is asked about: an address, a port, a name, as the number that stands for it in
/// the format.
struct SummaryKey: Hashable, Sendable {
    let hash: UInt64

    /// What a key is about. The numbers are the format's.
    enum Subject: UInt64 {
        case address4 = 1
        /// The first 24 bits of an IPv4 address.
        case network4 = 2
        case address6 = 3
        /// The first 64 bits of an IPv6 address.
        case network6 = 4
        case port = 5
        case hardware = 6
        /// The first three bytes of a hardware address.
        case vendor = 7
        case tag = 8
        case country = 9
        case network = 10
        /// Family, type and code as one number.
        case icmp = 11
        /// Family and type.
        case icmpType = 12
        case interface = 13
        case rule = 14
        case user = 15
        /// In lower case, without a final dot.
        case host = 16
        /// A name above a host's: `example.com` for `www.example.com`.
        case parent = 17
    }

    @inline(__always)
    init(_ subject: Subject, _ number: UInt64) {
        hash = folded(number ^ HashConstant.a, (subject.rawValue &* HashConstant.b) ^ HashConstant.c)
    }

    @inline(__always)
    init(_ address: UInt128) {
        let high = UInt64(truncatingIfNeeded: address >> 64)
        let low = UInt64(truncatingIfNeeded: address)
        hash = folded(folded(high ^ HashConstant.a, HashConstant.d) ^ low, HashConstant.b)
    }

    init(_ subject: Subject, _ text: RawSpan) {
        self.init(subject, text.checksum(from: 0))
    }

    init(_ subject: Subject, _ text: String) {
        self.init(subject, text.utf8Span.span.bytes)
    }

    /// The /24 of an IPv4 address.
    @inline(__always)
    static func network(_ address: UInt32) -> SummaryKey { SummaryKey(.network4, UInt64(address >> 8)) }

    /// The /64 of an IPv6 address.
    @inline(__always)
    static func network(_ address: UInt128) -> SummaryKey {
        SummaryKey(.network6, UInt64(truncatingIfNeeded: address >> 64))
    }
}

/// A Bloom filter that shrinks to what is in it.
///
/// Keys go into a large one; halving it (the upper half laid over the lower one) as long as at most two bits in
/// five are set makes one that says "perhaps" wrongly about four times in a thousand at most, whatever the number
/// of its keys: 12 to 24 bits each.
struct KeyFilter: ~Copyable {
    static let probes: UInt64 = 6
    /// In 64-bit words: 2 KiB to 64 KiB to begin with, 16 bytes at least in the end.
    private static let greatest = 8192
    private static let least = 2

    private(set) var words: [UInt64]
    /// A power of two.
    private(set) var count = KeyFilter.least
    private var salt: UInt64 = 0
    private var last: InlineArray<8, UInt64> = .init(repeating: 0)

    init() {
        words = [UInt64](repeating: 0, count: KeyFilter.greatest)
    }

    /// Begins anew, for about so many keys.
    mutating func removeAll(expecting keys: Int, salt: UInt64) {
        count = KeyFilter.least
        while count < KeyFilter.greatest, count * 4 < keys { count *= 2 }
        for index in 0..<count { words[index] = 0 }
        self.salt = salt
        last = .init(repeating: 0)
    }

    mutating func insert(_ key: SummaryKey) {
        // Neighbouring shapes share much: a key that was put in just now is not put in again.
        let slot = Int(truncatingIfNeeded: key.hash & 7)
        guard last[slot] != key.hash else { return }
        last[slot] = key.hash
        let mask = UInt64(count * 64 - 1)
        var (bit, step) = KeyFilter.start(key, salt)
        for _ in 0..<KeyFilter.probes {
            words[Int(truncatingIfNeeded: (bit & mask) >> 6)] |= 1 << (bit & 63)
            bit &+= step
        }
    }

    /// Halves it as long as that keeps it useful.
    mutating func shrink() {
        while count > KeyFilter.least {
            let half = count / 2
            var set = 0
            for index in 0..<half { set += (words[index] | words[index + half]).nonzeroBitCount }
            guard set * 5 <= half * 64 * 2 else { return }
            for index in 0..<half { words[index] |= words[index + half] }
            count = half
        }
    }

    /// The first bit of a key, and how far the next ones are apart.
    @inline(__always)
    static func start(_ key: SummaryKey, _ salt: UInt64) -> (bit: UInt64, step: UInt64) {
        let mixed = folded(key.hash ^ salt, HashConstant.d)
        return (mixed & 0xFFFF_FFFF, mixed >> 32 | 1)
    }

    /// Whether the key may be in a filter of `count` words at `offset`. Bounds were checked.
    @inline(__always)
    static func mayContain(_ key: SummaryKey, _ bytes: RawSpan, at offset: Int, count: Int, salt: UInt64) -> Bool {
        let mask = UInt64(count * 64 - 1)
        var (bit, step) = start(key, salt)
        for _ in 0..<probes {
            let word = bytes.little64(at: offset + Int(truncatingIfNeeded: (bit & mask) >> 6) * 8)
            if word & 1 << (bit & 63) == 0 { return false }
            bit &+= step
        }
        return true
    }
}
