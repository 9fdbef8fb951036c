public import Expressions
import PacketDecoding
import Primitives
import Records

/// An expression that is asked of lines in the index: the program that decides on packets as they come, on what the
/// index holds of them. For each block that `matcher` lets through: `open` the reader, then `begin`, then `matches`
/// for each line.
///
/// The answer is that of the packet's day, but for what the index does not hold (`losses` says it for an
/// expression): such a condition is not met, and its negation is (rule 3 of the language). Names of interfaces, hosts
/// and users are compared as they were when the line was written; groups of users, lists of addresses and kinds of
/// interfaces as the directory knows them now. A line costs about 30 ns; where all that is asked
/// is decided by its flow, 10 from the flow's second line on.
public struct StoredSelection: ~Copyable {
    /// Says which blocks can be passed over.
    public let matcher: BlockMatcher

    /// Names that one program learns; then a new one begins, so that memory is bounded.
    /// - Limit: names that one search learns |  | it begins anew
    static let mostNames = 60_000

    private let tree: Tree?
    private let directory: Directory
    private var program: Program
    /// For packets that were read back from lines, of which less is known.
    private var readBack: Program
    /// For connections, which are no packets.
    private var connections: Program
    private var frame = Frame(
        time: Timestamp(nanoseconds: 0), capturedLength: 0, originalLength: 0, linkType: .ethernet)
    private var layers = Layers()
    private var facts = PacketFacts()

    /// The program's numbers of what was learned, by kind and name.
    private var known: [UInt8: [String: UInt32]] = [:]
    private var learned: UInt32 = 0
    /// The directory's users by name, made when the first name is met.
    private lazy var users = Dictionary((directory.users ?? []).map { ($0.name, $0) }) { first, _ in first }
    /// The program's numbers of the open block's names, by theirs; number 0 is none.
    private var numbers: [UInt32] = []
    private var settledShape = -1
    /// Whether something is asked that packets of one shape do not share.
    private let asksEachLine: Bool
    /// The answers for the block's shapes, where these decide: 0 is not known yet, 1 no, 2 yes.
    private var answers: [UInt8] = []

    /// Compiles `tree`, nil meaning every packet of IP.
    public init(_ tree: Tree?, directory: Directory) {
        self.tree = tree
        self.directory = directory
        matcher = BlockMatcher(tree, directory: directory)
        asksEachLine = tree?.asks([.length, .payloadLength, .payload, .tcpFlags]) ?? false
        program = Program(tree, directory: directory)
        readBack = Program(tree?.forgetting(Self.unknownOfLines), directory: directory)
        connections = Program(tree?.forgetting(Self.unknownOfConnections), directory: directory)
    }

    private static let unknownOfLines: Set<Variable> = [.ttl, .dscp]
    private static let unknownOfConnections: Set<Variable> = [.ttl, .dscp, .length, .payloadLength, .fragment]

    /// Goes over to the block that `reader` has opened: its names are learned.
    public mutating func begin(_ reader: borrowing IndexBlockReader, _ block: RawSpan) {
        settledShape = -1
        answers.removeAll(keepingCapacity: true)
        if !asksEachLine { answers.append(contentsOf: repeatElement(0, count: reader.shapeOffsets.count)) }
        if Int(learned) + reader.names.count > StoredSelection.mostNames {
            program = Program(tree, directory: directory)
            readBack = Program(tree?.forgetting(Self.unknownOfLines), directory: directory)
            connections = Program(tree?.forgetting(Self.unknownOfConnections), directory: directory)
            known = [:]
            learned = 0
        }
        numbers.removeAll(keepingCapacity: true)
        numbers.append(0)
        let asks = program.demands
        for index in reader.names.indices {
            let name = reader.names[index]
            let kind = NameKind(rawValue: name.kind)
            let isAsked: Bool =
                switch kind {
                // Whether a packet has an interface decides on its direction.
                case .interface: true
                case .host: asks.contains(.hosts)
                case .user: asks.contains(.users)
                default: false
                }
            guard isAsked, let kind else {
                numbers.append(0)
                continue
            }
            numbers.append(
                number(kind, StoredNames.text(block.extracting(Int(name.offset)..<Int(name.offset + name.length)))))
        }
    }

    /// Whether the line's packet or connection meets the expression; false for a line without one. `reader` is the one that
    /// `begin` saw, and `line` came from it.
    public mutating func matches(
        _ line: StoredLine, _ reader: inout IndexBlockReader, _ block: RawSpan
    ) -> Bool {
        guard line.isPacket || line.isConnection else { return false }
        guard line.isPacket, line.shape < answers.count else { return evaluate(line, &reader, block) }
        if answers[line.shape] == 0 { answers[line.shape] = evaluate(line, &reader, block) ? 2 : 1 }
        return answers[line.shape] == 2
    }

    private mutating func evaluate(
        _ line: StoredLine, _ reader: inout IndexBlockReader, _ block: RawSpan
    ) -> Bool {
        guard reader.select(line.shape, block) else { return false }
        if line.shape != settledShape {
            settle(reader.shape, reader)
            settledShape = line.shape
        }
        layers.totalLength = line.packetLength
        layers.payloadLength = line.payloadLength
        // Nothing of the payload is here; an empty one is.
        layers.payloadOffset = Int32(clamping: block.byteCount)
        layers.tcpFlags = line.tcpFlags
        if line.isConnection { return connections.matches(frame, layers, block, facts) }
        return reader.shape.record.isReadBack
            ? readBack.matches(frame, layers, block, facts) : program.matches(frame, layers, block, facts)
    }
}

extension Tree {
    /// Whether a condition is on one of these variables.
    fileprivate func asks(_ variables: Set<Variable>) -> Bool {
        switch self {
        case .any: false
        case .not(let tree), .inner(let tree): tree.asks(variables)
        case .and(let parts), .or(let parts): parts.contains { $0.asks(variables) }
        case .condition(let condition): variables.contains(condition.variable)
        }
    }

    /// The tree for packets of which these facts are not known: conditions on them are not met, their negations are.
    fileprivate func forgetting(_ variables: Set<Variable>) -> Tree {
        switch self {
        case .any: return self
        case .not(let tree): return .not(tree.forgetting(variables))
        case .inner(let tree): return .inner(tree.forgetting(variables))
        case .and(let parts): return .and(parts.map { $0.forgetting(variables) })
        case .or(let parts): return .or(parts.map { $0.forgetting(variables) })
        case .condition(var condition):
            guard variables.contains(condition.variable) else { return self }
            if case .isNone = condition.test { condition.test = .isNone([]) } else { condition.test = .isOne([]) }
            return .condition(condition)
        }
    }
}

// MARK: Names

extension StoredSelection {
    /// The program's number of a name, which it learns if it is new.
    private mutating func number(_ kind: NameKind, _ name: String) -> UInt32 {
        if let number = known[kind.rawValue]?[name] { return number }
        learned += 1
        let number = learned
        known[kind.rawValue, default: [:]][name] = number
        // The number of something that had no name: it stays apart from "none", and no name is its.
        guard !name.isEmpty else { return number }
        switch kind {
        case .host:
            learn { $0.learn(host: name, as: number) }
        case .user:
            let user = users[name] ?? Directory.User(name: name)
            learn { $0.learn(user: user, as: number) }
        default:
            let id = InterfaceID(rawValue: UInt16(clamping: number))
            let interfaces = (directory.interfaces ?? []).filter { $0.displayName == name }
            for interface in interfaces { learn { $0.learn(interface: interface, as: id) } }
            if interfaces.isEmpty {
                learn { $0.learn(interface: Directory.Interface(displayName: name, kind: .other), as: id) }
            }
        }
        return number
    }

    private mutating func learn(_ lesson: (inout Program) -> Void) {
        lesson(&program)
        lesson(&readBack)
        lesson(&connections)
    }

    private func interface(_ id: InterfaceID) -> InterfaceID {
        let number = Int(id.rawValue)
        guard id != .none, number < numbers.count else { return .none }
        return InterfaceID(rawValue: UInt16(clamping: numbers[number]))
    }

    private func number(_ id: UInt32) -> UInt32 { Int(id) < numbers.count ? numbers[Int(id)] : 0 }
}

// MARK: The packet

extension StoredSelection {
    /// Makes frame, layers and facts those of a shape. Offsets point into the block.
    @inline(never)
    private mutating func settle(_ shape: StoredShape, _ reader: borrowing IndexBlockReader) {
        let record = shape.record
        frame.linkType = record.linkType
        frame.direction = record.direction
        frame.incoming = interface(record.incoming)
        frame.outgoing = interface(record.outgoing)
        frame.interface = interface(record.interface)

        // The inside of a tunnel is not here.
        layers.present = record.present.subtracting(.tunnel)
        layers.sourceMAC = Int32(clamping: shape.sourceMAC)
        layers.destinationMAC = Int32(clamping: shape.destinationMAC)
        layers.etherType = record.etherType
        layers.vlanCount = record.vlanCount
        layers.vlans = record.vlans
        // A program reads addresses of IPv6 8 bytes behind the beginning of the header.
        layers.networkOffset = Int32(clamping: shape.addresses6 - 8)
        layers.source4 = UInt32(truncatingIfNeeded: record.sourceIP.number)
        layers.destination4 = UInt32(truncatingIfNeeded: record.destinationIP.number)
        layers.ttl = record.ttl
        layers.dscp = record.dscp
        layers.protocolNumber = record.protocolNumber
        layers.sourcePort = record.sourcePort
        layers.destinationPort = record.destinationPort
        layers.icmpType = record.icmpType
        layers.icmpCode = record.icmpCode
        layers.verdict = record.verdict
        layers.ruleNumber = record.ruleNumber
        if let rule = reader.name(shape.rule) {
            layers.ruleOffset = rule.offset
            layers.ruleLength = rule.length
        } else {
            layers.present.remove(.rule)
        }
        settleFacts(shape)
    }

    private mutating func settleFacts(_ shape: StoredShape) {
        for index in 0..<4 {
            facts.sourceHosts[index] = number(shape.hosts.source[index])
            facts.destinationHosts[index] = number(shape.hosts.destination[index])
        }
        facts.sourceUser = number(shape.record.sourceUser)
        facts.destinationUser = number(shape.record.destinationUser)
        facts.sourceCountry = shape.record.sourceCountry
        facts.destinationCountry = shape.record.destinationCountry
        facts.sourceASN = shape.record.sourceASN
        facts.destinationASN = shape.record.destinationASN
    }
}
