public import PacketDecoding
import Primitives

/// An expression as a filter for tcpdump and all that use libpcap (pcap-filter(7), libpcap 1.10).
///
/// Both families, every port carrier and TCP flags on IPv6 are written out, which the language's own
/// words do not do. What it cannot say at all is left out towards the wider side and named in `losses`;
/// kinds of packets that tcpdump sees otherwise whatever the filter says are in `differences`.
public struct TcpdumpFilter: Sendable {
    /// How far the text goes to select the same packets.
    public enum Detail: Sendable {
        /// Short: frames without VLAN tags, ports of TCP, UDP and SCTP. `losses` names the rest.
        case plain
        /// Frames with one and two VLAN tags too (the text once for each number of tags, because `vlan`
        /// moves all offsets behind it), and ports of UDP-Lite.
        case exact
    }

    /// The filter; empty where it lets everything through.
    public let text: String
    public let losses: [Loss]

    /// - Parameters:
    ///   - tree: nil is every IP packet.
    ///   - linkType: what the capture's frames begin with; libpcap compiles for one link type, and knows
    ///     tags only on Ethernet. Filters by hardware address are written for Ethernet.
    public init(
        _ tree: Tree?, directory: Directory, linkType: LinkType = .ethernet, detail: Detail = .plain
    ) {
        let resolution = Resolution(tree, directory: directory)
        var writer = TcpdumpWriter(linkType: linkType, detail: detail, losses: resolution.losses)
        let formula = writer.filter(resolution.formula)
        switch formula {
        case .always: text = ""
        case .never: text = "len < 0"
        default: text = Connectives(and: " and ", or: " or ", not: "not ").text(of: formula)
        }
        losses = writer.losses.losses
    }
}

/// Writes leaves as primitives of pcap-filter.
struct TcpdumpWriter {
    /// Prefixes that one range of addresses may become before it is written as comparisons of numbers.
    static let prefixLimit = 4

    var linkType: LinkType
    var detail: TcpdumpFilter.Detail
    var losses: LossList
    /// VLAN tags before the network header in the text being written.
    private var tags = 0

    init(linkType: LinkType, detail: TcpdumpFilter.Detail, losses: LossList) {
        self.linkType = linkType
        self.detail = detail
        self.losses = losses
    }

    mutating func filter(_ formula: Formula<Leaf>) -> Formula<String> {
        guard linkType == .ethernet else { return written(formula) }
        if detail == .plain {
            if formula.contains(where: { if case .vlan = $0.question { true } else { false } }) {
                return tagged(formula, upTo: 1)
            }
            let result = written(formula)
            switch result {
            case .always, .never: break
            default:
                losses.add(
                    .both,
                    "Frames with VLAN tags count as if they were not IP: `vlan` moves every offset behind it.")
            }
            return result
        }
        return tagged(formula, upTo: 2)
    }

    /// The formula for untagged frames, or for those with a tag, or with two: `vlan` moves the offsets
    /// of all that stands to its right, so each number of tags needs a text of its own.
    private mutating func tagged(_ formula: Formula<Leaf>, upTo limit: Int) -> Formula<String> {
        tags = limit
        var result = written(formula)
        if limit < 2 { losses.add(.both, "Frames with two VLAN tags count as if they were not IP.") }
        while tags > 0 {
            tags -= 1
            let behindTag = Formula.every([.atom("vlan"), result])
            let here = written(formula)
            // Where no IP packet is needed, a tagged frame would meet the untagged text.
            let untagged = needsIP(formula) ? here : .every([.not(.atom(tagPresent)), here])
            result = .either([untagged, behindTag])
        }
        return result
    }

    private var tagPresent: String {
        let field = "ether[\(12 + 4 * tags):2]"
        return "\(field) = 0x8100 or \(field) = 0x88a8 or \(field) = 0x9100"
    }

    /// Whether only an IP packet can meet the formula.
    private func needsIP(_ formula: Formula<Leaf>) -> Bool {
        let elsewhere: Formula<Leaf> = formula.replacing { leaf, widening in
            leaf.question.needsIP ? .never : .unknown(widening: widening)
        }
        if case .never = elsewhere { return true }
        return false
    }

    private mutating func written(_ formula: Formula<Leaf>) -> Formula<String> {
        formula.replacing { leaf, widening in atom(leaf, widening: widening) }
    }

    private mutating func atom(_ leaf: Leaf, widening: Bool) -> Formula<String> {
        switch leaf.question {
        case .ip(let version): family(version)
        case .addresses(let side, let ranges): addresses(side, ranges)
        case .ports(let side, let ranges, let carriers): ports(side, ranges, carriers)
        case .protocols(let ranges): protocols(ranges)
        case .flags(let flags): tcpFlags(flags)
        case .icmp(let v4, let v6): icmp(v4, v6)
        case .quantity(let quantity, let ranges): self.quantity(quantity, ranges, leaf, widening)
        case .fragment(let value): fragment(value)
        case .vlan(let ranges): vlan(ranges)
        case .mac(let side, let prefixes): hardware(side, prefixes, leaf, widening)
        case .direction(let incoming): direction(incoming, leaf, widening)
        default: lost(leaf, widening)
        }
    }

    /// Leaves a condition out towards the wider side.
    mutating func lost(_ leaf: Leaf, _ widening: Bool) -> Formula<String> {
        losses.add(.wider, at: leaf.place, Self.sentence(for: leaf.question))
        return .unknown(widening: widening)
    }

    private static func sentence(for question: Question) -> String {
        switch question {
        case .interfaces(_, let interfaces):
            let names = interfaces.map { "-i " + ($0.kernelName ?? $0.displayName) }.joined(separator: " or ")
            return "tcpdump's filter knows no interfaces here: give \(names)."
        case .direction(let incoming):
            return "tcpdump's filter tells directions only on cooked captures: give -Q \(incoming ? "in" : "out")."
        case .payload, .payloadMatches:
            return "tcpdump's filter cannot search in the payload."
        case .mac:
            return "Hardware addresses can be told on Ethernet only."
        case .quantity(.payloadLength, _):
            return "tcpdump's filter knows the payload's length of TCP and UDP only."
        case .inner:
            return "tcpdump's filter does not look into tunnels by what stands inside."
        default:
            return "tcpdump's filter cannot know `\(question.variable)`."
        }
    }

    // MARK: Network header

    private func family(_ version: UInt32?) -> Formula<String> {
        switch version {
        case 4: .atom("ip")
        case 6: .atom("ip6")
        default: .either([.atom("ip"), .atom("ip6")])
        }
    }

    private func addresses(_ side: Place, _ ranges: [AddressRange]) -> Formula<String> {
        .either(
            ranges.map { range in
                switch side {
                case .source: addresses("src ", range)
                case .destination: addresses("dst ", range)
                case .either: either(range)
                }
            })
    }

    private func either(_ range: AddressRange) -> Formula<String> {
        if range.isWholeFamily || range.prefixes(atMost: Self.prefixLimit) != nil { return addresses("", range) }
        return .either([addresses("src ", range), addresses("dst ", range)])
    }

    private func addresses(_ direction: String, _ range: AddressRange) -> Formula<String> {
        let family = range.isIPv4 ? "ip" : "ip6"
        if range.isWholeFamily { return .atom(family) }
        if let prefixes = range.prefixes(atMost: Self.prefixLimit) {
            return .either(
                prefixes.map { .atom("\(family) \(direction)\($0.isHost ? "host" : "net") \($0.text)") })
        }
        let source = direction == "src "
        if range.isIPv4 {
            let bounds = UInt32(truncatingIfNeeded: range.lower.number)...UInt32(truncatingIfNeeded: range.upper.number)
            return comparison(
                "ip[\(source ? 12 : 16):4]", [bounds], domain: 0...UInt32.max, hexadecimal: true, otherwise: "ip")
        }
        let words = (0..<4).map { "ip6[\((source ? 8 : 24) + 4 * $0):4]" }
        return .every([
            bound(words, range.lower.number, atLeast: true), bound(words, range.upper.number, atLeast: false),
        ])
    }

    /// Four words of an IPv6 address, compared as one number.
    private func bound(_ words: [String], _ number: UInt128, atLeast: Bool) -> Formula<String> {
        var result: Formula<String>?
        for (index, word) in words.enumerated().reversed() {
            let part = UInt32(truncatingIfNeeded: number >> UInt128(32 * (3 - index)))
            let value = hex(part, 8)
            guard let behind = result else {
                result = .atom("\(word) \(atLeast ? ">=" : "<=") \(value)")
                continue
            }
            result = .either([
                .atom("\(word) \(atLeast ? ">" : "<") \(value)"), .every([.atom("\(word) = \(value)"), behind]),
            ])
        }
        return result ?? .always
    }

    private func protocols(_ ranges: [ClosedRange<UInt32>]) -> Formula<String> {
        .either(
            ranges.map { range in
                guard range.count == 1 else {
                    return .either([
                        comparison("ip[9]", [range], domain: 0...255, otherwise: "ip"),
                        comparison("ip6[6]", [range], domain: 0...255, otherwise: "ip6"),
                    ])
                }
                switch range.lowerBound {
                case 6: return .atom("tcp")
                case 17: return .atom("udp")
                case 132: return .atom("sctp")
                case 1: return .either([.atom("icmp"), .atom("ip6 proto 1")])
                case 58: return .either([.atom("icmp6"), .atom("ip proto 58")])
                default:
                    return .either([.atom("ip proto \(range.lowerBound)"), .atom("ip6 proto \(range.lowerBound)")])
                }
            })
    }

    private mutating func quantity(
        _ quantity: Quantity, _ ranges: [ClosedRange<UInt32>], _ leaf: Leaf, _ widening: Bool
    ) -> Formula<String> {
        switch quantity {
        case .length:
            return .either([
                comparison("ip[2:2]", ranges, domain: 0...65535, otherwise: "ip"),
                comparison(
                    "ip6[4:2]", ClosedRange.shifted(ranges, down: 40, in: 40...65575), domain: 0...65535,
                    otherwise: "ip6"),
            ])
        case .ttl:
            return .either([
                comparison("ip[8]", ranges, domain: 0...255, otherwise: "ip"),
                comparison("ip6[7]", ranges, domain: 0...255, otherwise: "ip6"),
            ])
        case .dscp:
            return .either([
                comparison("ip[1] >> 2", ranges, domain: 0...63, otherwise: "ip"),
                comparison("(ip6[0:2] >> 6) & 0x3f", ranges, domain: 0...63, otherwise: "ip6"),
            ])
        case .payloadLength:
            losses.add(.wider, at: leaf.place, Self.sentence(for: leaf.question))
            return payloadLength(ranges, widening)
        }
    }

    private func fragment(_ value: FragmentValue) -> Formula<String> {
        let any = Formula<String>.either([.atom("ip[6:2] & 0x3fff != 0"), .atom("ip6[6] = 44")])
        return switch value {
        case .yes: any
        case .no: .every([family(nil), any.negated])
        case .later:
            .either([
                .atom("ip[6:2] & 0x1fff != 0"), .every([.atom("ip6[6] = 44"), .atom("ip6[42:2] & 0xfff8 != 0")]),
            ])
        case .first:
            .either([
                .atom("ip[6:2] & 0x3fff = 0x2000"), .every([.atom("ip6[6] = 44"), .atom("ip6[42:2] & 0xfff8 = 0")]),
            ])
        }
    }

    // MARK: Link

    private func vlan(_ ranges: [ClosedRange<UInt32>]) -> Formula<String> {
        .either(
            (0..<tags).map {
                comparison("ether[\(14 + 4 * $0):2] & 0xfff", ranges, domain: 0...4096, otherwise: "ether[0] >= 0")
            })
    }

    private mutating func hardware(
        _ side: Place, _ prefixes: [MACPrefix], _ leaf: Leaf, _ widening: Bool
    ) -> Formula<String> {
        guard linkType == .ethernet else {
            return [.raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6].contains(linkType) ? .never : lost(leaf, widening)
        }
        let sides: [(String, Int)] =
            switch side {
            case .source: [("src", 6)]
            case .destination: [("dst", 0)]
            case .either: [("src", 6), ("dst", 0)]
            }
        return .either(
            prefixes.flatMap { prefix in
                sides.map { word, offset in
                    prefix.count == 6
                        ? .atom("ether \(word) \(MACAddress(prefix.prefix))") : bytes(prefix.bytes, at: offset)
                }
            })
    }

    private func bytes(_ bytes: [UInt8], at offset: Int) -> Formula<String> {
        let head = bytes.count >= 4 ? 4 : 2
        let number = { (part: ArraySlice<UInt8>) in part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        var parts: [Formula<String>] = [
            .atom("ether[\(offset):\(head)] = \(hex(number(bytes[..<head]), 2 * head))")
        ]
        if bytes.count > head {
            parts.append(.atom("ether[\(offset + head)] = \(hex(number(bytes[head...]), 2))"))
        }
        return .every(parts)
    }

    private mutating func direction(_ incoming: Bool, _ leaf: Leaf, _ widening: Bool) -> Formula<String> {
        // `inbound` would take in what was seen on its way to others (3), of which no direction is known.
        switch linkType {
        case .linuxCooked: return .atom(incoming ? "link[0:2] <= 2" : "link[0:2] = 4")
        case .linuxCookedV2: return .atom(incoming ? "link[10] <= 2" : "link[10] = 4")
        default: return lost(leaf, widening)
        }
    }
}
