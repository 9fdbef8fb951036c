public import Expressions

extension StoredSelection {
    /// What an expression asks that the index cannot answer, or answers as things are now: each condition with its
    /// place and a sentence, in the order of the text. Without any, the index selects what was selected as it happened.
    public static func losses(of tree: Tree?) -> [Loss] {
        var losses: [Loss] = []
        tree?.gather(&losses)
        return losses
    }
}

extension Tree {
    fileprivate func gather(_ losses: inout [Loss]) {
        switch self {
        case .any: break
        case .not(let tree): tree.gather(&losses)
        case .and(let parts), .or(let parts): for part in parts { part.gather(&losses) }
        case .inner(let tree):
            losses.append(
                Loss(
                    .both, at: tree.firstPlace,
                    "The index holds no packets inside tunnels: the condition is not met, its negation is."))
        case .condition(let condition): condition.gather(&losses)
        }
    }

    private var firstPlace: SourceRange? {
        switch self {
        case .any(let place): place
        case .condition(let condition): condition.place
        case .not(let tree), .inner(let tree): tree.firstPlace
        case .and(let parts), .or(let parts): parts.first?.firstPlace
        }
    }
}

extension Condition {
    fileprivate func gather(_ losses: inout [Loss]) {
        func add(_ sentence: String) {
            let loss = Loss(.both, at: place, sentence)
            if !losses.contains(loss) { losses.append(loss) }
        }
        if variable == .payload {
            add("The index holds no payloads: the condition is not met, its negation is. Search the text, or a dump.")
        }
        guard case .isOne(let values) = test.positive else { return }
        for value in values {
            switch value {
            case .list(let name): add("The list \"\(name)\" stands as it is now.")
            case .vpn, .vpnClient, .vpnConnection: add("Which interfaces are tunnels is asked of those that exist now.")
            case .users(let names):
                if variable != .user {
                    add("Users stand as the addresses where they are logged in now.")
                } else if let group = names.first(where: \.isGroup) {
                    add("The group \"\(group.name)\" stands as its members are now.")
                }
            default: break
            }
        }
    }
}

extension Test {
    /// The test without its negation.
    fileprivate var positive: Test {
        if case .isNone(let values) = self { .isOne(values) } else { self }
    }
}
