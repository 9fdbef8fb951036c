import PacketDecoding
import Primitives

extension ProgramLeaf {
    /// The leaf of `variable = { values }` for every variable but those whose values are searched one
    /// by one. Values that the directory does not know, or that the variable does not take, add nothing.
    init?(_ variable: Variable, oneOf values: [Value], _ directory: Directory) {
        switch variable {
        case .addr: self = .addresses(.either, AddressSet(values.flatMap { $0.addresses(directory) }))
        case .saddr: self = .addresses(.source, AddressSet(values.flatMap { $0.addresses(directory) }))
        case .daddr: self = .addresses(.destination, AddressSet(values.flatMap { $0.addresses(directory) }))
        case .port: self = .ports(.either, Self.numbers(values, in: 0...0xFFFF, directory))
        case .sport: self = .ports(.source, Self.numbers(values, in: 0...0xFFFF, directory))
        case .dport: self = .ports(.destination, Self.numbers(values, in: 0...0xFFFF, directory))
        case .interface: self = .interface(.either, Set(values.compactMap(\.interfaceCriterion)))
        case .incomingInterface: self = .interface(.source, Set(values.compactMap(\.interfaceCriterion)))
        case .outgoingInterface: self = .interface(.destination, Set(values.compactMap(\.interfaceCriterion)))
        case .direction: self = .direction(values.reduce(0) { $0 | $1.directionMask })
        case .proto: self = .number(.proto, Self.numbers(values, in: 0...0xFF))
        case .ipVersion: self = .presence(Self.versions(values))
        case .icmp, .icmp6: self = .number(.icmp, RangeSet(values.flatMap(\.icmpKeys)))
        case .length: self = .number(.length, Self.numbers(values))
        case .payloadLength: self = .number(.payloadLength, Self.numbers(values))
        case .ttl: self = .number(.ttl, Self.numbers(values, in: 0...0xFF))
        case .dscp: self = .number(.dscp, Self.numbers(values, in: 0...0xFF))
        case .vlan: self = .vlan(Self.numbers(values, in: 0...0xFFF))
        case .mac: self = .hardware(.either, RangeSet(values.compactMap(\.hardwareAddresses)))
        case .smac: self = .hardware(.source, RangeSet(values.compactMap(\.hardwareAddresses)))
        case .dmac: self = .hardware(.destination, RangeSet(values.compactMap(\.hardwareAddresses)))
        case .fragment: self = .fragment(values.reduce(into: []) { $0.formUnion($1.fragmentStates) })
        case .verdict: self = .verdict(values.reduce(0) { $0 | $1.verdictMask })
        case .user: self = .user(.either, Set(values.flatMap(\.userCriteria)))
        case .host: self = .host(Set(values.compactMap(\.hostCriterion)))
        case .country: self = .country(RangeSet(values.compactMap(\.countryRange)))
        // 0 stands for "not known" in the facts.
        case .asn: self = .asn(Self.numbers(values, in: 1...UInt32.max))
        case .tcpFlags, .payload, .rule: return nil
        }
    }

    private static func numbers(
        _ values: [Value], in domain: ClosedRange<UInt32> = 0...UInt32.max, _ directory: Directory = Directory()
    ) -> RangeSet<UInt32> {
        RangeSet(
            values.flatMap { $0.numbers(directory) }.map {
                (max($0.lower, domain.lowerBound), min($0.upper, domain.upperBound))
            })
    }

    private static func versions(_ values: [Value]) -> UInt32 {
        let versions = values.flatMap { $0.numbers(Directory()) }
        var mask = Layers.Presence()
        if versions.contains(where: { $0.lower <= 4 && 4 <= $0.upper }) { mask.insert(.ipv4) }
        if versions.contains(where: { $0.lower <= 6 && 6 <= $0.upper }) { mask.insert(.ipv6) }
        return mask.rawValue
    }
}

extension Value {
    var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    fileprivate func numbers(_ directory: Directory) -> [(lower: UInt32, upper: UInt32)] {
        switch self {
        case .number(let lower, let upper): [(lower, upper)]
        case .protocolName(_, let number): [(UInt32(number), UInt32(number))]
        case .service(let name):
            (directory.ports(ofService: name.lowercased()) ?? []).map { (UInt32($0.lowerBound), UInt32($0.upperBound)) }
        default: []
        }
    }

    fileprivate func addresses(_ directory: Directory) -> [AddressRange] {
        switch self {
        case .addresses(let range): [range]
        case .list(let name): directory.lists?[name] ?? []
        case .users(let names):
            (directory.users ?? []).filter { user in names.contains { $0.means(user) } }
                .flatMap(\.addresses).map { AddressRange($0) }
        default: []
        }
    }

    fileprivate var interfaceCriterion: InterfaceCriterion? {
        switch self {
        case .interface(let name): .named(name)
        case .vpnClient: .vpnClient
        case .vpn: .anyVPN
        case .vpnConnection(let name): .connection(name)
        default: nil
        }
    }

    fileprivate var directionMask: UInt8 {
        guard case .direction(let incoming) = self else { return 0 }
        return 1 << (incoming ? FrameDirection.incoming : .outgoing).rawValue
    }

    /// Family, type and code as one number; see `ProgramEvaluation`.
    fileprivate var icmpKeys: [(lower: UInt32, upper: UInt32)] {
        guard case .icmp(let value) = self else { return [] }
        return [(0, value.v4), (1, value.v6)].compactMap { (family: UInt32, meaning: ICMPValue.TypeAndCode?) in
            guard let meaning else { return nil }
            let first = family << 16 | UInt32(meaning.type) << 8
            return (first | UInt32(meaning.code ?? 0), first | UInt32(meaning.code ?? 0xFF))
        }
    }

    fileprivate var hardwareAddresses: (lower: UInt64, upper: UInt64)? {
        guard case .mac(let prefix, let count) = self, 1...6 ~= count else { return nil }
        let rest = UInt64(48 - 8 * count)
        return (prefix << rest, prefix << rest | (1 << rest - 1))
    }

    fileprivate var fragmentStates: FragmentStates {
        guard case .fragment(let value) = self else { return [] }
        return switch value {
        case .yes: [.first, .later]
        case .no: .whole
        case .first: .first
        case .later: .later
        }
    }

    fileprivate var verdictMask: UInt8 {
        guard case .verdict(let value) = self else { return 0 }
        let verdict: Layers.Verdict =
            switch value {
            case .pass: .pass
            case .drop: .drop
            case .reject: .reject
            }
        return 1 << verdict.rawValue
    }

    var userCriteria: [NameCriterion] {
        guard case .users(let names) = self else { return [] }
        return names.map { $0.isGroup ? .group($0.name) : .exactly($0.name) }
    }

    fileprivate var hostCriterion: NameCriterion? {
        guard case .text(let name) = self else { return nil }
        let lowered = name.lowercased()
        return lowered.hasPrefix("*.") ? .below(String(lowered.dropFirst(2))) : .exactly(lowered)
    }

    fileprivate var countryRange: (lower: UInt32, upper: UInt32)? {
        guard case .country(let letters) = self, letters.utf8.count == 2 else { return nil }
        let number = letters.uppercased().utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (number, number)
    }
}

extension UserName {
    /// Whether the name is this user's, or that of a group of his.
    func means(_ user: Directory.User) -> Bool {
        isGroup ? user.groups.contains(name) : user.name == name
    }
}
