import PacketDecoding
import Patterns
import Primitives

extension Program {
    /// The program as text, a line for each instruction: its number, what it tests, and where it goes on when
    /// the test is met and when it is not. Sub-programs, for packets inside others, follow behind what asks
    /// for them. Large sets are summed up.
    public var listing: String {
        guard entry >= 0 else { return Self.name(of: entry, inside: false) + "\n" }
        let tests = code.map { describe($0) }
        let width = min(tests.reduce(0) { max($0, $1.count) }, 56)
        let digits = String(code.count - 1).count
        let beginnings = Dictionary(
            code.enumerated().filter { $0.1.opcode == .inner }.map { (Int32(bitPattern: $0.1.a), $0.0) },
            uniquingKeysWith: { first, _ in first })
        var lines: [String] = []
        var inside = false
        for (index, instruction) in code.enumerated() {
            if let asking = beginnings[Int32(index)] {
                inside = true
                lines.append("the packet inside, for \(asking):")
            }
            let number = String(repeating: " ", count: digits - String(index).count) + String(index)
            let test = tests[index] + String(repeating: " ", count: max(0, width - tests[index].count))
            let met = Self.name(of: instruction.met, inside: inside)
            lines.append("\(number)  \(test)  -> \(met), \(Self.name(of: instruction.unmet, inside: inside))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func name(of target: Int32, inside: Bool) -> String {
        switch target {
        case Instruction.End.accept: inside ? "met" : "accept"
        case Instruction.End.reject: inside ? "not met" : "reject"
        default: String(target)
        }
    }

    private func describe(_ test: Instruction) -> String {
        let operand = describeOperand(test)
        return operand.isEmpty ? test.opcode.mnemonic : test.opcode.mnemonic + " " + operand
    }

    private func describeOperand(_ test: Instruction) -> String {
        switch test.opcode {
        case .presence: Self.facts(test.a)
        case .fragment: Self.members(test.a, ["whole", "first", "later"])
        case .portEither, .portSource, .portDestination, .proto, .length, .payloadLength, .ttl, .dscp:
            Self.list(test.ranges.map { Self.range($0.lower, $0.upper) })
        case .icmp: Self.list(test.ranges.map(Self.icmp))
        case .addressEither, .addressSource, .addressDestination:
            Self.list(test.ranges.map { Self.range4($0.lower, $0.upper) })
        case .portBitsEither, .portBitsSource, .portBitsDestination:
            Self.list(bitRanges(test.a, words: 1024).map { Self.range($0.lower, $0.upper) }) + " by bitmap"
        case .vlan: Self.list(bitRanges(test.a, words: 64).map { Self.range($0.lower, $0.upper) })
        case .addressTableEither, .addressTableSource, .addressTableDestination: addresses(test.a)
        case .protoTable, .lengthTable, .payloadLengthTable, .ttlTable, .dscpTable, .asn:
            Self.list(ranges(test).map { Self.range($0.lower, $0.upper) })
        case .icmpTable: Self.list(ranges(test).map(Self.icmp))
        case .country:
            Self.list(
                ranges(test).flatMap { $0.lower...$0.upper }.map {
                    String(
                        decoding: [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)], as: UTF8.self)
                })
        case .hardwareEither, .hardwareSource, .hardwareDestination: hardware(test)
        case .flags: Self.flags(mask: UInt8(test.a), value: UInt8(test.b))
        case .direction: Self.members(test.a, ["unknown", "in", "out"])
        case .verdict: Self.members(test.a, ["pass", "drop", "reject"])
        case .interfaceEither, .interfaceIncoming, .interfaceOutgoing: interfaces(Int(test.a))
        case .user, .userSource, .userDestination: users(Int(test.a))
        case .host: hosts(Int(test.a))
        case .payloadContains, .ruleEquals: Self.quoted(tables.bytes[Int(test.a)..<Int(test.a + test.b)])
        case .payloadMatches, .ruleMatches: tables.patterns[Int(test.a)].literal
        case .inner: "packet " + Self.name(of: Int32(bitPattern: test.a), inside: true)
        }
    }
}

// MARK: Operands in words

extension Program {
    /// How many members of a set are written out.
    private static let shown = 6

    private static func list(_ members: [String]) -> String {
        guard members.count > shown + 1 else { return members.joined(separator: ", ") }
        return members.prefix(shown).joined(separator: ", ") + " and \(members.count - shown) more"
    }

    private static func members(_ mask: UInt32, _ names: [String]) -> String {
        names.indices.filter { mask & 1 << UInt32($0) != 0 }.map { names[$0] }.joined(separator: ", ")
    }

    private static func facts(_ mask: UInt32) -> String {
        let present = Layers.Presence(rawValue: mask)
        return [(Layers.Presence.ipv4, "4"), (.ipv6, "6"), (.authentication, "ah")].filter { present.contains($0.0) }
            .map(\.1)
            .joined(separator: ", ")
    }

    private static func range<Number: Equatable>(_ lower: Number, _ upper: Number) -> String {
        lower == upper ? "\(lower)" : "\(lower)-\(upper)"
    }

    private static func icmp(_ range: (lower: UInt32, upper: UInt32)) -> String {
        let family = range.lower >> 16 == 0 ? "4:" : "6:"
        let type = range.lower >> 8 & 0xFF
        if range.lower & 0xFF == 0, range.upper & 0xFF == 0xFF, range.lower >> 16 == range.upper >> 16 {
            return family + self.range(type, range.upper >> 8 & 0xFF)
        }
        let first = "\(family)\(type)/\(range.lower & 0xFF)"
        guard range.lower != range.upper else { return first }
        return first + "-\(range.upper >> 8 & 0xFF)/\(range.upper & 0xFF)"
    }

    /// A prefix where the range is one.
    private static func range4(_ lower: UInt32, _ upper: UInt32) -> String {
        let size = lower ^ upper
        guard lower != upper, size & (size &+ 1) == 0, lower & size == 0 else {
            return range(IPv4Address(lower), IPv4Address(upper))
        }
        return "\(IPv4Address(lower))/\(size.leadingZeroBitCount)"
    }

    private static func range6(_ lower: UInt128, _ upper: UInt128) -> String {
        let size = lower ^ upper
        guard lower != upper, size & (size &+ 1) == 0, lower & size == 0 else {
            return range(IPv6Address(lower), IPv6Address(upper))
        }
        return "\(IPv6Address(lower))/\(size.leadingZeroBitCount)"
    }

    private static func flags(mask: UInt8, value: UInt8) -> String {
        let names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"]
        return names.indices.filter { mask & 1 << UInt8($0) != 0 }
            .map { (value & 1 << UInt8($0) != 0 ? "+" : "-") + names[$0] }.joined(separator: " ")
    }

    /// The bytes in quotes; what is not printable ASCII as `\xNN`.
    private static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        let shown = bytes.prefix(32).map { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7E: String(UnicodeScalar(byte))
            default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "\"" + shown.joined() + "\"" + (bytes.count > 32 ? " and \(bytes.count - 32) bytes more" : "")
    }

    private func ranges(_ test: Instruction) -> [(lower: UInt32, upper: UInt32)] {
        (Int(test.a)..<Int(test.a + test.b)).map { (tables.lower32[$0], tables.upper32[$0]) }
    }

    private func bitRanges(_ start: UInt32, words: Int) -> [(lower: UInt32, upper: UInt32)] {
        let numbers = (0..<UInt32(words * 64)).filter { tables.bits[Int(start + $0 >> 6)] & 1 << UInt64($0 & 63) != 0 }
        return RangeSet(numbers.map { ($0, $0) }).ranges
    }

    private func addresses(_ number: UInt32) -> String {
        let table = tables.addresses[Int(number)]
        let v4 = (table.v4Start..<table.v4Start + table.v4Count).map {
            Self.range4(tables.lower32[$0], tables.upper32[$0])
        }
        let v6 = (table.v6Start..<table.v6Start + table.v6Count).map {
            Self.range6(tables.lower128[$0], tables.upper128[$0])
        }
        return Self.list(v4 + v6) + (table.filter == nil ? "" : " by table")
    }

    private func hardware(_ test: Instruction) -> String {
        Self.list(
            (Int(test.a)..<Int(test.a + test.b)).map {
                Self.range(MACAddress(tables.lower64[$0]), MACAddress(tables.upper64[$0]))
            })
    }

    /// The criteria, and what has been learned for them so far.
    private func interfaces(_ set: Int) -> String {
        guard let operand = names.interfaces.first(where: { $0.set == set }) else { return "" }
        return Self.list(operand.criteria.map(\.text).sorted()) + learned(set)
    }

    private func users(_ set: Int) -> String {
        guard let operand = names.users.first(where: { $0.set == set }) else { return "" }
        return Self.list(
            operand.names.map { "\"\($0)\"" }.sorted() + operand.groups.map { "\"[\($0)]\"" }.sorted()
                + operand.patterns.map(\.literal).sorted()) + learned(set)
    }

    private func hosts(_ set: Int) -> String {
        guard let operand = names.hosts.first(where: { $0.set == set }) else { return "" }
        return Self.list(
            operand.names.sorted() + operand.parents.map { "*.\($0)" }.sorted()
                + operand.patterns.map(\.literal).sorted()) + learned(set)
    }

    private func learned(_ set: Int) -> String {
        let set = tables.identifierSets[set]
        let count = tables.bits[set.start..<set.start + set.words].reduce(0) { $0 + $1.nonzeroBitCount }
        return count == 0 ? "" : " (\(count) known)"
    }
}

extension Instruction {
    /// The one or two ranges of the operands.
    fileprivate var ranges: [(lower: UInt32, upper: UInt32)] {
        a == c ? [(a, a + b)] : [(a, a + b), (c, c + d)]
    }
}

extension Pattern {
    /// As it would be typed.
    fileprivate var literal: String {
        "/" + source.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/") + "/"
            + (ignoresCase ? "i" : "")
    }
}

extension InterfaceCriterion {
    fileprivate var text: String {
        switch self {
        case .named(let name): "\"\(name)\""
        case .vpnClient: "vpnclient"
        case .anyVPN: "vpn"
        case .connection(let name): "vpn:\"\(name)\""
        }
    }
}

extension Opcode {
    /// The variable, and the place in words.
    fileprivate var mnemonic: String {
        switch self {
        case .presence: "ip"
        case .fragment: "frag"
        case .portEither, .portBitsEither: "port either"
        case .portSource, .portBitsSource: "port source"
        case .portDestination, .portBitsDestination: "port destination"
        case .addressEither, .addressTableEither: "addr either"
        case .addressSource, .addressTableSource: "addr source"
        case .addressDestination, .addressTableDestination: "addr destination"
        case .proto, .protoTable: "proto"
        case .icmp, .icmpTable: "icmp"
        case .length, .lengthTable: "len"
        case .payloadLength, .payloadLengthTable: "payloadlen"
        case .ttl, .ttlTable: "ttl"
        case .dscp, .dscpTable: "dscp"
        case .vlan: "vlan"
        case .hardwareEither: "mac either"
        case .hardwareSource: "mac source"
        case .hardwareDestination: "mac destination"
        case .flags: "tcpfl"
        case .direction: "direc"
        case .interfaceEither: "if either"
        case .interfaceIncoming: "if incoming"
        case .interfaceOutgoing: "if outgoing"
        case .user: "user either"
        case .userSource: "user source"
        case .userDestination: "user destination"
        case .host: "host either"
        case .country: "country either"
        case .asn: "asn either"
        case .payloadContains: "payload contains"
        case .payloadMatches: "payload matches"
        case .ruleEquals: "rule is"
        case .ruleMatches: "rule matches"
        case .verdict: "verdict"
        case .inner: "inner"
        }
    }
}
