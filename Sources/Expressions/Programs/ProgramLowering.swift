import PacketDecoding
import Primitives

/// The compiler's middle form: what a tree means once names are resolved, with everything folded that
/// no packet can change. `&` and `|` have at least two parts.
indirect enum ProgramNode {
    case constant(Bool)
    case leaf(ProgramLeaf)
    case not(ProgramNode)
    case all([ProgramNode])
    case one([ProgramNode])

    var cost: Int {
        switch self {
        case .constant: 0
        case .leaf(let leaf): leaf.cost
        case .not(let node): node.cost
        // The dearest part decides: it is what one would rather not reach.
        case .all(let nodes), .one(let nodes): nodes.reduce(0) { max($0, $1.cost) }
        }
    }
}

/// Tree -> middle form. Recurses as deep as the tree is nested, which the parser bounds.
struct ProgramLowering {
    let directory: Directory
    /// The sub-programs of `inner( )`, those inside others first.
    private(set) var inners: [ProgramNode] = []
    /// Within how many `inner( )` the condition stands.
    private var depth = 0

    init(directory: Directory) {
        self.directory = directory
    }

    mutating func lower(_ tree: Tree) -> ProgramNode {
        switch tree {
        case .any: return .leaf(.presence(Layers.Presence.ip.rawValue))
        case .not(let tree): return Self.negation(lower(tree))
        case .and(let trees): return Self.conjunction(trees.map { lower($0) })
        case .or(let trees): return Self.disjunction(trees.map { lower($0) })
        case .inner(let tree):
            depth += 1
            let inside = lower(tree)
            depth -= 1
            inners.append(inside)
            return .leaf(.inner(inners.count - 1))
        case .condition(let condition): return lower(condition)
        }
    }

    private func lower(_ condition: Condition) -> ProgramNode {
        switch condition.test {
        case .isOne(let values): return leaves(condition.variable, values)
        case .isNone(let values): return Self.negation(leaves(condition.variable, values))
        case .interval(let lower, let upper):
            return leaves(condition.variable, lower <= upper ? [.number(lower: lower, upper: upper)] : [])
        case .flags(let flags, let negated):
            guard flags.set & flags.clear == 0 else { return .constant(negated) }
            let leaf = ProgramNode.leaf(.flags(mask: flags.set | flags.clear, value: flags.set))
            return negated ? .not(leaf) : leaf
        case .matches(let regex): return Self.leaf(matching(condition.variable, regex))
        }
    }

    private func matching(_ variable: Variable, _ regex: RegexLiteral) -> ProgramLeaf? {
        switch variable {
        case .payload: .payloadMatches(regex)
        case .rule: .ruleMatches(regex)
        case .user: .user(.either, [.matching(regex)])
        case .host: .host([.matching(RegexLiteral(regex.pattern, ignoresCase: true))])
        default: nil
        }
    }

    /// One of `values`: mostly one leaf, and several where each value is a search of its own.
    private func leaves(_ variable: Variable, _ values: [Value]) -> ProgramNode {
        switch variable {
        case .addr, .saddr, .daddr:
            addresses(variable, values)
        case .payload: Self.disjunction(values.compactMap(\.bytes).map { .leaf(.payloadContains($0)) })
        case .rule: Self.disjunction(values.compactMap(\.text).map { .leaf(.ruleEquals(Array($0.utf8))) })
        case .proto where values.contains(where: \.isAuthentication):
            // What an authentication header protects is decoded, so that the protocol is that one's; the header is a
            // fact of its own.
            Self.disjunction([
                Self.leaf(ProgramLeaf(variable, oneOf: values, directory)),
                .leaf(.presence(Layers.Presence.authentication.rawValue)),
            ])
        default: Self.leaf(ProgramLeaf(variable, oneOf: values, directory))
        }
    }

    /// The facts are those of the outer packet: inside a tunnel users stand as the addresses that the settings say.
    private var followsUsers: Bool { directory.usersMayMove && depth == 0 }

    /// Who is logged in where changes without a new program: users are asked of the packet's facts.
    private func addresses(_ variable: Variable, _ values: [Value]) -> ProgramNode {
        guard followsUsers, values.contains(where: \.isUsers) else {
            return Self.leaf(ProgramLeaf(variable, oneOf: values, directory))
        }
        let users = Set(values.filter(\.isUsers).flatMap(\.userCriteria))
        return Self.disjunction([
            Self.leaf(ProgramLeaf(variable, oneOf: values.filter { !$0.isUsers }, directory)),
            Self.leaf(.user(Self.place(of: variable), users)),
        ])
    }

    private static func place(of variable: Variable) -> Place {
        switch variable {
        case .saddr: .source
        case .daddr: .destination
        default: .either
        }
    }

    // MARK: Folding

    private static func leaf(_ leaf: ProgramLeaf?) -> ProgramNode {
        guard let leaf, !leaf.isNever else { return .constant(false) }
        return .leaf(leaf)
    }

    private static func negation(_ node: ProgramNode) -> ProgramNode {
        switch node {
        case .constant(let value): .constant(!value)
        case .not(let node): node
        default: .not(node)
        }
    }

    /// `&`, by De Morgan on whole parts: nothing inside a part changes.
    private static func conjunction(_ nodes: [ProgramNode]) -> ProgramNode {
        switch disjunction(nodes.map(negation)) {
        case .one(let parts): .all(parts.map(negation))
        case let node: negation(node)
        }
    }

    private static func disjunction(_ nodes: [ProgramNode]) -> ProgramNode {
        var parts: [ProgramNode] = []
        var groups: [ProgramLeaf.UnionKey: (place: Int, leaves: [ProgramLeaf])] = [:]
        for node in nodes {
            switch node {
            case .constant(true): return node
            case .constant(false): continue
            case .leaf(let leaf):
                guard let key = leaf.unionKey else { break }
                if groups[key] != nil {
                    groups[key]?.leaves.append(leaf)
                    continue
                }
                groups[key] = (parts.count, [leaf])
            default: break
            }
            parts.append(node)
        }
        for group in groups.values where group.leaves.count > 1 {
            parts[group.place] = .leaf(ProgramLeaf(union: group.leaves))
        }
        switch parts.count {
        case 0: return .constant(false)
        case 1: return parts[0]
        // No test has an effect, so the cheap ones go first; equals keep the author's order.
        default: return .one(parts.enumerated().sorted { ($0.1.cost, $0.0) < ($1.1.cost, $1.0) }.map(\.1))
        }
    }
}

extension Value {
    var isUsers: Bool { if case .users = self { true } else { false } }

    /// Whether the protocol may be the authentication header's.
    var isAuthentication: Bool {
        switch self {
        case .number(let lower, let upper): lower <= UInt32(IPProtocol.ah) && upper >= UInt32(IPProtocol.ah)
        case .protocolName(_, let number): number == IPProtocol.ah
        default: false
        }
    }
}
