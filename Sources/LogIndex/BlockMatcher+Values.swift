import Expressions
import PacketDecoding
import Primitives

// What single values ask of a block.

extension BlockTest {
    static func addresses(_ values: [Value], _ directory: Directory) -> BlockTest {
        guard directory.usersMayMove else { return fixedAddresses(values, directory) }
        // Who was there stands in the record.
        var users: [UserName] = []
        for case .users(let names) in values { users += names }
        let others = values.filter { if case .users = $0 { false } else { true } }
        return BlockTest.either([
            fixedAddresses(others, directory), users.isEmpty ? .never : self.users(users, directory),
        ])
    }

    private static func fixedAddresses(_ values: [Value], _ directory: Directory) -> BlockTest {
        var keys: [SummaryKey] = []
        for range in values.flatMap({ $0.addressRanges(directory) }) {
            switch (range.lower, range.upper) {
            case (.v4(let lower), .v4(let upper)): add(lower.number, upper.number, to: &keys)
            case (.v6(let lower), .v6(let upper)): add(lower.number, upper.number, to: &keys)
            default: continue
            }
            if keys.count > mostKeys { return .facts(.ip) }
        }
        return keys.isEmpty ? .never : .keys(keys)
    }

    /// A few addresses one by one, more by their networks; more than `mostKeys` for what is wider than all.
    private static func add(_ lower: UInt32, _ upper: UInt32, to keys: inout [SummaryKey]) {
        if upper - lower < 16 {
            for address in lower...upper { keys.append(SummaryKey(.address4, UInt64(address))) }
            return
        }
        let (first, last) = (lower >> 8, upper >> 8)
        guard last - first < UInt32(mostKeys) else {
            return keys += repeatElement(.network(lower), count: mostKeys + 1)
        }
        for network in first...last { keys.append(.network(network << 8)) }
    }

    private static func add(_ lower: UInt128, _ upper: UInt128, to keys: inout [SummaryKey]) {
        if upper - lower < 16 {
            for offset in 0...UInt128(upper - lower) { keys.append(SummaryKey(lower + offset)) }
            return
        }
        let (first, last) = (lower >> 64, upper >> 64)
        guard last - first < UInt128(mostKeys) else {
            return keys += repeatElement(.network(lower), count: mostKeys + 1)
        }
        for network in first...last { keys.append(.network(network << 64)) }
    }

    /// The interface's names as the blocks may have them: the one asked for, and the display names of all that the
    /// directory says are meant.
    static func interfaces(_ values: [Value], _ directory: Directory) -> BlockTest {
        var names: Set<String> = []
        for value in values {
            if case .interface(let name) = value { names.insert(name) }
            for interface in directory.interfaces ?? [] where value.mayMean(interface) {
                names.insert(interface.displayName)
            }
        }
        return names.isEmpty ? .never : .keys(names.map { SummaryKey(.interface, $0) })
    }

    static func value(_ value: Value, _ directory: Directory) -> BlockTest {
        switch value {
        case .direction(let incoming):
            .directions(1 << (incoming ? FrameDirection.incoming : .outgoing).rawValue)
        case .fragment(let fragment): .facts(fragment.facts)
        case .verdict(let verdict): .verdicts(1 << verdict.decoded.rawValue)
        case .text(let text): self.text(text)
        case .users(let names): users(names, directory)
        case .country(let letters): country(letters)
        case .icmp(let value): icmp(value)
        case .mac(let prefix, let count): hardware(prefix, count)
        // Payloads are not in the index, but for empty ones.
        case .bytes: .always
        default: .always
        }
    }

    /// A rule's name, or a host's: both are asked for, since a value does not say which it is.
    private static func text(_ text: String) -> BlockTest {
        let rule = SummaryKey(.rule, text)
        let name = text.lowercased()
        if name.hasPrefix("*.") { return .keys([rule, SummaryKey(.parent, String(name.dropFirst(2)))]) }
        return .keys([rule, SummaryKey(.host, name)])
    }

    private static func users(_ names: [UserName], _ directory: Directory) -> BlockTest {
        var keys: [SummaryKey] = []
        for name in names {
            if !name.isGroup { keys.append(SummaryKey(.user, name.name)) }
            for user in directory.users ?? [] where name.isGroup && user.groups.contains(name.name) {
                keys.append(SummaryKey(.user, user.name))
            }
        }
        if keys.count > mostKeys { return .facts(.user) }
        return keys.isEmpty ? .never : .keys(keys)
    }

    private static func country(_ letters: String) -> BlockTest {
        guard letters.utf8.count == 2 else { return .never }
        return .keys([SummaryKey(.country, letters.uppercased().utf8.reduce(0) { $0 << 8 | UInt64($1) })])
    }

    private static func icmp(_ value: ICMPValue) -> BlockTest {
        var keys: [SummaryKey] = []
        for (family, meaning) in [(UInt64(0), value.v4), (1, value.v6)] {
            guard let meaning else { continue }
            let type = family << 8 | UInt64(meaning.type)
            keys.append(
                meaning.code.map { SummaryKey(.icmp, type << 8 | UInt64($0)) } ?? SummaryKey(.icmpType, type))
        }
        return keys.isEmpty ? .never : .keys(keys)
    }

    private static func hardware(_ prefix: UInt64, _ count: Int) -> BlockTest {
        guard 3...6 ~= count else { return .facts(.hardware) }
        if count == 6 { return .keys([SummaryKey(.hardware, prefix)]) }
        return .keys([SummaryKey(.vendor, prefix >> UInt64(8 * (count - 3)))])
    }
}

extension Value {
    func ranges(_ directory: Directory) -> [ClosedRange<UInt32>] {
        switch self {
        case .number(let lower, let upper): lower <= upper ? [lower...upper] : []
        case .protocolName(_, let number): [UInt32(number)...UInt32(number)]
        case .service(let name):
            (directory.ports(ofService: name.lowercased()) ?? []).map { UInt32($0.lowerBound)...UInt32($0.upperBound) }
        default: []
        }
    }

    fileprivate func addressRanges(_ directory: Directory) -> [AddressRange] {
        switch self {
        case .addresses(let range): [range]
        case .list(let name): directory.lists?[name] ?? []
        case .users(let names):
            (directory.users ?? []).filter { user in
                names.contains { $0.isGroup ? user.groups.contains($0.name) : user.name == $0.name }
            }.flatMap(\.addresses).map { AddressRange($0) }
        default: []
        }
    }

    fileprivate func mayMean(_ interface: Directory.Interface) -> Bool {
        switch self {
        case .interface(let name): interface.displayName == name || interface.kernelName == name
        case .vpnClient: interface.kind == .vpnClient
        case .vpn: interface.kind == .vpnClient || interface.kind == .vpnTunnel
        case .vpnConnection(let name): interface.connection == name
        default: false
        }
    }
}

extension FragmentValue {
    fileprivate var facts: BlockSummary.Facts {
        switch self {
        case .yes: [.firstFragment, .laterFragment]
        case .no: .wholePacket
        case .first: .firstFragment
        case .later: .laterFragment
        }
    }
}

extension VerdictValue {
    fileprivate var decoded: Layers.Verdict {
        switch self {
        case .pass: .pass
        case .drop: .drop
        case .reject: .reject
        }
    }
}
