import ExpressionSupport
import Expressions
import PacketDecoding
import Patterns
import Primitives

/// The obviously correct evaluator: walks the tree, packet by packet, as the language's page says it.
/// Slow, simple, and sharing nothing with the program but the decoder's facts and the regular expressions.
struct Twin {
    let directory: Directory
    /// What the run knows by which number.
    var interfaces: [InterfaceID: Directory.Interface] = [:]
    var users: [UInt32: Directory.User] = [:]
    var hosts: [UInt32: String] = [:]

    init(directory: Directory) { self.directory = directory }

    func meets(_ tree: Tree, _ packet: TestPacket) -> Bool {
        switch tree {
        case .any: packet.isIP
        case .and(let trees): trees.allSatisfy { meets($0, packet) }
        case .or(let trees): trees.contains { meets($0, packet) }
        case .not(let tree): !meets(tree, packet)
        case .inner(let tree): packet.inside.map { meets(tree, $0) } ?? false
        case .condition(let condition): meets(condition, packet)
        }
    }

    private func meets(_ condition: Condition, _ packet: TestPacket) -> Bool {
        switch condition.test {
        case .isOne(let values): values.contains { meets(condition.variable, $0, packet) }
        case .isNone(let values): !values.contains { meets(condition.variable, $0, packet) }
        case .interval(let lower, let upper):
            lower <= upper && meets(condition.variable, .number(lower: lower, upper: upper), packet)
        case .flags(let flags, let negated): packet.has(flags) != negated
        case .matches(let regex): matches(condition.variable, regex, packet)
        }
    }

    private func meets(_ variable: Variable, _ value: Value, _ packet: TestPacket) -> Bool {
        switch variable {
        case .addr: meets(.saddr, value, packet) || meets(.daddr, value, packet)
        case .saddr: packet.address(at: (12, 8)).map { isOne($0, value) } ?? false
        case .daddr: packet.address(at: (16, 24)).map { isOne($0, value) } ?? false
        case .port: meets(.sport, value, packet) || meets(.dport, value, packet)
        case .sport: packet.number(.ports, UInt32(packet.layers.sourcePort)).map { isOne($0, value) } ?? false
        case .dport: packet.number(.ports, UInt32(packet.layers.destinationPort)).map { isOne($0, value) } ?? false
        case .interface:
            isOne(packet.frame.interface, value) || meets(.incomingInterface, value, packet)
                || meets(.outgoingInterface, value, packet)
        case .incomingInterface: isOne(packet.frame.incoming, value)
        case .outgoingInterface: isOne(packet.frame.outgoing, value)
        case .direction: packet.isIncoming.map { value == .direction(incoming: $0) } ?? false
        case .proto:
            packet.number(.upperProtocol, UInt32(packet.layers.protocolNumber)).map { isOne($0, value) } ?? false
                || packet.number(.authentication, 51).map { isOne($0, value) } ?? false
        case .ipVersion: packet.version.map { isOne($0, value) } ?? false
        case .icmp, .icmp6: packet.isICMP(value)
        case .length: packet.isIP && isOne(packet.layers.totalLength, value)
        case .payloadLength: packet.number(.payload, packet.layers.payloadLength).map { isOne($0, value) } ?? false
        case .ttl: packet.isIP && isOne(UInt32(packet.layers.ttl), value)
        case .dscp: packet.isIP && isOne(UInt32(packet.layers.dscp), value)
        case .vlan: packet.tags.contains { isOne(UInt32($0), value) }
        case .payload: packet.payload.map { $0.holds(value) } ?? false
        case .mac: meets(.smac, value, packet) || meets(.dmac, value, packet)
        case .smac: packet.hardware(.sourceMAC, packet.layers.sourceMAC).map { $0.begins(value) } ?? false
        case .dmac: packet.hardware(.destinationMAC, packet.layers.destinationMAC).map { $0.begins(value) } ?? false
        case .fragment: packet.isFragment(value)
        case .rule: packet.rule.map { value == .text(String(decoding: $0, as: UTF8.self)) } ?? false
        case .verdict: packet.isVerdict(value)
        case .user: isOne(user: packet.facts.sourceUser, value) || isOne(user: packet.facts.destinationUser, value)
        case .host: packet.hosts.contains { isOne(host: $0, value) }
        case .country:
            packet.countries.contains { value == .country($0) }
        case .asn: [packet.facts.sourceASN, packet.facts.destinationASN].contains { $0 != 0 && isOne($0, value) }
        case .tcpFlags: false
        }
    }

    private func matches(_ variable: Variable, _ regex: RegexLiteral, _ packet: TestPacket) -> Bool {
        switch variable {
        case .payload: packet.payload.map { regex.matches($0, .bytes) } ?? false
        case .rule: packet.rule.map { regex.matches($0, .text) } ?? false
        case .user:
            [packet.facts.sourceUser, packet.facts.destinationUser].compactMap { users[$0] }
                .contains { regex.matches(Array($0.name.utf8), .text) }
        case .host:
            packet.hosts.compactMap { hosts[$0] }.contains {
                RegexLiteral(regex.pattern, ignoresCase: true).matches(Array($0.plainName.utf8), .text)
            }
        default: false
        }
    }

    // MARK: Values

    private func isOne(_ number: UInt32, _ value: Value) -> Bool {
        switch value {
        case .number(let lower, let upper): lower <= number && number <= upper
        case .protocolName(_, let known): number == UInt32(known)
        case .service(let name): directory.ports(ofService: name)?.contains { $0.contains(UInt16(number)) } ?? false
        default: false
        }
    }

    private func isOne(_ address: IPAddress, _ value: Value) -> Bool {
        switch value {
        case .addresses(let range): range.holds(address)
        case .list(let name): directory.lists?[name]?.contains { $0.holds(address) } ?? false
        case .users(let names):
            directory.users?.contains { user in
                user.addresses.contains(address) && names.contains { $0.belongs(to: user) }
            } ?? false
        default: false
        }
    }

    private func isOne(_ id: InterfaceID, _ value: Value) -> Bool {
        guard let interface = interfaces[id] else { return false }
        switch value {
        case .interface(let name):
            let all = Array(interfaces.values) + (directory.interfaces ?? [])
            // A display name wins over another interface's kernel name.
            return all.contains { $0.displayName == name }
                ? interface.displayName == name : interface.kernelName == name
        case .vpn: return interface.kind == .vpnClient || interface.kind == .vpnTunnel
        case .vpnClient: return interface.kind == .vpnClient
        case .vpnConnection(let name): return interface.connection == name
        default: return false
        }
    }

    private func isOne(user id: UInt32, _ value: Value) -> Bool {
        guard let user = users[id], case .users(let names) = value else { return false }
        return names.contains { $0.belongs(to: user) }
    }

    private func isOne(host id: UInt32, _ value: Value) -> Bool {
        guard let name = hosts[id]?.plainName, case .text(let wanted) = value else { return false }
        return wanted.hasPrefix("*.") ? name.hasSuffix(wanted.dropFirst()) : name == wanted
    }
}

// MARK: What a packet is

extension TestPacket {
    fileprivate var isIP: Bool { layers.present.contains(.ipv4) || layers.present.contains(.ipv6) }

    fileprivate var version: UInt32? {
        layers.present.contains(.ipv4) ? 4 : layers.present.contains(.ipv6) ? 6 : nil
    }

    /// The packet inside the tunnel. Nobody looked up the facts of its addresses.
    fileprivate var inside: TestPacket? {
        var inner = Layers()
        guard inner.decodeInner(of: layers, bytes.span.bytes, originalLength: frame.originalLength) else { return nil }
        return TestPacket(frame: frame, layers: inner, bytes: bytes)
    }

    /// The address that stands so far behind the header's first byte, in each family.
    fileprivate func address(at offsets: (v4: Int, v6: Int)) -> IPAddress? {
        let header = Int(layers.networkOffset)
        switch version {
        case 4: return .v4(IPv4Address(bytes[(header + offsets.v4)...].prefix(4).reduce(0) { $0 << 8 | UInt32($1) }))
        case 6: return .v6(IPv6Address(bytes[(header + offsets.v6)...].prefix(16).reduce(0) { $0 << 8 | UInt128($1) }))
        default: return nil
        }
    }

    fileprivate func number(_ fact: Layers.Presence, _ number: UInt32) -> UInt32? {
        layers.present.contains(fact) ? number : nil
    }

    /// A record with an incoming interface is incoming, whatever else it has.
    fileprivate var isIncoming: Bool? {
        if frame.incoming != .none { return true }
        if frame.outgoing != .none { return false }
        return frame.direction == .unknown ? nil : frame.direction == .incoming
    }

    fileprivate func has(_ flags: FlagTest) -> Bool {
        guard layers.present.contains(.tcpFlags) else { return false }
        return (0..<6).allSatisfy { bit in
            let isSet = layers.tcpFlags >> bit & 1 == 1
            return (flags.set >> bit & 1 == 0 || isSet) && (flags.clear >> bit & 1 == 0 || !isSet)
        }
    }

    fileprivate func isICMP(_ value: Value) -> Bool {
        guard layers.present.contains(.icmp), case .icmp(let value) = value,
            let meant = layers.protocolNumber == 58 ? value.v6 : value.v4
        else { return false }
        return layers.icmpType == meant.type && (meant.code == nil || layers.icmpCode == meant.code)
    }

    fileprivate var tags: [UInt16] {
        guard layers.present.contains(.vlan) else { return [] }
        return (0..<Int(layers.vlanCount)).map { layers.vlans[$0] }
    }

    /// The captured payload; absent where there was one and nothing of it was captured.
    fileprivate var payload: [UInt8]? {
        guard layers.present.contains(.payload) else { return nil }
        let captured = bytes.dropFirst(Int(layers.payloadOffset)).prefix(Int(layers.payloadLength))
        return captured.isEmpty && layers.payloadLength > 0 ? nil : Array(captured)
    }

    fileprivate func hardware(_ fact: Layers.Presence, _ offset: Int32) -> [UInt8]? {
        layers.present.contains(fact) ? Array(bytes[Int(offset)...].prefix(6)) : nil
    }

    fileprivate func isFragment(_ value: Value) -> Bool {
        let isFragment = layers.present.contains(.fragment) || layers.present.contains(.laterFragment)
        return switch value {
        case .fragment(.yes): isIP && isFragment
        case .fragment(.no): isIP && !isFragment
        case .fragment(.first): isIP && isFragment && !layers.present.contains(.laterFragment)
        case .fragment(.later): isIP && layers.present.contains(.laterFragment)
        default: false
        }
    }

    fileprivate var rule: [UInt8]? {
        guard layers.present.contains(.rule) else { return nil }
        return Array(bytes[Int(layers.ruleOffset)...].prefix(Int(layers.ruleLength)))
    }

    fileprivate func isVerdict(_ value: Value) -> Bool {
        guard layers.present.contains(.verdict) else { return false }
        return switch layers.verdict {
        case .pass: value == .verdict(.pass)
        case .drop: value == .verdict(.drop)
        case .reject: value == .verdict(.reject)
        }
    }

    fileprivate var hosts: [UInt32] {
        [facts.sourceHosts, facts.destinationHosts].flatMap { names in names.indices.map { names[$0] } }
    }

    fileprivate var countries: [String] {
        [facts.sourceCountry, facts.destinationCountry].filter { $0 != 0 }
            .map { String(decoding: [UInt8($0 >> 8), UInt8($0 & 0xFF)], as: UTF8.self) }
    }
}

extension [UInt8] {
    fileprivate func holds(_ value: Value) -> Bool {
        guard case .bytes(let wanted) = value, wanted.count <= count else { return false }
        return (0...count - wanted.count).contains { Array(self[$0...].prefix(wanted.count)) == wanted }
    }

    fileprivate func begins(_ value: Value) -> Bool {
        guard case .mac(let prefix, let count) = value else { return false }
        return self.prefix(count).reduce(0) { $0 << 8 | UInt64($1) } == prefix
    }
}

extension AddressRange {
    fileprivate func holds(_ address: IPAddress) -> Bool {
        switch (lower, address, upper) {
        case (.v4(let lower), .v4(let address), .v4(let upper)): lower <= address && address <= upper
        case (.v6(let lower), .v6(let address), .v6(let upper)): lower <= address && address <= upper
        default: false
        }
    }
}

extension UserName {
    fileprivate func belongs(to user: Directory.User) -> Bool {
        isGroup ? user.groups.contains(name) : user.name == name
    }
}

extension RegexLiteral {
    fileprivate func matches(_ text: [UInt8], _ subject: Pattern.Subject) -> Bool {
        guard let pattern = try? Pattern(pattern, ignoresCase: ignoresCase, over: subject) else { return false }
        return pattern.matches(text.span.bytes)
    }
}

extension String {
    /// A domain name as names are compared.
    fileprivate var plainName: String { (hasSuffix(".") ? String(dropLast()) : self).lowercased() }
}
