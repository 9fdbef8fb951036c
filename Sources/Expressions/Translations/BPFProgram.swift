public import PacketDecoding

/// A program of classic BPF that lets through at least the packets that an expression selects, so that
/// the kernel spares the others the way up. What it lets through too, the expression still sorts out.
///
/// Addresses, ports, protocols, flags, ICMP, lengths, hop limits and DSCP are decided; everything else, and
/// whatever the program cannot see into (extension headers, tunnels of labels, short and broken packets),
/// passes. Every fragment passes where the expression reads what stands behind the IP header.
public struct BPFProgram: Sendable {
    /// What the program's offsets count from.
    public enum Frames: Hashable, Sendable {
        /// A packet socket of Linux: offsets from the network header (SKF_NET_OFF), the protocol as the kernel
        /// knows it, tags that it took off the frame as it remembers them.
        case live
        /// Frames as a capture file of this link type holds them. Other link types than Ethernet, raw IP and
        /// cooked pass whole.
        case file(LinkType)
    }

    /// The kernel's limit (BPF_MAXINSNS).
    /// - Limit: instructions of a BPF program |  | it is made wider, and said
    public static let instructionLimit = 4096

    /// Ranges of one list that are decided one by one in the first attempt; a longer list is made
    /// coarser towards the wider side, and again where the program does not fit.
    public static let rangeLimit = 1024

    public let instructions: [BPFInstruction]
    public let losses: [Loss]

    /// - Parameters:
    ///   - tree: nil is every IP packet.
    ///   - snapLength: how many bytes of a packet that passes are wanted.
    public init(_ tree: Tree?, directory: Directory, frames: Frames = .live, snapLength: UInt32 = 262_144) {
        let resolution = Resolution(tree, directory: directory)
        var limit = min(Self.rangeLimit, resolution.formula.longestList)
        repeat {
            var compiler = BPFCompiler(
                frames: frames, snapLength: snapLength, rangeLimit: limit, losses: resolution.losses)
            compiler.compile(resolution.formula)
            if let instructions = compiler.assembler.assembled(limit: Self.instructionLimit) {
                self.instructions = instructions
                losses = compiler.losses.losses
                return
            }
            limit /= 2
            // Lists of a few ranges are not what makes a program too long.
        } while limit >= 8
        instructions = [BPFInstruction(BPFCode.answer, snapLength)]
        losses = [Loss(.wider, "The program would have more than \(Self.instructionLimit) instructions: all pass.")]
    }

    /// The program that lets nothing through: nobody wants packets.
    public static let refusingAll = [BPFInstruction(BPFCode.answer, 0)]

    /// Whether every packet passes.
    public var passesAll: Bool { instructions.first.map { $0.code == BPFCode.answer && $0.operand > 0 } ?? true }

    /// One instruction a line, as `tcpdump -d` prints it.
    public var listing: String {
        instructions.enumerated().map { $0.element.line(at: $0.offset) + "\n" }.joined()
    }

    /// The number of instructions and four decimal numbers for each, as `tcpdump -ddd` prints them.
    public var numbers: String {
        "\(instructions.count)\n"
            + instructions.map { "\($0.code) \($0.jumpIfTrue) \($0.jumpIfFalse) \($0.operand)\n" }.joined()
    }
}

extension Formula<Leaf> {
    /// The most ranges that one list of addresses has.
    fileprivate var longestList: Int {
        switch self {
        case .always, .never: 0
        case .atom(let leaf): if case .addresses(_, let ranges) = leaf.question { ranges.count } else { 0 }
        case .not(let inside): inside.longestList
        case .all(let parts), .some(let parts): parts.map(\.longestList).max() ?? 0
        }
    }
}
