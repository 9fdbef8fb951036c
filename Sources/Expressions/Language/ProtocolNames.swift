import PacketDecoding

/// The words of `IPProtocol.names`, arranged for look-up.
enum ProtocolNames {
    /// All words that `proto` takes, sorted.
    static let all: [String] = numbers.keys.sorted()

    /// The number of a protocol; `word` in lower case.
    static func number(of word: String) -> UInt8? { numbers[word] }

    /// The protocol as people write it: `TCP`, `ICMPv6`.
    static func display(_ number: UInt8) -> String {
        // `IPv6 packets` would be taken for those of `ip = 6`.
        if number == IPProtocol.ipv6 { return "IPv6-in-IP" }
        return IPProtocol.name(of: number)?.description ?? "protocol \(number)"
    }

    private static let numbers = Dictionary(
        uniqueKeysWithValues: IPProtocol.names.map { ($0.word.description, $0.number) })
}
