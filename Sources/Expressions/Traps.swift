// What an expression says and its author probably does not mean: warnings.

extension Parser {
    /// Looks for traps in a whole tree.
    mutating func lookForTraps(in tree: Tree) {
        _ = tree
    }
}
