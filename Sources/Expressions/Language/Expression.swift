/// A parsed and checked expression with the warnings that its author should see.
public struct Expression: Sendable {
    /// The text as it was typed.
    public let text: String
    /// nil for empty text: "off" for packet logging, `any` for a dump or a file.
    public let tree: Tree?
    public let warnings: [Diagnostic]

    /// Made by the checker; tests make trees by hand.
    public init(text: String, tree: Tree?, warnings: [Diagnostic]) {
        self.text = text
        self.tree = tree
        self.warnings = warnings
    }
}
