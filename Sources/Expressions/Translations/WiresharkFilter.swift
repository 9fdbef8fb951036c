import PacketDecoding
import Primitives

/// An expression as a display filter for Wireshark and tshark 4.0 and later.
///
/// Wireshark decodes whatever a packet carries, so that a field has a value for every layer it occurs
/// in: inside a tunnel, inside the packet that an ICMP error quotes. `#1` takes the outermost layer of
/// that protocol; where the outer packet is of another protocol, the inner one still answers (`differences`).
public struct WiresharkFilter: Sendable {
    /// The filter; empty where it lets everything through.
    public let text: String
    public let losses: [Loss]

    /// - Parameter tree: nil is every IP packet.
    public init(_ tree: Tree?, directory: Directory) {
        let resolution = Resolution(tree, directory: directory)
        var writer = WiresharkWriter(losses: resolution.losses)
        let formula = resolution.formula.replacing { writer.atom($0, widening: $1) }
        switch formula {
        case .always: text = ""
        case .never: text = "!frame"
        default: text = Connectives(and: " && ", or: " || ", not: "!").text(of: formula)
        }
        losses = writer.losses.losses
    }
}

/// Writes leaves as conditions on Wireshark's fields.
struct WiresharkWriter {
    var losses: LossList

    mutating func atom(_ leaf: Leaf, widening: Bool) -> Formula<String> {
        switch leaf.question {
        case .ip(let version): family(version)
        case .addresses(let side, let ranges): addresses(side, ranges)
        case .ports(let side, let ranges, let carriers): ports(side, ranges, carriers)
        case .protocols(let ranges): protocols(ranges)
        case .flags(let flags): tcpFlags(flags)
        case .icmp(let v4, let v6): .either(v4.map { icmp("icmp", $0) } + v6.map { icmp("icmpv6", $0) })
        case .quantity(let quantity, let ranges): self.quantity(quantity, ranges, leaf, widening)
        case .vlan(let ranges): isOne("vlan.id", ranges)
        case .mac(let side, let prefixes): hardware(side, prefixes)
        case .fragment(let value): fragment(value)
        case .direction(let incoming): direction(incoming)
        case .interfaces(let side, let found): interfaces(side, found)
        case .payload(let texts): payload(texts.map { "contains \(Self.bytes($0))" }, leaf, widening)
        case .payloadMatches(let pattern): payload(["matches \(Self.pattern(pattern))"], leaf, widening)
        case .country(let codes): country(codes, leaf)
        case .asn(let ranges): system(ranges, leaf)
        case .inner: tunnel(leaf, widening)
        case .rule, .verdict, .user, .userMatches, .host: lost(leaf, widening)
        }
    }

    private mutating func lost(_ leaf: Leaf, _ widening: Bool) -> Formula<String> {
        losses.add(.wider, at: leaf.place, "Wireshark cannot know `\(leaf.question.variable)`.")
        return .unknown(widening: widening)
    }

    // MARK: Network header

    private func family(_ version: UInt32?) -> Formula<String> {
        switch version {
        case 4: .atom("ip")
        case 6: .atom("ipv6")
        default: .either([.atom("ip"), .atom("ipv6")])
        }
    }

    private func addresses(_ side: Place, _ ranges: [AddressRange]) -> Formula<String> {
        let field =
            switch side {
            case .source: "src"
            case .destination: "dst"
            case .either: "addr"
            }
        let families = [("ip", ranges.filter(\.isIPv4)), ("ipv6", ranges.filter { !$0.isIPv4 })]
        return .either(
            families.filter { !$0.1.isEmpty }.map { family, ranges in
                if ranges.contains(where: \.isWholeFamily) { return .atom(family) }
                if ranges.count == 1, let prefix = ranges[0].prefixes(atMost: 1)?.first {
                    return .atom("\(family).\(field)#1 == \(prefix.text)")
                }
                let members = ranges.map { range in
                    range.lower == range.upper ? "\(range.lower)" : "\(range.lower) .. \(range.upper)"
                }
                return .atom("\(family).\(field)#1 in {\(members.joined(separator: ", "))}")
            })
    }

    /// The protocol above IP: behind IPv6's fixed header, or behind the last extension header.
    private func protocols(_ ranges: [ClosedRange<UInt32>]) -> Formula<String> {
        .either(
            [
                "ip.proto#1", "ipv6.nxt#1", "ipv6.hopopts.nxt", "ipv6.dstopts.nxt", "ipv6.routing.nxt",
                "ipv6.fraghdr.nxt",
            ].map { isOne($0, ranges) })
    }

    private mutating func quantity(
        _ quantity: Quantity, _ ranges: [ClosedRange<UInt32>], _ leaf: Leaf, _ widening: Bool
    ) -> Formula<String> {
        switch quantity {
        case .length:
            // A value that a field cannot hold is refused.
            return .either([
                isOne("ip.len#1", ClosedRange.shifted(ranges, down: 0, in: 0...65535)),
                isOne("ipv6.plen#1", ClosedRange.shifted(ranges, down: 40, in: 40...65575)),
            ])
        case .ttl: return .either([isOne("ip.ttl#1", ranges), isOne("ipv6.hlim#1", ranges)])
        case .dscp: return .either([isOne("ip.dsfield.dscp#1", ranges), isOne("ipv6.tclass.dscp#1", ranges)])
        case .payloadLength:
            losses.add(.wider, at: leaf.place, "Wireshark tells the payload's length of TCP and UDP only.")
            let datagram = ranges.filter { $0.lowerBound <= 65_527 }.map {
                $0.lowerBound + 8...min($0.upperBound, 65_527) + 8
            }
            // A first fragment's length is that of the whole datagram, and 0 is no length.
            let known: [Formula<String>] = [
                .atom("udp.length#1 >= 8"), .not(.either([.atom("ip.flags.mf#1 == 1"), .atom("ipv6.fraghdr")])),
            ]
            let exact = [isOne("tcp.len#1", ranges), .every(known + [isOne("udp.length#1", datagram)])]
            return otherPackets(than: [.atom("tcp.len"), .every(known)], exact, widening)
        }
    }

    /// What is decided exactly for the packets that are `known`; every other IP packet passes where the whole
    /// must become wider.
    private func otherPackets(
        than known: [Formula<String>], _ exact: [Formula<String>], _ widening: Bool
    ) -> Formula<String> {
        guard widening else { return .either(exact) }
        return .either(exact + [.every([family(nil), Formula.either(known).negated])])
    }

    private func fragment(_ value: FragmentValue) -> Formula<String> {
        let more = Formula<String>.atom("ip.flags.mf#1 == 1")
        let any = Formula<String>.either([more, .atom("ip.frag_offset#1 > 0"), .atom("ipv6.fraghdr")])
        return switch value {
        case .yes: any
        case .no: .every([family(nil), any.negated])
        case .first:
            .either([.every([more, .atom("ip.frag_offset#1 == 0")]), .atom("ipv6.fraghdr.offset == 0")])
        case .later: .either([.atom("ip.frag_offset#1 > 0"), .atom("ipv6.fraghdr.offset > 0")])
        }
    }

    // MARK: Transport

    private func ports(_ side: Place, _ ranges: [ClosedRange<UInt32>], _ carriers: PortCarriers) -> Formula<String> {
        let field =
            switch side {
            case .source: "srcport"
            case .destination: "dstport"
            case .either: "port"
            }
        var protocols: [String] = []
        if carriers.contains(.tcp) { protocols.append("tcp") }
        // The same fields serve UDP-Lite.
        if !carriers.isDisjoint(with: [.udp, .udpLite]) { protocols.append("udp") }
        if carriers.contains(.sctp) { protocols.append("sctp") }
        return .either(protocols.map { isOne("\($0).\(field)#1", ranges) })
    }

    private func tcpFlags(_ flags: FlagTest) -> Formula<String> {
        let names = ["fin", "syn", "reset", "push", "ack", "urg"]
        let tests = names.indices.compactMap { index -> Formula<String>? in
            let bit = UInt8(1) << index
            guard (flags.set | flags.clear) & bit != 0 else { return nil }
            return .atom("tcp.flags.\(names[index])#1 == \(flags.set & bit != 0 ? 1 : 0)")
        }
        return tests.isEmpty ? .atom("tcp.flags") : .every(tests)
    }

    private func icmp(_ family: String, _ value: ICMPValue.TypeAndCode) -> Formula<String> {
        let type = Formula<String>.atom("\(family).type#1 == \(value.type)")
        guard let code = value.code else { return type }
        return .every([type, .atom("\(family).code#1 == \(code)")])
    }

    private mutating func payload(_ tests: [String], _ leaf: Leaf, _ widening: Bool) -> Formula<String> {
        losses.add(.wider, at: leaf.place, "Wireshark can search the payload of TCP and UDP only.")
        return otherPackets(
            than: [.atom("tcp"), .atom("udp")],
            tests.flatMap { [.atom("tcp.payload#1 \($0)"), .atom("udp.payload#1 \($0)")] }, widening)
    }

    // MARK: Link

    private func hardware(_ side: Place, _ prefixes: [MACPrefix]) -> Formula<String> {
        let fields =
            switch side {
            case .source: ["eth.src#1", "sll.src.eth"]
            case .destination: ["eth.dst#1"]
            case .either: ["eth.src#1", "eth.dst#1", "sll.src.eth"]
            }
        return .either(
            fields.flatMap { field in
                prefixes.map { prefix -> Formula<String> in
                    let text = Self.colons(prefix.bytes)
                    return .atom(
                        prefix.count == 6 ? "\(field) == \(text)" : "\(field)[0:\(prefix.count)] == \(text)")
                }
            })
    }

    /// Pcapng tells it in a packet's flags, a cooked capture by the packet's type.
    private func direction(_ incoming: Bool) -> Formula<String> {
        incoming
            ? .either([.atom("frame.packet_flags_direction == 1"), .atom("sll.pkttype in {0 .. 2}")])
            : .either([.atom("frame.packet_flags_direction == 2"), .atom("sll.pkttype == 4")])
    }

    private mutating func interfaces(_ side: Place, _ found: [Directory.Interface]) -> Formula<String> {
        var names: [String] = []
        for interface in found {
            for name in [interface.displayName, interface.kernelName ?? ""] where !name.isEmpty {
                if !names.contains(name) { names.append(name) }
            }
        }
        let quoted = names.map(Self.quoted)
        let name = Formula<String>.atom(
            quoted.count == 1
                ? "frame.interface_name == \(quoted[0])"
                : "frame.interface_name in {\(quoted.joined(separator: ", "))}")
        switch side {
        case .source: return .every([name, direction(true)])
        case .destination: return .every([name, direction(false)])
        case .either: return name
        }
    }

    // MARK: Tables and tunnels

    private mutating func country(_ codes: [String], _ leaf: Leaf) -> Formula<String> {
        losses.add(.both, at: leaf.place, "Countries are those of the databases that Wireshark is given.")
        return .either(
            ["ip", "ipv6"].flatMap { family in
                codes.map { .atom("\(family).geoip.country_iso == \(Self.quoted($0))") }
            })
    }

    private mutating func system(_ ranges: [ClosedRange<UInt32>], _ leaf: Leaf) -> Formula<String> {
        losses.add(.both, at: leaf.place, "AS numbers are those of the databases that Wireshark is given.")
        return .either(["ip", "ipv6"].map { isOne("\($0).geoip.asnum", ranges) })
    }

    /// Any tunnel that the language looks into stands for what is asked of the packet inside.
    private mutating func tunnel(_ leaf: Leaf, _ widening: Bool) -> Formula<String> {
        losses.add(.wider, at: leaf.place, "Of `inner`, only that there is a tunnel can be said.")
        guard widening else { return .never }
        // By the outer headers alone: which ports Wireshark takes for tunnels is a setting.
        let numbers = [IPProtocol.ipip, IPProtocol.ipv6, IPProtocol.gre, IPProtocol.etherIP]
        let ports: [UInt32] = [2152, 4789, 6081, 8472]
        return .either([
            protocols(numbers.map { UInt32($0)...UInt32($0) }), isOne("udp.dstport#1", ports.map { $0...$0 }),
        ])
    }

    // MARK: Values

    /// One value of the field in one of the ranges.
    private func isOne(_ field: String, _ ranges: [ClosedRange<UInt32>]) -> Formula<String> {
        guard let first = ranges.first else { return .never }
        if ranges.count == 1, first.count == 1 { return .atom("\(field) == \(first.lowerBound)") }
        let members = ranges.map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) .. \(range.upperBound)"
        }
        return .atom("\(field) in {\(members.joined(separator: ", "))}")
    }

    /// Bytes as a string where they are plain letters, else in hexadecimal.
    private static func bytes(_ bytes: [UInt8]) -> String {
        let plain = bytes.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if plain { return "\"\(String(decoding: bytes, as: UTF8.self))\"" }
        return bytes.count == 1 ? "\"\\x\(twoDigits(bytes[0]))\"" : colons(bytes)
    }

    /// Wireshark ignores case unless told otherwise.
    private static func pattern(_ pattern: RegexLiteral) -> String {
        quoted((pattern.ignoresCase ? "" : "(?-i)") + pattern.pattern)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += "\\x\(twoDigits(UInt8(scalar.value)))"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func colons(_ bytes: [UInt8]) -> String { bytes.map(twoDigits).joined(separator: ":") }

    private static func twoDigits(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
