// The values that a variable takes, and of names those that exist here.

extension Completer {
    mutating func offerValues(_ row: VariableRow, _ comparator: Token.Kind, isInSet: Bool) {
        guard comparator == .equal || comparator == .unequal else { return }
        switch row.values {
        case .addresses:
            offerLists(prefix: "list:")
            offerUsers { "user:\($0)" }
        case .interfaces: offerInterfaces()
        case .numbers(_, let services): if services { offerServices() }
        case .protocols:
            for name in ProtocolNames.all {
                offer(name, .value, "protocol \(ProtocolNames.number(of: name) ?? 0)")
            }
        case .ipVersion:
            offer("4", .value, "IPv4")
            offer("6", .value, "IPv6")
        case .icmp: offerICMP(only6: false)
        case .icmp6: offerICMP(only6: true)
        case .direction:
            offer("in", .value, "received by the gateway")
            offer("out", .value, "sent by the gateway")
        case .fragment:
            offer("yes", .value, "a fragment")
            offer("no", .value, "not a fragment")
            offer("first", .value, "the first fragment")
            offer("later", .value, "a fragment behind the first")
        case .verdict: for verdict in VerdictValue.allCases { offer(verdict.rawValue, .value, "by the firewall") }
        case .user: offerUsers { $0 }
        case .payload, .hardware, .rule, .host, .country, .asn, .flags: break
        }
        if !isInSet, row.values != .flags { offer("{", .symbol, "begins a set of values") }
    }

    private mutating func offerServices() {
        let own = directory.services.keys.sorted()
        for name in own + Services.names.filter({ directory.services[$0] == nil }) {
            let ports = (directory.ports(ofService: name) ?? []).map {
                $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
            }
            offer(Quoting.plainOrQuoted(name), .name, "port \(ports.joined(separator: ", "))", named: name)
        }
    }

    private mutating func offerICMP(only6: Bool) {
        for name in ICMPNames.all(onlyICMP6: only6) {
            guard let value = ICMPNames.value(of: name) else { continue }
            let families = [only6 ? nil : value.v4.map { ("ICMP", $0) }, value.v6.map { ("ICMPv6", $0) }]
            let meaning = families.compactMap { family in
                family.map { name, numbers in "\(name) \(numbers.type)\(numbers.code.map { "/\($0)" } ?? "")" }
            }
            offer(name, .value, meaning.joined(separator: ", "))
        }
    }

    private mutating func offerInterfaces() {
        for interface in directory.interfaces ?? [] {
            let kernel = interface.kernelName.map { $0 == interface.displayName ? "" : ", \($0)" } ?? ""
            offer(
                Quoting.quoted(interface.displayName), .name, "interface\(kernel)", named: interface.displayName)
        }
        let displayNames = Set((directory.interfaces ?? []).map(\.displayName))
        for interface in directory.interfaces ?? [] {
            guard let name = interface.kernelName, !displayNames.contains(name) else { continue }
            offer(Quoting.quoted(name), .name, "interface \(interface.displayName)", named: name)
        }
        offer("vpn", .value, "any tunnel interface")
        offer("vpnclient", .value, "an interface on which one remote client ends")
        offerConnections(prefix: "vpn:")
    }

    mutating func offerConnections(prefix: String) {
        for interface in directory.interfaces ?? [] {
            guard let name = interface.connection else { continue }
            offer(prefix + Quoting.quoted(name), .name, "VPN connection", named: name)
        }
    }

    mutating func offerLists(prefix: String) {
        for name in (directory.lists ?? [:]).keys.sorted() {
            offer(prefix + Quoting.quoted(name), .name, "IP group", named: name)
        }
    }

    /// `write` makes what is inserted of a name in quotes.
    mutating func offerUsers(_ write: (String) -> String) {
        for user in directory.users ?? [] {
            offer(write(Quoting.quoted([UserName(user.name, isGroup: false)])), .name, "user", named: user.name)
        }
        for group in directory.groups ?? [] {
            offer(write(Quoting.quoted([UserName(group, isGroup: true)])), .name, "group", named: "[\(group)]")
        }
    }
}
