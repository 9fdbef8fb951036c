import ExpressionSupport
import Expressions
import PacketDecoding
import Primitives
import TestSupport

/// Random expressions about facts that the packets really have, so that each selects some and not all.
struct JudgeExpressions {
    var random: SeededGenerator
    let packets: [TestPacket]
    let variables: [Variable]
    /// Whether parts may ask of the packet in a tunnel.
    var looksInside = false

    init(seed: UInt64, about packets: [TestPacket], variables: [Variable]) {
        random = SeededGenerator(seed: seed)
        // Packets of which nothing is known would make every third condition empty.
        self.packets = packets.filter { $0.layers.present.contains(.upperProtocol) }
        self.variables = variables
    }

    /// What every translation can say but for the payload.
    static let header: [Variable] = [
        .addr, .saddr, .daddr, .port, .sport, .dport, .tcpFlags, .proto, .ipVersion, .icmp, .icmp6, .length, .ttl,
        .dscp, .fragment,
    ]

    mutating func tree(depth: Int) -> Tree { raw(depth).normalised }

    private mutating func raw(_ depth: Int) -> Tree {
        guard depth > 0 else { return .condition(condition()) }
        switch below(8) {
        case 0, 1, 2: return .and((0...below(2) + 1).map { _ in raw(depth - 1) })
        case 3, 4, 5: return .or((0...below(2) + 1).map { _ in raw(depth - 1) })
        case 6: return .not(raw(depth - 1))
        default:
            if looksInside, below(3) == 0 { return .inner(raw(depth - 1)) }
            return below(6) == 0 ? .any(.none) : .condition(condition())
        }
    }

    private mutating func condition() -> Condition {
        let packet = packets[below(packets.count)]
        let variable = variables[below(variables.count)]
        switch variable {
        case .tcpFlags:
            let mask = UInt8(truncatingIfNeeded: random.next()) & 0x3F | 1 << UInt8(below(6))
            let seen = packet.layers.present.contains(.tcpFlags) ? packet.layers.tcpFlags : 2
            return Condition(
                variable, .flags(FlagTest(set: seen & mask, clear: ~seen & mask), negated: below(4) == 0), place: .none)
        case .addr, .saddr, .daddr: return values(variable, (0...below(3)).map { _ in address(of: packet) })
        case .mac, .smac, .dmac: return values(variable, [hardware(of: packet)])
        case .payload: return values(variable, [.bytes(payload(of: packet))])
        case .icmp, .icmp6: return values(variable, [icmp(of: packet, variable)])
        case .fragment:
            return values(variable, [.fragment(FragmentValue.allCases[below(FragmentValue.allCases.count)])])
        case .ipVersion:
            let version: UInt32 = below(2) == 0 ? 4 : 6
            return values(variable, [.number(lower: version, upper: version)])
        default: return numbers(variable, packet)
        }
    }

    private mutating func values(_ variable: Variable, _ values: [Value]) -> Condition {
        Condition(variable, below(4) == 0 ? .isNone(values) : .isOne(values), place: .none)
    }

    private mutating func numbers(_ variable: Variable, _ packet: TestPacket) -> Condition {
        let layers = packet.layers
        let seen: UInt32 =
            switch variable {
            case .port, .sport, .dport:
                layers.present.contains(.ports)
                    ? UInt32(below(2) == 0 ? layers.sourcePort : layers.destinationPort) : [53, 80, 443][below(3)]
            case .proto: UInt32(layers.protocolNumber)
            case .length: layers.totalLength
            case .payloadLength: layers.present.contains(.payload) ? layers.payloadLength : 0
            case .ttl: UInt32(layers.ttl)
            case .dscp: UInt32(layers.dscp)
            case .vlan: layers.present.contains(.vlan) ? UInt32(layers.vlans[below(Int(layers.vlanCount))]) : 1
            default: 0
            }
        guard variable != .proto else { return values(variable, [.number(lower: seen, upper: seen)]) }
        let most = variable.row.most
        let seenWithin = min(seen, most)
        switch below(6) {
        case 0: return Condition(variable, .interval(lower: seenWithin, upper: most), place: .none)
        case 1: return Condition(variable, .interval(lower: 0, upper: seenWithin), place: .none)
        case 2:
            let upper = min(most, seenWithin + UInt32(below(200)))
            return values(variable, [.number(lower: seenWithin, upper: upper)])
        default:
            return values(
                variable,
                [.number(lower: seenWithin, upper: seenWithin)]
                    + (below(3) == 0 ? [.number(lower: most / 2, upper: most / 2 + most / 8)] : []))
        }
    }

    private mutating func address(of packet: TestPacket) -> Value {
        let bytes = packet.bytes.span.bytes
        let own = below(2) == 0 ? packet.layers.source(in: bytes) : packet.layers.destination(in: bytes)
        guard let own else { return .addresses(AddressRange(.v4(IPv4Address(0x0A00_0001)))) }
        switch own {
        case .v4(let address):
            switch below(3) {
            case 0: return .addresses(AddressRange(own))
            case 1: return .addresses(AddressRange(own, prefixLength: below(33))!)
            default:
                let upper = IPv4Address(address.number | UInt32(truncatingIfNeeded: random.next()) & 0xFFFF)
                return .addresses(AddressRange(own, .v4(upper))!)
            }
        case .v6(let address):
            switch below(3) {
            case 0: return .addresses(AddressRange(own))
            case 1: return .addresses(AddressRange(own, prefixLength: below(129))!)
            default:
                let upper = IPv6Address(address.number | UInt128(random.next()) << UInt128(below(64)))
                return .addresses(AddressRange(own, .v6(upper))!)
            }
        }
    }

    private mutating func hardware(of packet: TestPacket) -> Value {
        let offset = below(2) == 0 ? 0 : 6
        let count = 3 + below(4)
        guard packet.bytes.count >= offset + count else { return .mac(prefix: 2, count: 6) }
        let prefix = packet.bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
        return .mac(prefix: prefix, count: count)
    }

    /// A few bytes of the payload.
    private mutating func payload(of packet: TestPacket) -> [UInt8] {
        guard packet.layers.present.contains(.payload) else { return [0x47, 0x45] }
        let captured = packet.bytes.dropFirst(Int(packet.layers.payloadOffset)).prefix(Int(packet.layers.payloadLength))
        let part = Array(captured.dropFirst(below(max(1, captured.count))).prefix(1 + below(4)))
        return part.isEmpty ? [0] : part
    }

    private mutating func icmp(of packet: TestPacket, _ variable: Variable) -> Value {
        let layers = packet.layers
        guard layers.present.contains(.icmp) else {
            return .icmp(
                ICMPValue(
                    name: "echo-request", v4: variable == .icmp ? .init(type: 8, code: nil) : nil,
                    v6: .init(type: 128, code: nil)))
        }
        let seen = ICMPValue.TypeAndCode(type: layers.icmpType, code: below(2) == 0 ? layers.icmpCode : nil)
        return .icmp(
            layers.protocolNumber == 1 && variable == .icmp
                ? ICMPValue(name: nil, v4: seen, v6: nil) : ICMPValue(name: nil, v4: nil, v6: seen))
    }

    mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
}
