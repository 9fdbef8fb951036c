import ExpressionSupport
import Expressions
import Foundation
import LogIndex
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// The same expression selects the same packets as they come and from the index. GATELOG_PAIRS sets how many
/// pairs are tried, GATELOG_SEED repeats a run.
@Suite("Expressions on stored records")
struct StoredSelectionTests {
    private static let pairs = number("GATELOG_PAIRS") ?? 50_000
    private static let seed = UInt64(number("GATELOG_SEED") ?? 20_261_121)

    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    /// All but what the index does not hold.
    private static let variables = Variable.allCases.filter { $0 != .payload }

    @Test("Random expressions on random packets: live and stored agree, and no block is passed over wrongly")
    func randomPairs() throws {
        print("random pairs: GATELOG_SEED=\(Self.seed) GATELOG_PAIRS=\(Self.pairs)")
        var expressions = RandomExpressions(seed: Self.seed, variables: Self.variables)
        var packets = RandomPackets(seed: Self.seed &+ 1)
        var builder = IndexBlockBuilder(seed: Self.seed)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        var reader = IndexBlockReader()
        var met = 0
        var pairs = 0
        var passedOver = 0
        var empty = 0
        while pairs < Self.pairs {
            let chunk = (0..<1 + packets.below(24)).map { _ in IndexedPackets.settled(packets.packet()) }
            IndexedPackets.block(chunk, &builder, &block, &directory)
            var records = IndexDirectory()
            let first = records.next(directory.bytes)
            let summary = try #require(first)
            for round in 0..<20 {
                let tree = expressions.tree(depth: round % 5)
                if tree.looksInside { continue }
                var program = Program(tree, directory: RandomExpressions.directory)
                IndexedPackets.teach(&program)
                var selection = StoredSelection(tree, directory: RandomExpressions.directory)
                try reader.open(block.bytes)
                selection.begin(reader, block.bytes)
                var isSelected = false
                for packet in chunk {
                    let wanted = program.matches(
                        packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts)
                    let next = reader.next(block.bytes)
                    let line = try #require(next)
                    let isMet = selection.matches(line, &reader, block.bytes)
                    if isMet != wanted {
                        Issue.record(Comment(rawValue: Self.report(tree, packet, wanted)))
                        return
                    }
                    isSelected = isSelected || wanted
                    met += wanted ? 1 : 0
                    pairs += 1
                }
                let mayMatch = selection.matcher.mayMatch(summary, directory.bytes)
                if isSelected, !mayMatch {
                    Issue.record(Comment(rawValue: "passed over: " + Self.report(tree, chunk[0], true)))
                    return
                }
                empty += isSelected ? 0 : 1
                passedOver += mayMatch ? 0 : 1
            }
        }
        #expect(met * 10 > pairs && met * 10 < pairs * 9, "\(met) of \(pairs) were met")
        #expect(passedOver * 4 > empty, "only \(passedOver) of \(empty) blocks without a packet were passed over")
        print("\(met) of \(pairs) met; \(passedOver) of \(empty) blocks without a packet passed over")
    }

    private static func report(_ tree: Tree, _ packet: TestPacket, _ wanted: Bool) -> String {
        """
        GATELOG_SEED=\(seed): the index says \(!wanted), the live program \(wanted)
        \(Expression(text: "", tree: tree, warnings: []).canonical)
        link type \(packet.frame.linkType.rawValue), \(packet.frame)
        \(packet.facts)
        \(packet.layers)
        """
    }
}

extension Tree {
    /// Whether it asks for the packet inside a tunnel.
    fileprivate var looksInside: Bool {
        switch self {
        case .any, .condition: false
        case .not(let tree): tree.looksInside
        case .and(let parts), .or(let parts): parts.contains(where: \.looksInside)
        case .inner: true
        }
    }
}
