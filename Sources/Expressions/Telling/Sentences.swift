// An expression told in English.

extension Expression {
    /// What the expression means, in sentences: `TCP packets leaving Internet to 123.32.45.67, port 80 or 8080.`
    /// Alternatives that are more than a word stand below each other. The directory says whether two lists
    /// share an address, and which interfaces `vpn` and `vpnclient` are here.
    public func sentences(directory: Directory = Directory()) -> String {
        guard let tree else { return "Nothing is asked for: off for packet logging, every IP packet for a dump." }
        return tree.sentences(directory: directory)
    }
}

extension Tree {
    /// As `Expression.sentences`.
    public func sentences(directory: Directory = Directory()) -> String {
        var narrator = Narrator(directory)
        var text = narrator.packets(self, indent: 0, isWhole: true)
        if let first = text.first { text.replaceSubrange(...text.startIndex, with: first.uppercased()) }
        if !narrator.lastIsList { text += "." }
        return ([text] + narrator.notes).joined(separator: "\n")
    }
}

/// Tells a tree as noun phrases: `packets`, what stands before the word and what behind.
struct Narrator {
    /// Alternatives beyond these are counted only.
    private static let mostAlternatives = 20

    let directory: Directory
    /// Whether the text ends in a list, behind which no full stop stands.
    private(set) var lastIsList = false
    private var namesTunnels = (any: false, client: false)

    init(_ directory: Directory) { self.directory = directory }

    /// The packets that a tree means.
    mutating func packets(_ tree: Tree, indent: Int, isWhole: Bool = false) -> String {
        lastIsList = false
        switch tree.gathered {
        case .and(let parts): return chain(parts, indent)
        case .or(let parts):
            if let inline = inlineAlternatives(parts) { return "packets \(inline)" }
            return list(isWhole ? "packets that are one of these" : "one of these", parts, indent)
        case .any: return isWhole ? "every IP packet" : "any IP packet"
        case let part: return chain([part], indent)
        }
    }

    /// What directories add: which interfaces count as tunnels here.
    var notes: [String] {
        var notes: [String] = []
        if namesTunnels.any { notes.append(note("vpn", [.vpnClient, .vpnTunnel])) }
        if namesTunnels.client { notes.append(note("vpnclient", [.vpnClient])) }
        return notes
    }

    private func note(_ word: String, _ kinds: Set<Directory.Interface.Kind>) -> String {
        guard let interfaces = directory.interfaces else {
            return "Which interfaces count as \(word) is not known here, so none does."
        }
        let names = interfaces.filter { kinds.contains($0.kind) }.map(\.displayName)
        return names.isEmpty
            ? "No interface counts as \(word) here."
            : "Here \(English.list(names, "and")) count\(names.count == 1 ? "s" : "") as \(word)."
    }

    // MARK: Chains

    /// One noun phrase: adjectives, `packets`, where they go, what they are like, and what is not so.
    private mutating func chain(_ parts: [Tree], _ indent: Int) -> String {
        var slots = Slots()
        var lists: [(heading: String, parts: [Tree])] = []
        var inner: [Tree] = []
        for part in parts {
            let (tree, isNegated) = part.gathered.unnegated
            switch tree {
            case .condition(let condition):
                note(condition)
                slots.add(condition, isNegated)
            case .any:
                if isNegated { slots.like.append("that are no IP packets") }
            case .and(let parts):
                lists.append(("that are not all of these", parts))
            case .or(let parts):
                if let inline = isNegated ? nil : inlineAlternatives(parts) {
                    slots.like.append(inline)
                } else {
                    lists.append((isNegated ? "that are none of these" : "that are one of these", parts))
                }
            case .inner(let tree):
                if isNegated { lists.append(("that do not carry in a tunnel", [tree])) } else { inner.append(tree) }
            case .not:
                break
            }
        }
        var text = slots.phrase(directory)
        for tree in inner {
            let carried = packets(tree, indent + 2)
            text += (text.hasSuffix("packets") ? " " : ", ") + "carrying in a tunnel \(carried)"
        }
        lastIsList = lastIsList && !inner.isEmpty
        for (index, (heading, parts)) in lists.enumerated() {
            if index > 0 || lastIsList { text += "\n" + String(repeating: " ", count: indent) + "and" }
            text += " " + list(heading, parts, indent)
        }
        return text
    }

    private mutating func list(_ heading: String, _ parts: [Tree], _ indent: Int) -> String {
        var text = heading + ":"
        for part in parts.prefix(Self.mostAlternatives) {
            text += "\n" + String(repeating: " ", count: indent + 2) + "- " + packets(part, indent: indent + 4)
        }
        if parts.count > Self.mostAlternatives {
            text +=
                "\n" + String(repeating: " ", count: indent + 2) + "- and \(parts.count - Self.mostAlternatives) more"
        }
        lastIsList = true
        return text
    }

    /// `either from port 1 or to port 2`: two or three plain conditions need no list.
    private mutating func inlineAlternatives(_ parts: [Tree]) -> String? {
        guard parts.count <= 3 else { return nil }
        var phrases: [String] = []
        for part in parts {
            let (tree, isNegated) = part.gathered.unnegated
            guard case .condition(let condition) = tree else { return nil }
            note(condition)
            phrases.append(condition.phrase(isNegated: isNegated))
        }
        return "either " + phrases.joined(separator: " or ")
    }

    private mutating func note(_ condition: Condition) {
        guard case .isOne(let values) = condition.test.positive else { return }
        if values.contains(.vpn) { namesTunnels.any = true }
        if values.contains(.vpnClient) { namesTunnels.client = true }
    }

    private mutating func packets(_ tree: Tree, _ indent: Int) -> String { packets(tree, indent: indent) }
}

extension Tree {
    /// Alternatives on one variable told as one condition with several values.
    fileprivate var gathered: Tree {
        guard case .or(let parts) = self, case .condition(let first)? = parts.first else { return self }
        var values: [Value] = []
        for part in parts {
            guard case .condition(let condition) = part, condition.variable == first.variable,
                let some = condition.asValues
            else { return self }
            values += some
        }
        return .condition(Condition(first.variable, .isOne(values), place: first.place))
    }

    /// Without the `!` before it.
    fileprivate var unnegated: (Tree, isNegated: Bool) {
        var tree = self
        var isNegated = false
        while case .not(let inner) = tree {
            tree = inner
            isNegated.toggle()
        }
        return (tree.gathered, isNegated)
    }
}

extension Condition {
    /// `=` with these values says the same; nil where none does.
    fileprivate var asValues: [Value]? {
        switch test {
        case .isOne(let values): return values
        case .interval(let lower, let upper) where lower <= upper && lower > 0 && upper < variable.row.most:
            return [.number(lower: lower, upper: upper)]
        default: return nil
        }
    }
}
