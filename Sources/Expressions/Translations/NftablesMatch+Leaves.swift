extension NftablesWriter {
    // MARK: Transport

    mutating func ports(
        _ side: Place, _ ranges: [ClosedRange<UInt32>], _ carriers: PortCarriers, positive: Bool
    ) -> [NftablesRule] {
        losses.add(
            .both,
            "nftables reads no ports of later fragments; where it tracks connections, fragments were put together before."
        )
        let protocols = Set(PortCarriers.numbers.filter { carriers.contains($0.carrier) }.map { UInt8($0.number) })
        let fields =
            switch side {
            case .source: ["sport"]
            case .destination: ["dport"]
            case .either: ["sport", "dport"]
            }
        if ranges == [0...65535] {
            return positive ? [NftablesRule(protocols: protocols)] : [Self.except(protocols)]
        }
        let values = Self.set(ranges)
        if positive {
            return fields.map { NftablesRule(protocols: protocols, matches: [.port("\($0) \(values)")]) }
        }
        let others = NftablesRule(protocols: protocols, matches: fields.map { .port("\($0) != \(values)") })
        return [Self.except(protocols), others]
    }

    func tcpFlags(_ flags: FlagTest, positive: Bool) -> NftablesRule {
        let mask = flags.set | flags.clear
        let value = flags.set == 0 ? "0" : Self.names(of: flags.set)
        let text = "tcp flags & \(Self.names(of: mask)) \(positive ? "==" : "!=") \(value)"
        return NftablesRule(protocols: [6], matches: [.transport(text)])
    }

    private static func names(of flags: UInt8) -> String {
        let names = ["fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"]
        let set = names.indices.filter { flags & 1 << $0 != 0 }.map { names[$0] }
        return set.count == 1 ? set[0] : "(" + set.joined(separator: " | ") + ")"
    }

    func icmp(_ v4: [ICMPValue.TypeAndCode], _ v6: [ICMPValue.TypeAndCode]) -> [NftablesRule] {
        let four = v4.map { value in
            NftablesRule(families: .v4, protocols: [1], matches: Self.icmp("icmp", value))
        }
        let six = v6.map { value in
            NftablesRule(families: .v6, protocols: [58], matches: Self.icmp("icmpv6", value))
        }
        return four + six
    }

    private static func icmp(_ word: String, _ value: ICMPValue.TypeAndCode) -> [NftablesRule.Match] {
        let type = NftablesRule.Match.icmp("\(word) type \(value.type)")
        guard let code = value.code else { return [type] }
        return [type, .icmp("\(word) code \(code)")]
    }

    /// None of the values: another protocol, or each value failed by its type or by its code.
    func otherICMP(_ v4: [ICMPValue.TypeAndCode], _ v6: [ICMPValue.TypeAndCode]) -> [NftablesRule] {
        var protocols: Set<UInt8> = []
        if !v4.isEmpty { protocols.insert(1) }
        if !v6.isEmpty { protocols.insert(58) }
        let four = Self.otherICMP("icmp", v4, NftablesRule(families: .v4, protocols: [1]))
        let six = Self.otherICMP("icmpv6", v6, NftablesRule(families: .v6, protocols: [58]))
        return [Self.except(protocols)] + four + six
    }

    private static func otherICMP(
        _ word: String, _ values: [ICMPValue.TypeAndCode], _ start: NftablesRule
    ) -> [NftablesRule] {
        guard !values.isEmpty else { return [] }
        return values.reduce([start]) { rules, value in
            var failing: [NftablesRule] = [NftablesRule(matches: [.icmp("\(word) type != \(value.type)")])]
            if let code = value.code {
                failing.append(NftablesRule(matches: [.icmp("\(word) code != \(code)")]))
            }
            return product(rules, failing)
        }
    }

    // MARK: Header fields

    mutating func quantity(
        _ quantity: Quantity, _ ranges: [ClosedRange<UInt32>], _ leaf: Leaf, positive: Bool
    ) -> [NftablesRule] {
        let domain = quantity.domain
        let values = (positive ? "" : "!= ") + Self.set(ranges)
        switch quantity {
        case .payloadLength: return lost(leaf, "nftables does not know the payload's length.")
        case .length:
            if ranges == [domain] { return positive ? [NftablesRule()] : [] }
            return [Self.plain("meta length \(values)")]
        case .ttl:
            if ranges == [domain] { return positive ? [NftablesRule()] : [] }
            return [Self.v4("ip ttl \(values)"), Self.v6("ip6 hoplimit \(values)")]
        case .dscp:
            if ranges == [domain] { return positive ? [NftablesRule()] : [] }
            return [Self.v4("ip dscp \(values)"), Self.v6("ip6 dscp \(values)")]
        }
    }

    mutating func fragment(_ value: FragmentValue, _ leaf: Leaf) -> [NftablesRule] {
        loseFragments(leaf)
        return switch value {
        case .yes: [Self.v4("ip frag-off & 0x3fff != 0"), Self.v6("exthdr frag exists")]
        case .no: [Self.v4("ip frag-off & 0x3fff == 0"), Self.v6("exthdr frag missing")]
        case .first: [Self.v4("ip frag-off & 0x3fff == 0x2000"), Self.v6("frag frag-off == 0")]
        case .later: [Self.v4("ip frag-off & 0x1fff != 0"), Self.v6("frag frag-off != 0")]
        }
    }

    mutating func otherFragment(_ value: FragmentValue, _ leaf: Leaf) -> [NftablesRule] {
        switch value {
        case .yes: return fragment(.no, leaf)
        case .no: return fragment(.yes, leaf)
        case .first, .later:
            loseFragments(leaf)
            let four = value == .first ? "ip frag-off & 0x3fff != 0x2000" : "ip frag-off & 0x1fff == 0"
            let six = value == .first ? "frag frag-off != 0" : "frag frag-off == 0"
            return [Self.v4(four), Self.v6("exthdr frag missing"), Self.v6(six)]
        }
    }

    private mutating func loseFragments(_ leaf: Leaf) {
        losses.add(
            .both, at: leaf.place,
            "Where nftables tracks connections, it sees no fragments: they were put together before.")
    }

    // MARK: Link

    mutating func hardware(
        _ side: Place, _ prefixes: [MACPrefix], _ leaf: Leaf, positive: Bool
    ) -> [NftablesRule] {
        losses.add(.both, at: leaf.place, "nftables reads hardware addresses only of packets that came in by Ethernet.")
        let fields =
            switch side {
            case .source: ["saddr"]
            case .destination: ["daddr"]
            case .either: ["saddr", "daddr"]
            }
        let values = NftablesRule.set(
            prefixes.map { prefix in
                let text = Self.colons(prefix.bytes)
                guard prefix.count < 6 else { return text }
                let rest = 6 - prefix.count
                return "\(Self.colons(prefix.bytes + Array(repeating: 0, count: rest)))-"
                    + Self.colons(prefix.bytes + Array(repeating: 255, count: rest))
            })
        if positive { return fields.map { Self.plain("ether \($0) \(values)") } }
        return [NftablesRule(matches: fields.map { .plain("ether \($0) != \(values)") })]
    }

    private static func colons(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    mutating func interfaces(
        _ side: Place, _ found: [Directory.Interface], _ leaf: Leaf, positive: Bool
    ) -> [NftablesRule] {
        var names: [String] = []
        for interface in found {
            let name = interface.kernelName ?? interface.displayName
            guard Self.canBeKernelName(name) else {
                return lost(leaf, "What the kernel calls the interface \"\(name)\" is not known.")
            }
            if interface.kernelName == nil {
                losses.add(.both, at: leaf.place, "\"\(name)\" is taken as the kernel's name of the interface.")
            }
            names.append("\"\(name.hasSuffix("*") ? name.dropLast() + "\\*" : name)\"")
        }
        let fields =
            switch side {
            case .source: ["iifname"]
            case .destination: ["oifname"]
            case .either: ["iifname", "oifname"]
            }
        let values = NftablesRule.set(names)
        if positive { return fields.map { Self.plain("\($0) \(values)") } }
        return [NftablesRule(matches: fields.map { .plain("\($0) != \(values)") })]
    }

    /// As the kernel sees it: 1 ... 15 bytes without a space or a slash; a quote would end nft's string.
    private static func canBeKernelName(_ name: String) -> Bool {
        1...15 ~= name.utf8.count
            && name.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x22 && $0 != 0x2F && $0 != 0x5C }
    }

    private static func set(_ ranges: [ClosedRange<UInt32>]) -> String {
        NftablesRule.set(
            ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" })
    }
}
