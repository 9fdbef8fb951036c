import PacketDecoding
import Patterns
import Primitives

/// A compiled expression: a flat array of tests, each with the place to go on when it is met
/// and when it is not. No strings, no existentials; evaluating allocates nothing.
///
/// A program is evaluated by one worker at a time: a second worker compiles its own. Names are not
/// compared with a packet but with what the run learns (`learn`), once for each name; what it learned
/// is kept as sets of identifiers. A directory that changes makes a new program.
public struct Program: ~Copyable, Sendable {
    /// Facts that cost a look-up and that the program reads.
    public struct Demands: OptionSet, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let hosts = Demands(rawValue: 1 << 0)
        public static let users = Demands(rawValue: 1 << 1)
        public static let countries = Demands(rawValue: 1 << 2)
        public static let asns = Demands(rawValue: 1 << 3)
        /// `rule` or `verdict`: fed by the firewall's log (NFLOG).
        public static let firewallLog = Demands(rawValue: 1 << 4)
        /// Ports, so that later fragments need the table of their first ones.
        public static let fragmentPorts = Demands(rawValue: 1 << 5)
        /// Interfaces or direction.
        public static let interfaces = Demands(rawValue: 1 << 6)
        /// Link addresses or tags.
        public static let link = Demands(rawValue: 1 << 7)
    }

    /// The tests; every target lies behind its own instruction, so that evaluating ends.
    let code: [Instruction]
    /// Where evaluating begins: an instruction, or an end where there is nothing to test.
    let entry: Int32
    var tables: ProgramTables
    var names: ProgramNames
    /// What a source has to look up before it asks `matches`.
    public let demands: Demands

    /// Compiles `tree`, nil meaning every IP packet. Names that the directory does not know match nothing,
    /// but interfaces, users and hosts may still be learned. Time and memory are linear in the values, but
    /// for sorting them.
    public init(_ tree: Tree?, directory: Directory) {
        var lowering = ProgramLowering(directory: directory)
        let node = lowering.lower(tree ?? .any(SourceRange(0, 0)))
        var assembler = ProgramAssembler(directory: directory)
        (code, entry) = assembler.assemble(node, inners: lowering.inners)
        tables = assembler.tables
        names = assembler.names
        demands = code.reduce(into: []) { $0.formUnion($1.opcode.demands) }
    }

    /// Texts on which a regular expression gave up (`Pattern.stepLimit`, `workLimit`); they count as not matching.
    public var exhaustedMatches: Int { tables.patterns.reduce(0) { $0 + $1.exhausted } }
}
