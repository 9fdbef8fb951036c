import Primitives

/// An expression as matches for nftables, in a table of family `inet`: nft has no `or`, so that there
/// may be several, and a packet is meant that meets one of them.
///
/// Each is a rule without its statement: put `counter log group 5` or what else shall happen behind
/// it. Where a later rule would act on a packet again, end each with `accept` or a `return`.
public struct NftablesMatch: Sendable {
    /// Rules that an expression may become; a part that would need more is left out, towards the wider side.
    /// - Limit: rules of an nftables translation |  | it is made wider, and said
    public static let ruleLimit = 64

    /// The matches of each rule. No rule: nothing is meant. An empty one: every packet.
    public let rules: [String]
    public let losses: [Loss]

    /// - Parameter tree: nil is every IP packet.
    public init(_ tree: Tree?, directory: Directory) {
        let resolution = Resolution(tree, directory: directory)
        var writer = NftablesWriter(losses: resolution.losses)
        let alternatives = writer.alternatives(resolution.formula, positive: true)
        var seen: Set<NftablesRule> = []
        rules = alternatives.filter { seen.insert($0).inserted }.map(\.text)
        losses = writer.losses.losses
    }
}

/// Writes a formula as alternatives of rules, negations pushed down to the leaves.
struct NftablesWriter {
    var losses: LossList

    mutating func alternatives(_ formula: Formula<Leaf>, positive: Bool) -> [NftablesRule] {
        switch formula {
        case .always: positive ? [NftablesRule()] : []
        case .never: positive ? [] : [NftablesRule()]
        case .atom(let leaf): positive ? met(leaf) : unmet(leaf)
        case .not(let inside): alternatives(inside, positive: !positive)
        case .all(let parts): positive ? every(parts, true) : either(parts, false)
        case .some(let parts): positive ? either(parts, true) : every(parts, false)
        }
    }

    private mutating func either(_ parts: [Formula<Leaf>], _ positive: Bool) -> [NftablesRule] {
        let rules = parts.flatMap { alternatives($0, positive: positive) }
        guard rules.count > NftablesMatch.ruleLimit else { return rules }
        loseToLimit()
        return [NftablesRule()]
    }

    private mutating func every(_ parts: [Formula<Leaf>], _ positive: Bool) -> [NftablesRule] {
        var rules = [NftablesRule()]
        for part in parts {
            let others = alternatives(part, positive: positive)
            let product = Self.product(rules, others)
            if product.count > NftablesMatch.ruleLimit {
                loseToLimit()
            } else {
                rules = product
            }
        }
        return rules
    }

    private mutating func loseToLimit() {
        losses.add(
            .wider,
            "nftables has no `or` within a rule, and more than \(NftablesMatch.ruleLimit) rules are not made of one expression."
        )
    }

    static func product(_ left: [NftablesRule], _ right: [NftablesRule]) -> [NftablesRule] {
        left.flatMap { one in right.compactMap { one.merged(with: $0) } }
    }

    /// Leaves a condition out: negations stand at the leaves, so that letting everything through is wider.
    mutating func lost(_ leaf: Leaf, _ sentence: String) -> [NftablesRule] {
        losses.add(.wider, at: leaf.place, sentence)
        return [NftablesRule()]
    }

    // MARK: Leaves

    private mutating func met(_ leaf: Leaf) -> [NftablesRule] {
        switch leaf.question {
        case .ip(let version): families(version, positive: true)
        case .addresses(let side, let ranges): addresses(side, ranges)
        case .ports(let side, let ranges, let carriers): ports(side, ranges, carriers, positive: true)
        case .protocols(let ranges): [NftablesRule(protocols: Self.protocols(ranges))]
        case .flags(let flags): [tcpFlags(flags, positive: true)]
        case .icmp(let v4, let v6): icmp(v4, v6)
        case .quantity(let quantity, let ranges): self.quantity(quantity, ranges, leaf, positive: true)
        case .mac(let side, let prefixes): hardware(side, prefixes, leaf, positive: true)
        case .fragment(let value): fragment(value, leaf)
        case .direction(let incoming): [Self.plain("meta iif \(incoming ? "!= 0" : "0")")]
        case .interfaces(let side, let found): interfaces(side, found, leaf, positive: true)
        default: lost(leaf, Self.sentence(leaf.question))
        }
    }

    private mutating func unmet(_ leaf: Leaf) -> [NftablesRule] {
        switch leaf.question {
        case .ip(let version): families(version, positive: false)
        case .addresses(let side, let ranges): otherAddresses(side, ranges)
        case .ports(let side, let ranges, let carriers): ports(side, ranges, carriers, positive: false)
        case .protocols(let ranges):
            [NftablesRule(protocols: NftablesRule.everyProtocol.subtracting(Self.protocols(ranges)))]
                .filter { !$0.protocols.isEmpty }
        case .flags(let flags): [Self.except([6]), tcpFlags(flags, positive: false)]
        case .icmp(let v4, let v6): otherICMP(v4, v6)
        case .quantity(let quantity, let ranges): self.quantity(quantity, ranges, leaf, positive: false)
        case .mac(let side, let prefixes): hardware(side, prefixes, leaf, positive: false)
        case .fragment(let value): otherFragment(value, leaf)
        case .direction(let incoming): [Self.plain("meta iif \(incoming ? "0" : "!= 0")")]
        case .interfaces(let side, let found): interfaces(side, found, leaf, positive: false)
        default: lost(leaf, Self.sentence(leaf.question))
        }
    }

    private static func sentence(_ question: Question) -> String {
        switch question {
        case .payload, .payloadMatches: "nftables cannot search in the payload."
        case .vlan: "A table of family inet sees no tags: a tagged packet comes in on the VLAN's own interface."
        case .inner: "nftables does not look into tunnels; the packet inside comes in on the tunnel's interface."
        case .quantity: "nftables does not know the payload's length."
        default: "nftables cannot know `\(question.variable)`."
        }
    }

    static func plain(_ text: String) -> NftablesRule { NftablesRule(matches: [.plain(text)]) }

    static func v4(_ text: String) -> NftablesRule { NftablesRule(families: .v4, matches: [.network(text)]) }

    static func v6(_ text: String) -> NftablesRule { NftablesRule(families: .v6, matches: [.network(text)]) }

    static func except(_ protocols: Set<UInt8>) -> NftablesRule {
        NftablesRule(protocols: NftablesRule.everyProtocol.subtracting(protocols))
    }

    private static func protocols(_ ranges: [ClosedRange<UInt32>]) -> Set<UInt8> {
        Set(ranges.flatMap { $0 }.compactMap { UInt8(exactly: $0) })
    }

    private func families(_ version: UInt32?, positive: Bool) -> [NftablesRule] {
        switch (version, positive) {
        case (nil, true): [NftablesRule()]
        case (nil, false): []
        case (4, true), (6, false): [NftablesRule(families: .v4)]
        default: [NftablesRule(families: .v6)]
        }
    }

    // MARK: Addresses

    private static func fields(_ side: Place) -> [String] {
        switch side {
        case .source: ["saddr"]
        case .destination: ["daddr"]
        case .either: ["saddr", "daddr"]
        }
    }

    private static func set(_ ranges: [AddressRange]) -> String {
        NftablesRule.set(
            ranges.map { range in
                range.prefixes(atMost: 1)?.first?.text ?? "\(range.lower)-\(range.upper)"
            })
    }

    private func addresses(_ side: Place, _ ranges: [AddressRange]) -> [NftablesRule] {
        Self.byFamily(ranges).flatMap { families, ranges -> [NftablesRule] in
            if ranges.isEmpty { return [] }
            if ranges.contains(where: \.isWholeFamily) { return [NftablesRule(families: families)] }
            return Self.fields(side).map { Self.network(families, "\($0) \(Self.set(ranges))") }
        }
    }

    private func otherAddresses(_ side: Place, _ ranges: [AddressRange]) -> [NftablesRule] {
        Self.byFamily(ranges).compactMap { families, ranges -> NftablesRule? in
            if ranges.isEmpty { return NftablesRule(families: families) }
            if ranges.contains(where: \.isWholeFamily) { return nil }
            return Self.fields(side).reduce(NftablesRule(families: families)) { rule, field in
                rule.merged(with: Self.network(families, "\(field) != \(Self.set(ranges))")) ?? rule
            }
        }
    }

    private static func byFamily(_ ranges: [AddressRange]) -> [(NftablesRule.Families, [AddressRange])] {
        [(.v4, ranges.filter(\.isIPv4)), (.v6, ranges.filter { !$0.isIPv4 })]
    }

    private static func network(_ families: NftablesRule.Families, _ text: String) -> NftablesRule {
        families == .v4 ? v4("ip \(text)") : v6("ip6 \(text)")
    }
}
