import Primitives

/// An expression as a formula of leaves, with the names that were written out for it.
struct Resolution {
    private(set) var formula: Formula<Leaf> = .always
    /// Names that later change, and the translation does not: lists, users.
    private(set) var losses = LossList()

    private let directory: Directory

    /// The formula of `tree`; nil is `any`, as a dump reads empty text.
    init(_ tree: Tree?, directory: Directory) {
        self.directory = directory
        let whole = tree ?? .any(SourceRange(0, 0))
        formula = resolved(whole).narrowingPorts().mergingAlternatives()
    }

    private mutating func resolved(_ tree: Tree) -> Formula<Leaf> {
        switch tree {
        case .any(let place): .atom(Leaf(question: .ip(version: nil), place: place))
        case .and(let parts): .every(parts.map { resolved($0) })
        case .or(let parts): .either(parts.map { resolved($0) })
        case .not(let inside): resolved(inside).negated
        case .condition(let condition): resolved(condition)
        case .inner(let inside): inner(resolved(inside), tree)
        }
    }

    private func inner(_ inside: Formula<Leaf>, _ tree: Tree) -> Formula<Leaf> {
        if case .never = inside { return .never }
        return .atom(Leaf(question: .inner(inside), place: tree.place))
    }

    private mutating func resolved(_ condition: Condition) -> Formula<Leaf> {
        switch condition.test {
        case .isOne(let values): leaves(condition, values)
        case .isNone(let values): leaves(condition, values).negated
        case .flags(let flags, let negated):
            negated ? leaf(condition, .flags(flags)).negated : leaf(condition, .flags(flags))
        case .interval(let lower, let upper):
            lower <= upper ? numbers(condition, [lower...upper]) : .never
        case .matches(let pattern): matching(condition, pattern)
        }
    }

    private func leaf(_ condition: Condition, _ question: Question) -> Formula<Leaf> {
        .atom(Leaf(question: question, place: condition.place))
    }

    private func matching(_ condition: Condition, _ pattern: RegexLiteral) -> Formula<Leaf> {
        switch condition.variable {
        case .payload: leaf(condition, .payloadMatches(pattern))
        case .host: leaf(condition, .host(.pattern(pattern)))
        case .rule: leaf(condition, .rule(.pattern(pattern)))
        case .user: leaf(condition, .userMatches(pattern))
        default: .never
        }
    }

    private mutating func leaves(_ condition: Condition, _ values: [Value]) -> Formula<Leaf> {
        switch condition.variable {
        case .addr: addresses(condition, .either, values)
        case .saddr: addresses(condition, .source, values)
        case .daddr: addresses(condition, .destination, values)
        case .interface: interfaces(condition, .either, values)
        case .incomingInterface: interfaces(condition, .source, values)
        case .outgoingInterface: interfaces(condition, .destination, values)
        case .mac: hardware(condition, .either, values)
        case .smac: hardware(condition, .source, values)
        case .dmac: hardware(condition, .destination, values)
        case .icmp, .icmp6: icmp(condition, values)
        case .direction, .fragment, .verdict, .payload, .rule, .host, .user, .country: named(condition, values)
        default: numbers(condition, values.flatMap { ranges(of: $0) })
        }
    }

    // MARK: Numbers

    private func ranges(of value: Value) -> [ClosedRange<UInt32>] {
        switch value {
        case .number(let lower, let upper): lower <= upper ? [lower...upper] : []
        case .protocolName(_, let number): [UInt32(number)...UInt32(number)]
        case .service(let name):
            (directory.ports(ofService: name) ?? []).map { UInt32($0.lowerBound)...UInt32($0.upperBound) }
        default: []
        }
    }

    private func numbers(_ condition: Condition, _ written: [ClosedRange<UInt32>]) -> Formula<Leaf> {
        let domain: ClosedRange<UInt32> =
            switch condition.variable {
            case .port, .sport, .dport: 0...65535
            case .proto, .ttl: 0...255
            case .dscp: 0...63
            case .vlan: 0...4095
            default: 0...UInt32.max
            }
        let ranges = ClosedRange.merged(ClosedRange.shifted(written, down: 0, in: domain))
        guard !ranges.isEmpty else { return .never }
        switch condition.variable {
        case .port: return leaf(condition, .ports(.either, ranges, .all))
        case .sport: return leaf(condition, .ports(.source, ranges, .all))
        case .dport: return leaf(condition, .ports(.destination, ranges, .all))
        case .proto: return leaf(condition, .protocols(ranges))
        case .length: return leaf(condition, .quantity(.length, ranges))
        case .payloadLength: return leaf(condition, .quantity(.payloadLength, ranges))
        case .ttl: return leaf(condition, .quantity(.ttl, ranges))
        case .dscp: return leaf(condition, .quantity(.dscp, ranges))
        case .vlan: return leaf(condition, .vlan(ranges))
        case .asn: return leaf(condition, .asn(ranges))
        case .ipVersion:
            let versions = [4, 6].filter { version in ranges.contains { $0.contains(version) } }
            return .either(versions.map { leaf(condition, .ip(version: $0)) })
        default: return .never
        }
    }

    // MARK: Addresses

    private mutating func addresses(_ condition: Condition, _ side: Place, _ values: [Value]) -> Formula<Leaf> {
        var ranges: [AddressRange] = []
        // Who logs in and out is told by what is looked up for a packet, not by its bytes.
        var followed: [UserName] = []
        for value in values {
            switch value {
            case .addresses(let range): ranges.append(range)
            case .users(let names) where directory.usersMayMove: followed += names
            case .list(let name):
                ranges += directory.lists?[name] ?? []
                losses.add(
                    .both, at: condition.place,
                    "The list \"\(name)\" stands as it is now; later changes do not reach it.")
            case .users(let names):
                ranges += names.flatMap { users($0) }.flatMap(\.addresses).map { AddressRange($0) }
                losses.add(.both, at: condition.place, "Users stand as the addresses where they are logged in now.")
            default: break
            }
        }
        let merged = AddressRange.merged(ranges)
        var parts: [Formula<Leaf>] = []
        if !merged.isEmpty { parts.append(leaf(condition, .addresses(side, merged))) }
        if !followed.isEmpty { parts.append(leaf(condition, .user(followed))) }
        return parts.isEmpty ? .never : .either(parts)
    }

    private func users(_ name: UserName) -> [Directory.User] {
        (directory.users ?? []).filter { name.isGroup ? $0.groups.contains(name.name) : $0.name == name.name }
    }

    private func hardware(_ condition: Condition, _ side: Place, _ values: [Value]) -> Formula<Leaf> {
        var prefixes: [MACPrefix] = []
        for value in values {
            if case .mac(let prefix, let count) = value { prefixes.append(MACPrefix(prefix: prefix, count: count)) }
        }
        return prefixes.isEmpty ? .never : leaf(condition, .mac(side, prefixes))
    }

    // MARK: Names

    private func interfaces(_ condition: Condition, _ side: Place, _ values: [Value]) -> Formula<Leaf> {
        var found: [Directory.Interface] = []
        for value in values {
            for interface in interfaces(value) where !found.contains(interface) { found.append(interface) }
        }
        return found.isEmpty ? .never : leaf(condition, .interfaces(side, found))
    }

    /// Where no interface is known the name stands for itself: the capture may bring it.
    private func interfaces(_ value: Value) -> [Directory.Interface] {
        let known = directory.interfaces ?? []
        switch value {
        case .interface(let name):
            guard directory.interfaces != nil else { return [Directory.Interface(displayName: name)] }
            let displayed = known.filter { $0.displayName == name }
            return displayed.isEmpty ? known.filter { $0.kernelName == name } : displayed
        case .vpnClient: return known.filter { $0.kind == .vpnClient }
        case .vpn: return known.filter { $0.kind == .vpnClient || $0.kind == .vpnTunnel }
        case .vpnConnection(let name): return known.filter { $0.connection == name }
        default: return []
        }
    }

    private func icmp(_ condition: Condition, _ values: [Value]) -> Formula<Leaf> {
        var v4: [ICMPValue.TypeAndCode] = []
        var v6: [ICMPValue.TypeAndCode] = []
        for case .icmp(let value) in values {
            if let meaning = value.v4, condition.variable == .icmp { v4.append(meaning) }
            if let meaning = value.v6 { v6.append(meaning) }
        }
        return v4.isEmpty && v6.isEmpty ? .never : leaf(condition, .icmp(v4: v4, v6: v6))
    }

    private func named(_ condition: Condition, _ values: [Value]) -> Formula<Leaf> {
        var texts: [String] = []
        var users: [UserName] = []
        var countries: [String] = []
        var bytes: [[UInt8]] = []
        var parts: [Formula<Leaf>] = []
        for value in values {
            switch value {
            case .direction(let incoming): parts.append(leaf(condition, .direction(incoming: incoming)))
            case .fragment(let fragment): parts.append(leaf(condition, .fragment(fragment)))
            case .verdict(let verdict): parts.append(leaf(condition, .verdict(verdict)))
            case .bytes(let text): bytes.append(text)
            case .text(let text): texts.append(text)
            case .users(let names): users += names
            case .country(let code): countries.append(code)
            default: break
            }
        }
        if !bytes.isEmpty { parts.append(leaf(condition, .payload(bytes))) }
        if !texts.isEmpty {
            parts.append(leaf(condition, condition.variable == .host ? .host(.names(texts)) : .rule(.names(texts))))
        }
        if !users.isEmpty { parts.append(leaf(condition, .user(users))) }
        if !countries.isEmpty { parts.append(leaf(condition, .country(countries))) }
        return .either(parts)
    }
}

extension Tree {
    /// The place from the first condition to the last one.
    var place: SourceRange {
        switch self {
        case .any(let place): place
        case .condition(let condition): condition.place
        case .not(let inside), .inner(let inside): inside.place
        case .and(let parts), .or(let parts):
            SourceRange(parts.first?.place.lower ?? 0, parts.last?.place.upper ?? 0)
        }
    }
}

extension Formula<Leaf> {
    /// Beside a condition that only certain protocols meet, ports are asked of those alone:
    /// `proto = udp & port = 53` becomes `udp port 53` rather than four protocols' ports.
    func narrowingPorts(to carriers: PortCarriers = .all) -> Formula<Leaf> {
        switch self {
        case .always, .never: return self
        case .not(let inside): return inside.narrowingPorts(to: carriers).negated
        case .some(let parts): return .either(parts.map { $0.narrowingPorts(to: carriers) })
        case .all(let parts):
            let narrowed = parts.reduce(carriers) { $0.intersection($1.impliedCarriers) }
            return .every(parts.map { $0.narrowingPorts(to: narrowed) })
        case .atom(var leaf):
            guard case .ports(let side, let ranges, let present) = leaf.question else { return self }
            let left = present.intersection(carriers)
            guard !left.isEmpty else { return .never }
            leaf.question = .ports(side, ranges, left)
            return .atom(leaf)
        }
    }

    /// The protocols with ports that a packet meeting this condition can have.
    private var impliedCarriers: PortCarriers {
        guard case .atom(let leaf) = self else { return .all }
        switch leaf.question {
        case .protocols(let ranges): return PortCarriers(protocols: ranges)
        case .flags: return .tcp
        case .icmp: return []
        default: return .all
        }
    }
}
