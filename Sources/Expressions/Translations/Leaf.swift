import Primitives

/// One condition for the translations: names resolved against the directory, the comparator
/// dissolved (`!=` became a negation around it, an interval a range), values merged and sorted.
/// Not met where the fact is absent.
struct Leaf: Sendable {
    var question: Question
    var place: SourceRange
}

/// The protocols whose first four bytes are two ports.
struct PortCarriers: OptionSet, Sendable {
    let rawValue: UInt8

    static let tcp = PortCarriers(rawValue: 1)
    static let udp = PortCarriers(rawValue: 2)
    static let sctp = PortCarriers(rawValue: 4)
    static let udpLite = PortCarriers(rawValue: 8)
    static let all: PortCarriers = [.tcp, .udp, .sctp, .udpLite]

    /// The carriers with their protocol numbers.
    static let numbers: [(carrier: PortCarriers, number: UInt32)] = [
        (.tcp, 6), (.udp, 17), (.sctp, 132), (.udpLite, 136),
    ]

    /// The carriers among the protocols of `ranges`.
    init(protocols ranges: [ClosedRange<UInt32>]) {
        self = []
        for (carrier, number) in Self.numbers where ranges.contains(where: { $0.contains(number) }) {
            insert(carrier)
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// The first `count` bytes of a hardware address, as the low `8 * count` bits of `prefix`.
struct MACPrefix: Hashable, Sendable {
    var prefix: UInt64
    var count: Int

    /// The bytes from the first one.
    var bytes: [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: prefix >> UInt64(8 * (count - 1 - $0))) }
    }
}

/// A name that is compared, or a pattern that it matches.
enum TextTest: Sendable {
    case names([String])
    case pattern(RegexLiteral)
}

/// Numbers that every IP packet has.
enum Quantity: Sendable {
    case length
    case payloadLength
    case ttl
    case dscp

    /// The values that the header can hold.
    var domain: ClosedRange<UInt32> {
        switch self {
        case .length, .payloadLength: 0...UInt32.max
        case .ttl: 0...255
        case .dscp: 0...63
        }
    }

    var variable: Variable {
        switch self {
        case .length: .length
        case .payloadLength: .payloadLength
        case .ttl: .ttl
        case .dscp: .dscp
        }
    }
}

/// What a leaf asks of a packet. For interfaces the source is the incoming one.
enum Question: Sendable {
    /// An IP packet; of one family where a version is given.
    case ip(version: UInt32?)
    case addresses(Place, [AddressRange])
    case ports(Place, [ClosedRange<UInt32>], PortCarriers)
    case protocols([ClosedRange<UInt32>])
    case flags(FlagTest)
    case icmp(v4: [ICMPValue.TypeAndCode], v6: [ICMPValue.TypeAndCode])
    case quantity(Quantity, [ClosedRange<UInt32>])
    case vlan([ClosedRange<UInt32>])
    case mac(Place, [MACPrefix])
    case fragment(FragmentValue)
    case direction(incoming: Bool)
    case interfaces(Place, [Directory.Interface])
    case payload([[UInt8]])
    case payloadMatches(RegexLiteral)
    case rule(TextTest)
    case verdict(VerdictValue)
    case user([UserName])
    case userMatches(RegexLiteral)
    case host(TextTest)
    case country([String])
    case asn([ClosedRange<UInt32>])
    case inner(Formula<Leaf>)

    /// The variable that the condition was written with, as messages name it.
    var variable: String {
        switch self {
        case .ip: "ip"
        case .addresses: "addr"
        case .ports: "port"
        case .protocols: "proto"
        case .flags: "tcpfl"
        case .icmp: "icmp"
        case .quantity(let quantity, _): quantity.variable.rawValue
        case .vlan: "vlan"
        case .mac: "mac"
        case .fragment: "frag"
        case .direction: "direc"
        case .interfaces: "if"
        case .payload, .payloadMatches: "payload"
        case .rule: "rule"
        case .verdict: "verdict"
        case .user, .userMatches: "user"
        case .host: "host"
        case .country: "country"
        case .asn: "asn"
        case .inner: "inner"
        }
    }

    /// Whether only an IP packet can meet it.
    var needsIP: Bool {
        switch self {
        case .vlan, .mac, .direction, .interfaces, .rule, .verdict: false
        default: true
        }
    }

    /// Whether it reads what stands behind the IP header, so that a fragment cannot answer it alone.
    var readsTransport: Bool {
        switch self {
        case .ports, .flags, .icmp, .payload, .payloadMatches: true
        case .quantity(.payloadLength, _): true
        default: false
        }
    }
}
