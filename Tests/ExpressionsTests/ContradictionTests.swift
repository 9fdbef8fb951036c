import ExpressionSupport
import Expressions
import PacketDecoding
import TestSupport
import Testing

/// A chain that is said to be never met is never met.
@Suite struct ContradictionTests {
    @Test(arguments: [21, 22, 23] as [UInt64])
    func whatIsSaidToBeNeverMetIsNot(seed: UInt64) throws {
        var packets = RandomPackets(seed: seed)
        // The generator gives ports to later fragments of any protocol; a first fragment never does.
        let pool = (0..<600).map { _ in packets.packet() }.filter { !$0.layers.present.contains(.laterFragment) }
        var expressions = RandomExpressions(seed: seed)
        expressions.anyEvery = 0
        let directory = RandomExpressions.directory
        var warned = 0
        for _ in 0..<3000 {
            let parts = (0..<2 + packets.below(3)).map { _ -> Tree in
                let part = Tree.condition(expressions.condition())
                return packets.below(5) == 0 ? .not(part) : part
            }
            let text = Tree.and(parts).normalised.canonical
            let expression = try Expression(parsing: text, directory: directory)
            guard expression.warnings.contains(where: { $0.message.contains("never met") }) else { continue }
            warned += 1
            // An empty interval behind `!` is no reason for the chain.
            if expression.warnings.allSatisfy({ $0.message.hasPrefix("no ") && !$0.message.hasPrefix("no packet") }) {
                continue
            }
            let twin = Twin(directory: directory)
            let tree = try #require(expression.tree)
            for packet in pool where twin.meets(tree, packet) {
                let warnings = expression.warnings.map(\.message).joined(separator: "\n")
                Issue.record("seed \(seed): \(text)\nis met, against\n\(warnings)")
                return
            }
        }
        #expect(warned > 100, "only \(warned) chains were warned of")
    }
}
