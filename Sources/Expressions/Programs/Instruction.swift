/// One test of a program, with its prepared operands and where to go on.
struct Instruction: Sendable {
    /// The ends that a target may name instead of an instruction.
    enum End {
        static let accept: Int32 = -1
        static let reject: Int32 = -2
    }

    var opcode: Opcode
    /// Where to go on when the test is met, and when it is not: an instruction behind this one, or an end.
    var met = End.accept
    var unmet = End.reject
    // What they mean stands at each opcode.
    var a: UInt32 = 0
    var b: UInt32 = 0
    var c: UInt32 = 0
    var d: UInt32 = 0

    /// Operands of one or two ranges: `a` and `c` their lower ends, `b` and `d` their widths. One range stands
    /// there twice, which costs less than asking how many there are.
    init(_ opcode: Opcode, ranges set: RangeSet<UInt32>) {
        self.opcode = opcode
        a = set.lower[0]
        b = set.upper[0] - set.lower[0]
        c = set.lower[set.count - 1]
        d = set.upper[set.count - 1] - set.lower[set.count - 1]
    }

    init(_ opcode: Opcode, _ a: UInt32, _ b: UInt32 = 0) {
        self.opcode = opcode
        self.a = a
        self.b = b
    }

    /// Ranges with one or two members fit into an instruction.
    static func fits(_ set: RangeSet<UInt32>) -> Bool { 1...2 ~= set.count }
}

/// What an instruction tests. "Ranges": `a`...`d` as above. "Slice": `a` is the start and `b` the count
/// in a table. "Set": `a` numbers a set of identifiers.
enum Opcode: UInt8, Sendable, CaseIterable {
    /// `Layers.present` has one of the bits `a`.
    case presence
    /// The bits of `a` are `FragmentStates`.
    case fragment
    /// Ranges.
    case portEither, portSource, portDestination
    /// `a` is the first of 1,024 words of bits.
    case portBitsEither, portBitsSource, portBitsDestination
    /// Ranges of IPv4 addresses; IPv6 does not meet them.
    case addressEither, addressSource, addressDestination
    /// `a` numbers an address table.
    case addressTableEither, addressTableSource, addressTableDestination
    /// Ranges.
    case proto, icmp, length, payloadLength, ttl, dscp
    /// Slice of ranges.
    case protoTable, icmpTable, lengthTable, payloadLengthTable, ttlTable, dscpTable
    /// `a` is the first of 64 words of bits.
    case vlan
    /// Slice of wide ranges.
    case hardwareEither, hardwareSource, hardwareDestination
    /// `a` masks TCP's flags, `b` is what must be left.
    case flags
    /// The bits of `a` are those of `FrameDirection`.
    case direction
    /// Set.
    case interfaceEither, interfaceIncoming, interfaceOutgoing
    /// Set.
    case user, userSource, userDestination, host
    /// Slice of ranges.
    case country, asn
    /// Slice of bytes.
    case payloadContains
    /// `a` numbers a pattern.
    case payloadMatches
    /// Slice of bytes.
    case ruleEquals
    /// `a` numbers a pattern.
    case ruleMatches
    /// The bits of `a` are those of `Layers.Verdict`.
    case verdict
    /// `a` is where the sub-program for the packet inside begins (a target's bit pattern).
    case inner

    var demands: Program.Demands {
        switch self {
        case .portEither, .portSource, .portDestination, .portBitsEither, .portBitsSource, .portBitsDestination:
            .fragmentPorts
        case .vlan, .hardwareEither, .hardwareSource, .hardwareDestination: .link
        case .direction, .interfaceEither, .interfaceIncoming, .interfaceOutgoing: .interfaces
        case .user, .userSource, .userDestination: .users
        case .host: .hosts
        case .country: .countries
        case .asn: .asns
        case .ruleEquals, .ruleMatches, .verdict: .firewallLog
        default: []
        }
    }
}
