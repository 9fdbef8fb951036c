import PacketDecoding

/// Writes a formula once for each family and each place that the network header can have, behind the
/// checks that make every load of it safe: a load past the end would throw the packet away.
struct BPFCompiler {
    typealias Label = BPFAssembler.Label

    /// What a piece of the program knows of the packets that reach it.
    struct Context {
        enum Family {
            case v4, v6, other
        }

        var family: Family
        /// The operand that loads the first byte of the network header.
        var network: UInt32 = 0
        /// Bytes before the network header, as the packet's length counts them.
        var linkLength: UInt32 = 0
        /// Tags in the frame, before the network header.
        var tags: UInt32 = 0
    }

    /// Offsets and facts that the kernel alone has (linux/filter.h).
    enum Kernel {
        static let network = UInt32(bitPattern: -0x100000)
        static let linkProtocol = UInt32(bitPattern: -0x1000)
        static let vlanTag = UInt32(bitPattern: -0x1000 + 44)
        static let vlanTagPresent = UInt32(bitPattern: -0x1000 + 48)
    }

    var assembler = BPFAssembler()
    var losses: LossList
    let frames: BPFProgram.Frames
    let rangeLimit: Int
    private let snapLength: UInt32
    /// Rule 6 of the language: an expression that reads what stands behind the IP header sees every fragment.
    private var wantsFragments = false
    let accept: Label
    private let reject: Label

    init(frames: BPFProgram.Frames, snapLength: UInt32, rangeLimit: Int, losses: LossList) {
        self.frames = frames
        self.snapLength = snapLength
        self.rangeLimit = rangeLimit
        self.losses = losses
        accept = assembler.label()
        reject = assembler.label()
    }

    mutating func compile(_ formula: Formula<Leaf>) {
        wantsFragments = formula.contains { $0.question.readsTransport }
        switch formula {
        case .always: assembler.jump(to: accept)
        case .never: assembler.jump(to: reject)
        default:
            switch frames {
            case .live: live(formula)
            case .file(.ethernet): ethernet(formula)
            case .file(.linuxCooked): cooked(formula, type: 14, hardware: 2, length: 16)
            case .file(.linuxCookedV2): cooked(formula, type: 0, hardware: 8, length: 20)
            case .file(.raw), .file(.rawBSD), .file(.rawOpenBSD), .file(.ipv4), .file(.ipv6): raw(formula)
            case .file:
                losses.add(.wider, "Frames of this link type all pass.")
                assembler.jump(to: accept)
            }
        }
        assembler.place(accept)
        assembler.emit(BPFCode.answer, snapLength)
        assembler.place(reject)
        assembler.emit(BPFCode.answer, 0)
    }

    // MARK: Links

    private mutating func live(_ formula: Formula<Leaf>) {
        assembler.emit(BPFCode.loadWord, Kernel.linkProtocol)
        byType(formula, network: Kernel.network, linkLength: 14, tags: 0, deeper: nil)
    }

    private mutating func ethernet(_ formula: Formula<Leaf>) {
        needLength(14)
        assembler.emit(BPFCode.loadHalf, 12)
        tagged(formula, tags: 0)
    }

    /// The type is loaded; behind a first and a second tag the same once more.
    private mutating func tagged(_ formula: Formula<Leaf>, tags: UInt32) {
        let length = 14 + 4 * tags
        let deeper = tags < 2 ? assembler.label() : accept
        byType(formula, network: length, linkLength: length, tags: tags, deeper: deeper)
        guard tags < 2 else { return }
        assembler.place(deeper)
        needLength(length + 4)
        assembler.emit(BPFCode.loadHalf, length + 2)
        tagged(formula, tags: tags + 1)
    }

    private mutating func cooked(_ formula: Formula<Leaf>, type: UInt32, hardware: UInt32, length: UInt32) {
        needLength(length)
        assembler.emit(BPFCode.loadHalf, hardware)
        // Netlink, 802.11 and radiotap: what follows is no EtherType.
        for kind: UInt32 in [824, 801, 802, 803] { unless(BPFCode.jumpIfEqual, kind) }
        assembler.emit(BPFCode.loadHalf, type)
        byType(formula, network: length, linkLength: length, tags: 0, deeper: nil)
    }

    private mutating func raw(_ formula: Formula<Leaf>) {
        needLength(1)
        assembler.emit(BPFCode.loadByte, 0)
        assembler.emit(BPFCode.and, 0xF0)
        let four = assembler.label()
        let six = assembler.label()
        branch(BPFCode.jumpIfEqual, 0x40, to: four)
        branch(BPFCode.jumpIfEqual, 0x60, to: six)
        piece(formula, Context(family: .other))
        assembler.place(four)
        piece(formula, Context(family: .v4))
        assembler.place(six)
        piece(formula, Context(family: .v6))
    }

    /// The EtherType is loaded: the families apart, what may hide an IP packet let through, tags to `deeper`.
    private mutating func byType(
        _ formula: Formula<Leaf>, network: UInt32, linkLength: UInt32, tags: UInt32, deeper: Label?
    ) {
        let four = assembler.label()
        let six = assembler.label()
        branch(BPFCode.jumpIfEqual, UInt32(EtherType.ipv4), to: four)
        branch(BPFCode.jumpIfEqual, UInt32(EtherType.ipv6), to: six)
        for tag in [EtherType.vlan, EtherType.providerBridging, EtherType.stackedVLAN] {
            branch(BPFCode.jumpIfEqual, UInt32(tag), to: deeper ?? accept)
        }
        for type in [EtherType.pppoeSession, EtherType.mpls, EtherType.mplsMulticast, EtherType.ppp] {
            unless(BPFCode.jumpIfEqual, UInt32(type))
        }
        // A length, or the kernel's own numbers: 802.2 may carry IP too.
        let typed = assembler.label()
        assembler.compare(BPFCode.jumpIfAbove, 1500, ifTrue: typed, ifFalse: accept)
        assembler.place(typed)
        piece(formula, Context(family: .other, network: network, linkLength: linkLength, tags: tags))
        assembler.place(four)
        piece(formula, Context(family: .v4, network: network, linkLength: linkLength, tags: tags))
        assembler.place(six)
        piece(formula, Context(family: .v6, network: network, linkLength: linkLength, tags: tags))
    }

    // MARK: Families

    private mutating func piece(_ formula: Formula<Leaf>, _ context: Context) {
        let tests = formula.replacing { leaf, widening in self.tests(leaf, context, widening: widening) }
        switch tests {
        case .always:
            assembler.jump(to: accept)
        case .never where context.family == .other || !canMeetOther(formula, context):
            assembler.jump(to: reject)
        default:
            let needs = Needs(tests)
            switch context.family {
            case .v4: checkIPv4(context, needs)
            case .v6: checkIPv6(context, needs)
            case .other: break
            }
            emit(tests, ifTrue: accept, ifFalse: reject)
        }
    }

    /// Whether a frame without IP can meet the formula: then one that only announces IP can, too.
    private mutating func canMeetOther(_ formula: Formula<Leaf>, _ context: Context) -> Bool {
        var other = context
        other.family = .other
        let tests = formula.replacing { leaf, widening in self.tests(leaf, other, widening: widening) }
        if case .never = tests { return false }
        return true
    }

    /// What the tests of a piece read, and the checks must make sure of.
    private struct Needs {
        var protocolNumber = false
        var length = false
        /// Bytes behind the IP header.
        var transport: UInt32 = 0

        init(_ tests: Formula<BPFTest>) {
            _ = tests.contains { test in
                switch test {
                case .field(let field):
                    protocolNumber = protocolNumber || field.need == .protocolNumber
                    length = length || field.need == .length
                    if case .transport(let bytes) = field.need { transport = max(transport, bytes) }
                case .address: break
                }
                return false
            }
        }
    }

    private mutating func checkIPv4(_ context: Context, _ needs: Needs) {
        needLength(context.linkLength + 20)
        assembler.emit(BPFCode.loadByte, context.network)
        assembler.emit(BPFCode.and, 0xF0)
        demand(BPFCode.jumpIfEqual, 0x40)
        if needs.length {
            // Segmentation left to the network card: the header says 0.
            assembler.emit(BPFCode.loadHalf, context.network &+ 2)
            unless(BPFCode.jumpIfEqual, 0)
        }
        if wantsFragments {
            assembler.emit(BPFCode.loadHalf, context.network &+ 6)
            unless(BPFCode.jumpIfAnySet, 0x3FFF)
        }
        if needs.protocolNumber || needs.transport > 0 {
            assembler.emit(BPFCode.loadByte, context.network &+ 9)
            unless(BPFCode.jumpIfEqual, UInt32(IPProtocol.ah))
        }
        guard needs.transport > 0 else { return }
        assembler.emit(BPFCode.loadHeaderLength, context.network)
        assembler.emit(BPFCode.copyIndex)
        demand(BPFCode.jumpIfAtLeast, 20)
        // The frame holds the link header, X bytes and what is read behind them ...
        assembler.emit(BPFCode.loadLength)
        assembler.emit(BPFCode.subtract, context.linkLength + needs.transport)
        demand(BPFCode.jumpIfAtLeastIndex, 0)
        // ... and the packet too, unless its length was left to the network card.
        let whole = assembler.label()
        assembler.emit(BPFCode.loadHalf, context.network &+ 2)
        branch(BPFCode.jumpIfEqual, 0, to: whole)
        demand(BPFCode.jumpIfAtLeast, 20 + needs.transport)
        assembler.emit(BPFCode.subtract, needs.transport)
        demand(BPFCode.jumpIfAtLeastIndex, 0)
        assembler.place(whole)
    }

    private mutating func checkIPv6(_ context: Context, _ needs: Needs) {
        needLength(context.linkLength + 40 + needs.transport)
        assembler.emit(BPFCode.loadByte, context.network)
        assembler.emit(BPFCode.and, 0xF0)
        demand(BPFCode.jumpIfEqual, 0x60)
        if needs.protocolNumber || wantsFragments {
            assembler.emit(BPFCode.loadByte, context.network &+ 6)
            for number in UInt8.min...UInt8.max where IPProtocol.isExtensionHeader(number) {
                unless(BPFCode.jumpIfEqual, UInt32(number))
            }
        }
        guard needs.length || needs.transport > 0 else { return }
        assembler.emit(BPFCode.loadHalf, context.network &+ 4)
        if needs.length { unless(BPFCode.jumpIfEqual, 0) }
        guard needs.transport > 0 else { return }
        let whole = assembler.label()
        branch(BPFCode.jumpIfEqual, 0, to: whole)
        demand(BPFCode.jumpIfAtLeast, needs.transport)
        assembler.place(whole)
    }

    // MARK: Steps

    /// Packets of fewer bytes pass: the expression sees what is there.
    private mutating func needLength(_ length: UInt32) {
        assembler.emit(BPFCode.loadLength)
        demand(BPFCode.jumpIfAtLeast, length)
    }

    /// Goes on where the comparison is true; others pass.
    private mutating func demand(_ code: UInt16, _ operand: UInt32) {
        let next = assembler.label()
        assembler.compare(code, operand, ifTrue: next, ifFalse: accept)
        assembler.place(next)
    }

    /// Goes on where the comparison is false; others pass.
    private mutating func unless(_ code: UInt16, _ operand: UInt32) { branch(code, operand, to: accept) }

    private mutating func branch(_ code: UInt16, _ operand: UInt32, to label: Label) {
        let next = assembler.label()
        assembler.compare(code, operand, ifTrue: label, ifFalse: next)
        assembler.place(next)
    }

    private mutating func emit(_ tests: Formula<BPFTest>, ifTrue: Label, ifFalse: Label) {
        switch tests {
        case .always: assembler.jump(to: ifTrue)
        case .never: assembler.jump(to: ifFalse)
        case .not(let inside): emit(inside, ifTrue: ifFalse, ifFalse: ifTrue)
        case .all(let parts):
            for part in parts.dropLast() {
                let next = assembler.label()
                emit(part, ifTrue: next, ifFalse: ifFalse)
                assembler.place(next)
            }
            emit(parts[parts.count - 1], ifTrue: ifTrue, ifFalse: ifFalse)
        case .some(let parts):
            for part in parts.dropLast() {
                let next = assembler.label()
                emit(part, ifTrue: ifTrue, ifFalse: next)
                assembler.place(next)
            }
            emit(parts[parts.count - 1], ifTrue: ifTrue, ifFalse: ifFalse)
        case .atom(.field(let field)): assembler.emit(field, ifTrue: ifTrue, ifFalse: ifFalse)
        case .atom(.address(let offset, let width, let ranges)):
            assembler.emit(words: width, at: offset, ranges, ifTrue: ifTrue, ifFalse: ifFalse)
        }
    }
}
