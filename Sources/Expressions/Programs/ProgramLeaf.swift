import Primitives

/// One test as the compiler reasons about it: which fact of which places, against which set. Names are
/// resolved, values of one variable united; equal tests are equal values, so that the program holds each once.
enum ProgramLeaf: Hashable {
    /// One bit of the mask is in `Layers.present`.
    case presence(UInt32)
    case fragment(FragmentStates)
    case ports(Place, RangeSet<UInt32>)
    case addresses(Place, AddressSet)
    case number(NumberField, RangeSet<UInt32>)
    case vlan(RangeSet<UInt32>)
    case hardware(Place, RangeSet<UInt64>)
    case flags(mask: UInt8, value: UInt8)
    /// The mask's bits are those of `FrameDirection.rawValue`.
    case direction(UInt8)
    case interface(Place, Set<InterfaceCriterion>)
    /// Users who are logged in at the place.
    case user(Place, Set<NameCriterion>)
    case host(Set<NameCriterion>)
    case country(RangeSet<UInt32>)
    case asn(RangeSet<UInt32>)
    case payloadContains([UInt8])
    case payloadMatches(RegexLiteral)
    case ruleEquals([UInt8])
    case ruleMatches(RegexLiteral)
    /// The mask's bits are those of `Layers.Verdict.rawValue`.
    case verdict(UInt8)
    /// The packet inside meets the sub-program of that number.
    case inner(Int)
}

/// Which of a packet's two places a test looks at.
enum Place: UInt8, Hashable, Sendable {
    case either, source, destination
}

/// A fact of one place that is a number.
enum NumberField: UInt8, Hashable, Sendable {
    case proto, icmp, length, payloadLength, ttl, dscp
}

/// What a packet is, as fragments go.
struct FragmentStates: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let whole = FragmentStates(rawValue: 1 << 0)
    static let first = FragmentStates(rawValue: 1 << 1)
    static let later = FragmentStates(rawValue: 1 << 2)
}

/// Addresses of both families.
struct AddressSet: Hashable, Sendable {
    var v4: RangeSet<UInt32>
    var v6: RangeSet<UInt128>

    var isEmpty: Bool { v4.isEmpty && v6.isEmpty }

    init(_ ranges: [AddressRange]) {
        var v4: [(lower: UInt32, upper: UInt32)] = []
        var v6: [(lower: UInt128, upper: UInt128)] = []
        v4.reserveCapacity(ranges.count)
        for range in ranges {
            switch (range.lower, range.upper) {
            case (.v4(let lower), .v4(let upper)): v4.append((lower.number, upper.number))
            case (.v6(let lower), .v6(let upper)): v6.append((lower.number, upper.number))
            // `AddressRange` is never of two families.
            default: break
            }
        }
        self.v4 = RangeSet(v4)
        self.v6 = RangeSet(v6)
    }

    init(union sets: [AddressSet]) {
        v4 = RangeSet(union: sets.map(\.v4))
        v6 = RangeSet(union: sets.map(\.v6))
    }
}

/// What makes an interface one of those that are meant.
enum InterfaceCriterion: Hashable, Sendable {
    case named(String)
    case vpnClient
    case anyVPN
    case connection(String)
}

/// What makes a user or a host name one of those that are meant.
enum NameCriterion: Hashable, Sendable {
    case exactly(String)
    /// A host name that ends in a dot and this.
    case below(String)
    case group(String)
    case matching(RegexLiteral)
}

extension ProgramLeaf {
    /// Nothing can meet it, whatever will be learned.
    var isNever: Bool {
        switch self {
        case .presence(let mask): mask == 0
        case .fragment(let states): states.isEmpty
        case .ports(_, let set), .number(_, let set), .vlan(let set), .country(let set), .asn(let set): set.isEmpty
        case .addresses(_, let set): set.isEmpty
        case .hardware(_, let set): set.isEmpty
        case .flags(let mask, let value): value & ~mask != 0
        case .direction(let mask), .verdict(let mask): mask == 0
        case .interface(_, let criteria): criteria.isEmpty
        case .user(_, let criteria), .host(let criteria): criteria.isEmpty
        case .payloadContains, .payloadMatches, .ruleEquals, .ruleMatches, .inner: false
        }
    }

    /// How dear the test is, in coarse steps, so that what an author wrote in some order mostly stays in it.
    var cost: Int {
        switch self {
        case .presence, .fragment, .ports, .number, .flags, .direction, .interface, .verdict: 0
        case .addresses(_, let set): set.v6.isEmpty && set.v4.count <= 2 ? 0 : 1
        case .vlan, .hardware, .country, .asn, .user: 1
        case .host, .ruleEquals: 2
        case .inner: 3
        case .payloadContains: 4
        case .ruleMatches, .payloadMatches: 5
        }
    }
}
