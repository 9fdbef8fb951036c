package import Expressions
import Primitives
package import TestSupport

/// Random expressions as the checker would make them, from few values, so that packets of the
/// same few values meet many of them. Every place is 0 ..< 0.
package struct RandomExpressions {
    package var random: SeededGenerator
    /// Variables that the expressions speak of.
    package var variables: [Variable]
    /// Chance of one in so many that a part is `any`; 0 for never.
    package var anyEvery = 40

    package init(seed: UInt64, variables: [Variable] = Variable.allCases) {
        random = SeededGenerator(seed: seed)
        self.variables = variables
    }

    /// The names that the expressions use.
    package static var directory: Directory {
        var directory = Directory()
        directory.interfaces = [
            .init(displayName: "Internet", kernelName: "eth0"),
            .init(displayName: "LAN", kernelName: "eth1"),
            .init(displayName: "eth0", kernelName: "eth2"),
            .init(displayName: "client 7", kernelName: "tun7", kind: .vpnClient),
            .init(displayName: "Branch", kernelName: "wg0", kind: .vpnTunnel, connection: "to the \"branch\""),
        ]
        directory.lists = [
            "servers": [range("10.0.0.1", "10.0.0.9"), range("2001:db8::1", "2001:db8::1")],
            "none": [],
        ]
        directory.users = [
            .init(name: "ann", groups: ["staff"], addresses: [address("10.0.0.1")]),
            .init(
                name: "bob, jr", groups: ["staff", "a[b]"], addresses: [address("10.0.0.2"), address("2001:db8::2")]),
            .init(name: #"DOM\carl"#, addresses: []),
        ]
        directory.groups = ["staff", "a[b]", "empty"]
        directory.services = ["intranet": [8000...8003, 80...80]]
        return directory
    }

    /// A whole expression: at most `depth` operators above a condition.
    package mutating func tree(depth: Int = 3) -> Tree { raw(depth).normalised }

    private mutating func raw(_ depth: Int) -> Tree {
        if anyEvery > 0, below(anyEvery) == 0 { return .any(.none) }
        guard depth > 0 else { return .condition(condition()) }
        switch below(8) {
        case 0, 1, 2: return .and((0...below(3) + 1).map { _ in raw(depth - 1) })
        case 3, 4, 5: return .or((0...below(3) + 1).map { _ in raw(depth - 1) })
        case 6: return .not(raw(depth - 1))
        default: return below(4) == 0 ? .inner(raw(depth - 1)) : .condition(condition())
        }
    }

    /// One condition of one of `variables`.
    package mutating func condition() -> Condition {
        let variable = pick(variables)
        let row = variable.row
        let choice = below(8)
        if row.values == .flags { return Condition(variable, .flags(flags(), negated: choice < 3), place: .none) }
        if row.isRelational, choice < 3 {
            let most = row.most
            let test: Test =
                switch below(4) {
                case 0: .interval(lower: number(of: row), upper: most)
                case 1: .interval(lower: min(number(of: row), most - 1) + 1, upper: most)
                case 2: .interval(lower: 0, upper: number(of: row))
                default: .interval(lower: 0, upper: max(number(of: row), 1) - 1)
                }
            return Condition(variable, test, place: .none)
        }
        if row.takesRegex, choice < 2 {
            let patterns = ["a", "^b/c$", #"\.example\."#, #"x\\/y"#, "[a-c]+1"]
            return Condition(variable, .matches(RegexLiteral(pick(patterns), ignoresCase: choice == 0)), place: .none)
        }
        let values = (0...(choice == 7 ? below(3) : 0)).map { _ in value(of: row) }
        return Condition(variable, choice < 5 ? .isOne(values) : .isNone(values), place: .none)
    }

    private mutating func flags() -> FlagTest {
        if below(6) == 0 { return below(2) == 0 ? .none : .all }
        let set = UInt8(truncatingIfNeeded: random.next()) & UInt8(truncatingIfNeeded: random.next()) & FlagTest.every
        let clear = UInt8(truncatingIfNeeded: random.next()) & FlagTest.every & ~set
        return set | clear == 0 ? FlagTest(set: 2, clear: 0) : FlagTest(set: set, clear: clear)
    }

    // MARK: Values

    private mutating func value(of row: VariableRow) -> Value {
        switch row.values {
        case .addresses: addressValue()
        case .interfaces: interfaceValue()
        case .numbers(_, let services):
            services && below(5) == 0 ? .service(pick(["intranet", "http", "netbios"])) : numberRange(of: row)
        case .protocols:
            pick([
                .protocolName("tcp", 6), .protocolName("udp", 17), .protocolName("icmp", 1),
                .protocolName("icmp6", 58), .protocolName("gre", 47), .number(lower: 17, upper: 17),
            ])
        case .ipVersion: pick([.number(lower: 4, upper: 4), .number(lower: 6, upper: 6)])
        case .icmp: .icmp(pick(Self.icmp))
        case .icmp6: .icmp(pick(Self.icmp6))
        case .asn: pick([.number(lower: 64500, upper: 64500), .number(lower: 13335, upper: 13335)])
        case .payload: .bytes(pick([Array("GET ".utf8), [0, 255, 34, 92, 120], Array(#"a\x41"b"#.utf8)]))
        case .hardware:
            pick([
                .mac(prefix: 0x0200_0000_0001, count: 6), .mac(prefix: 0x0200_0000_0002, count: 6),
                .mac(prefix: 0x020000, count: 3), .mac(prefix: 0x02_0000_00, count: 4),
            ])
        case .direction: .direction(incoming: below(2) == 0)
        case .fragment: .fragment(pick(FragmentValue.allCases))
        case .verdict: .verdict(pick(VerdictValue.allCases))
        case .rule: .text(pick(["Internet access", #"a \"quoted\" \ rule\"#, "NAT"]))
        case .user: .users([user()])
        case .host: .text(pick(["example.com", "*.example.com", "a-b.c_d.org"]))
        case .country: .country(pick(["DE", "CZ"]))
        case .flags: preconditionFailure("flags are no values")
        }
    }

    private static let icmp: [ICMPValue] = [
        ICMPNames.value(of: "echo-request")!, ICMPNames.value(of: "unreachable/port")!,
        ICMPNames.value(of: "redirect")!, ICMPNames.value(of: "packet-too-big")!,
        ICMPValue(name: nil, v4: .init(type: 8, code: nil), v6: nil),
        ICMPValue(name: nil, v4: .init(type: 3, code: 3), v6: nil),
    ]

    private static let icmp6: [ICMPValue] = [
        ICMPValue(name: "echo-request", v4: nil, v6: .init(type: 128, code: nil)),
        ICMPValue(name: "unreachable/port", v4: nil, v6: .init(type: 1, code: 4)),
        ICMPValue(name: nil, v4: nil, v6: .init(type: 1, code: 4)),
        ICMPValue(name: nil, v4: nil, v6: .init(type: 135, code: nil)),
    ]

    private mutating func addressValue() -> Value {
        switch below(12) {
        case 0: .list(pick(["servers", "none"]))
        case 1: .users((0...below(2)).map { _ in user() })
        case 2: .addresses(Self.range("10.0.0.1", "10.0.0.3"))
        case 3: .addresses(Self.range("2001:db8::1", "2001:db8::5"))
        case 4: .addresses(AddressRange(Self.address("10.0.0.0"), prefixLength: pick([0, 8, 30, 31, 32]))!)
        case 5: .addresses(AddressRange(Self.address("2001:db8::"), prefixLength: pick([0, 32, 126, 128]))!)
        case 6, 7: .addresses(AddressRange(Self.address("2001:db8::\(below(4))")))
        default: .addresses(AddressRange(Self.address("10.0.0.\(below(5))")))
        }
    }

    private mutating func interfaceValue() -> Value {
        switch below(8) {
        case 0: .vpn
        case 1: .vpnClient
        case 2: .vpnConnection("to the \"branch\"")
        default: .interface(pick(["Internet", "LAN", "eth0", "eth1", "wg0", "client 7"]))
        }
    }

    private mutating func user() -> UserName {
        pick([
            UserName("ann", isGroup: false), UserName("bob, jr", isGroup: false),
            UserName(#"DOM\carl"#, isGroup: false),
            UserName("staff", isGroup: true), UserName("a[b]", isGroup: true), UserName("empty", isGroup: true),
        ])
    }

    private mutating func numberRange(of row: VariableRow) -> Value {
        let lower = number(of: row)
        let upper = below(3) == 0 ? min(lower + UInt32(below(100)), row.most) : lower
        return .number(lower: lower, upper: upper)
    }

    private mutating func number(of row: VariableRow) -> UInt32 {
        let pool: [UInt32] =
            switch row.variable {
            case .ttl: [0, 1, 63, 64, 128, 255]
            case .dscp: [0, 8, 46, 63]
            case .vlan: [0, 1, 7, 100, 4095]
            case .length, .payloadLength: [0, 40, 60, 84, 100, 1500, 65_535]
            default: [0, 53, 80, 137, 138, 139, 443, 1024, 8080, 50_000, 65_535]
            }
        return pick(pool)
    }

    // MARK: Chance

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    private static func address(_ text: String) -> IPAddress { IPAddress(parsing: text)! }

    private static func range(_ lower: String, _ upper: String) -> AddressRange {
        AddressRange(address(lower), address(upper))!
    }
}

extension SourceRange {
    /// The place of a condition that no text has.
    package static let none = SourceRange(0, 0)
}

extension Tree {
    /// The tree without its places, so that trees of different texts compare.
    package var withoutPlaces: Tree {
        switch self {
        case .any: .any(.none)
        case .and(let parts): .and(parts.map(\.withoutPlaces))
        case .or(let parts): .or(parts.map(\.withoutPlaces))
        case .not(let tree): .not(tree.withoutPlaces)
        case .inner(let tree): .inner(tree.withoutPlaces)
        case .condition(let condition): .condition(Condition(condition.variable, condition.test, place: .none))
        }
    }

    /// Rule 4, spelled out slowly: chains dissolve into the chain around them, and then the intervals
    /// of one chain on one variable are intersected where the first of them stands.
    package var normalised: Tree {
        switch self {
        case .any, .condition:
            return self
        case .not(let tree):
            return .not(tree.normalised)
        case .inner(let tree):
            return .inner(tree.normalised)
        case .or(let parts):
            return .or(
                parts.map(\.normalised).flatMap { part in
                    if case .or(let inner) = part { inner } else { [part] }
                })
        case .and(let parts):
            let flat = parts.map(\.normalised).flatMap { part in
                if case .and(let inner) = part { inner } else { [part] }
            }
            var merged: [Tree] = []
            for part in flat {
                if let (variable, lower, upper) = part.interval,
                    let first = merged.firstIndex(where: { $0.interval?.variable == variable }),
                    let (_, otherLower, otherUpper) = merged[first].interval
                {
                    let test = Test.interval(lower: max(lower, otherLower), upper: min(upper, otherUpper))
                    merged[first] = .condition(Condition(variable, test, place: .none))
                } else {
                    merged.append(part)
                }
            }
            return merged.count == 1 ? merged[0] : .and(merged)
        }
    }

    private var interval: (variable: Variable, lower: UInt32, upper: UInt32)? {
        guard case .condition(let condition) = self, case .interval(let lower, let upper) = condition.test
        else { return nil }
        return (condition.variable, lower, upper)
    }
}
