import ExpressionSupport
import Expressions
import TestSupport
import Testing

/// The canonical form reads back as the same tree.
@Suite struct CanonicalFormTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func readsBackAsTheSameTree(seed: UInt64) throws {
        var expressions = RandomExpressions(seed: seed)
        for _ in 0..<1500 {
            let tree = expressions.tree(depth: 4)
            let text = tree.canonical
            let read = try Expression(parsing: text, directory: RandomExpressions.directory)
            guard read.tree?.withoutPlaces == tree, read.canonical == text else {
                Issue.record("seed \(seed): \(text)\nreads back as \(read.canonical)")
                return
            }
        }
    }
}
