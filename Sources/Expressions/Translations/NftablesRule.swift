/// One rule on its way: matches that all must be met, with what they say of the family and of the
/// protocol kept as sets, because nft refuses a rule whose matches contradict each other there.
struct NftablesRule: Hashable, Sendable {
    /// Families of IP that the rule can still see.
    struct Families: OptionSet, Hashable, Sendable {
        let rawValue: UInt8

        static let v4 = Families(rawValue: 1)
        static let v6 = Families(rawValue: 2)
        static let both: Families = [.v4, .v6]
    }

    /// One match as nft writes it.
    enum Match: Hashable, Sendable {
        /// Says nothing of family or protocol.
        case plain(String)
        /// Reads a header that only these families have.
        case network(String)
        /// Reads the header of the one protocol that is left.
        case transport(String)
        /// Reads the header of the one protocol that is left, which belongs to one family.
        case icmp(String)
        /// A port field and its values; which word stands before them follows from the protocols.
        case port(String)
    }

    var families = Families.both
    var protocols: Set<UInt8> = NftablesRule.everyProtocol
    var matches: [Match] = []

    static let everyProtocol = Set(UInt8.min...UInt8.max)

    /// A rule that both are; nil where nothing can meet it.
    func merged(with other: NftablesRule) -> NftablesRule? {
        var result = self
        result.families.formIntersection(other.families)
        result.protocols.formIntersection(other.protocols)
        guard !result.families.isEmpty, !result.protocols.isEmpty else { return nil }
        for match in other.matches where !matches.contains(match) { result.matches.append(match) }
        return result
    }

    /// The rule's matches in nft's words; empty for a rule that every packet meets.
    var text: String {
        var network: [String] = []
        var transport: [String] = []
        var plain: [String] = []
        var readsTransport = false
        var readsNetwork = false
        let word = protocols.count == 1 ? protocols.first.flatMap { Self.words[$0] } : nil
        for match in matches {
            switch match {
            case .plain(let text): plain.append(text)
            case .network(let text): network.append(text)
            case .transport(let text):
                transport.append(text)
                readsTransport = true
            case .icmp(let text):
                transport.append(text)
                readsTransport = true
                readsNetwork = true
            case .port(let text):
                transport.append("\(word ?? "th") \(text)")
                readsTransport = readsTransport || word != nil
            }
        }
        if network.isEmpty, !readsNetwork, families != .both {
            network = ["meta nfproto \(families == .v4 ? "ipv4" : "ipv6")"]
        }
        if !readsTransport, protocols != Self.everyProtocol { transport.insert(protocolMatch, at: 0) }
        return (plain + network + transport).joined(separator: " ")
    }

    private var protocolMatch: String {
        let negated = protocols.count > 128
        let numbers = negated ? Self.everyProtocol.subtracting(protocols) : protocols
        let ranges = ClosedRange.merged(numbers.map { UInt32($0)...UInt32($0) })
        let members = ranges.flatMap { range -> [String] in
            range.count > 2
                ? ["\(range.lowerBound)-\(range.upperBound)"]
                : range.map { Self.words[UInt8($0)] ?? "\($0)" }
        }
        return "meta l4proto " + (negated ? "!= " : "") + Self.set(members)
    }

    /// Protocols whose header nft reads by name.
    private static let words: [UInt8: String] = [6: "tcp", 17: "udp", 132: "sctp", 136: "udplite"]

    /// One value as it is, several as a set.
    static func set(_ members: [String]) -> String {
        members.count == 1 ? members[0] : "{ " + members.joined(separator: ", ") + " }"
    }
}
