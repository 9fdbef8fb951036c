public import PacketDecoding
import Primitives

/// A program for plain packets alone, without their being decoded: what most programs ask is whether a word at a fixed
/// offset of the frame lies in a range.
///
/// Says the same as `Program.matches` of the decoded frame. One kind of test for all facts needs no look at what kind
/// it is, and the whole is small enough to be handed around; together that is three times faster than the program.
public struct PlainMatcher: Sendable {
    /// A test for each instruction of the program, for IPv4 and for IPv6.
    let tests4: [PlainTest]
    let tests6: [PlainTest]
    let entry: Int32
    /// The sets of ports, 1,024 words each; what else the program keeps there is not looked at.
    let bits: [UInt64]

    /// Whether the packet meets the expression. About a nanosecond for each test that is reached; never allocates.
    @inline(__always)
    public func matches(_ packet: borrowing PlainPacket) -> Bool {
        let tests = packet.isIPv6 ? tests6.span : tests4.span
        let isTCP = packet.isTCP
        var at = entry
        while at >= 0 {
            let test = tests[Int(at)]
            at = test.isMet(packet, isTCP, bits) ? test.met : test.unmet
        }
        return at == Instruction.End.accept
    }
}

extension Program {
    /// The answer for plain packets on its own; nil where a test needs other tables, the frame or the payload.
    public var plainMatcher: PlainMatcher? {
        var tests4: [PlainTest] = []
        var tests6: [PlainTest] = []
        for instruction in code {
            guard let test4 = PlainTest(instruction, isIPv6: false), let test6 = PlainTest(instruction, isIPv6: true)
            else { return nil }
            tests4.append(test4)
            tests6.append(test6)
        }
        return PlainMatcher(tests4: tests4, tests6: tests6, entry: entry, bits: tables.bits)
    }
}

/// Whether one of two masked words lies in one of two ranges, and where to go on.
struct PlainTest: Sendable {
    /// Where the big-endian words begin; the same twice for a fact with one place.
    private var first: UInt8 = 0
    private var second: UInt8 = 0
    /// UDP does not have the fact, and perhaps not the bytes.
    private var needsTCP = false
    /// `a` is the first word of a set of ports.
    private var isSet = false
    private var mask: UInt32
    /// Two ranges by their lower ends and widths, as in `Instruction`.
    private var a: UInt32
    private var b: UInt32
    private var c: UInt32
    private var d: UInt32
    let met: Int32
    let unmet: Int32

    @inline(__always)
    func isMet(_ packet: borrowing PlainPacket, _ isTCP: Bool, _ bits: [UInt64]) -> Bool {
        if needsTCP && !isTCP { return false }
        let one = packet.word(at: Int(first)) & mask
        let other = packet.word(at: Int(second)) & mask
        if isSet { return isInSet(one, bits) || isInSet(other, bits) }
        return one &- a <= b || one &- c <= d || other &- a <= b || other &- c <= d
    }

    @inline(__always)
    private func isInSet(_ port: UInt32, _ bits: [UInt64]) -> Bool {
        bits[Int(a) &+ Int(port >> 6)] & 1 << UInt64(port & 63) != 0
    }

    /// The same test as `instruction` is for plain packets of a family; nil where that is no word in a range.
    init?(_ instruction: Instruction, isIPv6: Bool) {
        (a, b, c, d) = (instruction.a, instruction.b, instruction.c, instruction.d)
        met = instruction.met
        unmet = instruction.unmet
        mask = .max
        let transport: UInt8 = isIPv6 ? 54 : 34
        switch instruction.opcode {
        // Ranges of IPv4 addresses, which IPv6 does not meet.
        case .addressEither: isIPv6 ? become(false) : look(at: 26, 30, .max)
        case .addressSource: isIPv6 ? become(false) : look(at: 26, 26, .max)
        case .addressDestination: isIPv6 ? become(false) : look(at: 30, 30, .max)
        case .portEither: look(at: transport - 2, transport, 0xFFFF)
        case .portSource: look(at: transport - 2, transport - 2, 0xFFFF)
        case .portDestination: look(at: transport, transport, 0xFFFF)
        case .portBitsEither: look(at: transport - 2, transport, 0xFFFF, inSet: true)
        case .portBitsSource: look(at: transport - 2, transport - 2, 0xFFFF, inSet: true)
        case .portBitsDestination: look(at: transport, transport, 0xFFFF, inSet: true)
        case .length:
            look(at: isIPv6 ? 16 : 14, isIPv6 ? 16 : 14, 0xFFFF)
            // IPv6 counts what is behind its header; the sums wrap, as the comparison does.
            if isIPv6 { (a, c) = (a &- 40, c &- 40) }
        case .ttl: look(at: isIPv6 ? 18 : 19, isIPv6 ? 18 : 19, 0xFF)
        case .proto: look(at: isIPv6 ? 17 : 20, isIPv6 ? 17 : 20, 0xFF)
        case .dscp:
            // The code point's six bits stand above others.
            let shift: UInt32 = isIPv6 ? 22 : 2
            look(at: isIPv6 ? 14 : 12, isIPv6 ? 14 : 12, 0x3F << shift)
            (a, b, c, d) = (a << shift, b << shift, c << shift, d << shift)
        case .flags:
            look(at: transport + 10, transport + 10, instruction.a)
            needsTCP = true
            (a, b, c, d) = (instruction.b, 0, instruction.b, 0)
        case .presence:
            guard let isPresent = Self.isPresent(instruction.a, isIPv6) else { return nil }
            become(isPresent)
        case .fragment: become(FragmentStates.whole.rawValue & UInt8(truncatingIfNeeded: instruction.a) != 0)
        // Facts that no plain packet has.
        case .icmp, .icmpTable, .vlan, .ruleEquals, .ruleMatches, .verdict: become(false)
        default: return nil
        }
    }

    private mutating func look(at first: UInt8, _ second: UInt8, _ mask: UInt32, inSet isSet: Bool = false) {
        self.first = first
        self.second = second
        self.mask = mask
        self.isSet = isSet
    }

    /// Whether a plain packet has one of these facts; nil where that is not the same for all of its family.
    private static func isPresent(_ facts: UInt32, _ isIPv6: Bool) -> Bool? {
        let tcp = PlainPacket.facts(isIPv6: isIPv6, isTCP: true).rawValue & facts != 0
        let udp = PlainPacket.facts(isIPv6: isIPv6, isTCP: false).rawValue & facts != 0
        // The decoder alone looks for tunnels.
        let looksInside = (Layers.Presence.tunnel.rawValue | Layers.Presence.error.rawValue) & facts != 0
        return tcp == udp && !looksInside ? tcp : nil
    }

    /// Nothing of a word is left by the mask, and 0 lies in the range or not.
    private mutating func become(_ answer: Bool) {
        mask = 0
        (a, b, c, d) = answer ? (0, 0, 0, 0) : (1, 0, 1, 0)
    }
}
