import Primitives

/// The addresses in the answer section of a DNS response (RFC 1035), one after the other.
struct DNSAnswers {
    /// More records than this are passed over.
    /// - Limit: records of a DNS answer that are looked at |  | passed over
    static let recordLimit = 64
    /// Aliases that one answer may lead through.
    static let aliasLimit = 16

    private let message: Range<Int>
    private let hash: SeededHash
    private var offset: Int
    private var records: Int
    /// Hashes of the names that the asked one leads to, itself first.
    private var chain = InlineArray<16, UInt64>(repeating: 0)
    private var chainLength = 0

    /// The first name that was asked for, where the message repeats the question (multicast DNS does not).
    private(set) var asked = DNSName()
    /// The name at which the last address stands.
    private(set) var owner = DNSName()
    /// Whether the asked name leads to `owner`, which is another one.
    private(set) var isAliased = false

    /// Nil for what is no successful response to a query, or is broken before its answers.
    init?(_ bytes: RawSpan, _ message: Range<Int>, hash: SeededHash) {
        guard message.count >= 12 else { return nil }
        let flags = bytes.big16(at: message.lowerBound + 2)
        // A response (bit 15) to a standard query (bits 11-14) that succeeded (bits 0-3).
        guard flags & 0xF80F == 0x8000 else { return nil }
        let questions = Int(bytes.big16(at: message.lowerBound + 4))
        guard questions <= 1 else { return nil }
        self.message = message
        self.hash = hash
        records = min(Int(bytes.big16(at: message.lowerBound + 6)), DNSAnswers.recordLimit)
        offset = message.lowerBound + 12
        if questions == 1 {
            guard let behind = asked.read(bytes, in: message, at: offset) else { return nil }
            offset = behind + 4
            chain[0] = asked.hash(hash)
            chainLength = 1
        }
    }

    /// The next address, with `owner` and `isAliased` set for it; nil at the end, or where the message breaks off.
    mutating func next(_ bytes: RawSpan) -> IPAddress? {
        while records > 0 {
            records -= 1
            guard let start = owner.read(bytes, in: message, at: offset), message.upperBound - start >= 10 else {
                records = 0
                return nil
            }
            let type = bytes.big16(at: start)
            // Multicast DNS has a flag in the class's first bit.
            let isInternet = bytes.big16(at: start + 2) & 0x7FFF == 1
            let length = Int(bytes.big16(at: start + 8))
            let data = start + 10
            guard message.upperBound - data >= length else {
                records = 0
                return nil
            }
            offset = data + length
            guard isInternet else { continue }
            switch (type, length) {
            case (1, 4):
                isAliased = isBehindAlias(owner.hash(hash))
                return .v4(IPv4Address(bytes.big32(at: data)))
            case (28, 16):
                isAliased = isBehindAlias(owner.hash(hash))
                return .v6(IPv6Address(high: bytes.big64(at: data), low: bytes.big64(at: data + 8)))
            case (5, _): noteAlias(bytes, at: data)
            default: break
            }
        }
        return nil
    }

    private mutating func noteAlias(_ bytes: RawSpan, at data: Int) {
        guard chainLength < DNSAnswers.aliasLimit, leads(to: owner.hash(hash)) else { return }
        var target = DNSName()
        guard target.read(bytes, in: message, at: data) != nil else { return }
        chain[chainLength] = target.hash(hash)
        chainLength += 1
    }

    private func isBehindAlias(_ name: UInt64) -> Bool {
        chainLength > 0 && name != chain[0] && leads(to: name)
    }

    private func leads(to name: UInt64) -> Bool {
        for index in 0..<chainLength where chain[index] == name { return true }
        return false
    }
}
