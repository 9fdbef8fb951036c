/// A truth function over atoms, without a constant inside: those are folded as it is made.
///
/// All translations go through it: the tree becomes a formula of `Leaf`s (names resolved, comparators
/// dissolved), and a leaf becomes a formula of the target's own atoms.
indirect enum Formula<Atom: Sendable>: Sendable {
    case always
    case never
    case atom(Atom)
    case not(Formula)
    /// At least two parts, none of them a constant or an `.all`.
    case all([Formula])
    /// At least two parts, none of them a constant or a `.some`.
    case some([Formula])

    /// Met when all parts are; no part at all is `.always`.
    static func every(_ parts: [Formula]) -> Formula {
        var kept: [Formula] = []
        for part in parts {
            switch part {
            case .always: continue
            case .never: return .never
            case .all(let inside): kept += inside
            default: kept.append(part)
            }
        }
        return kept.count > 1 ? .all(kept) : kept.first ?? .always
    }

    /// Met when one part is; no part at all is `.never`.
    static func either(_ parts: [Formula]) -> Formula {
        var kept: [Formula] = []
        for part in parts {
            switch part {
            case .never: continue
            case .always: return .always
            case .some(let inside): kept += inside
            default: kept.append(part)
            }
        }
        return kept.count > 1 ? .some(kept) : kept.first ?? .never
    }

    var negated: Formula {
        switch self {
        case .always: .never
        case .never: .always
        case .not(let inside): inside
        default: .not(self)
        }
    }

    /// The formula with each atom replaced. `widening` tells which way an atom that has no exact
    /// counterpart must err so that the whole becomes wider: to `.always` where true, to `.never`
    /// (under an odd number of negations) where false.
    func replacing<Other: Sendable>(
        widening: Bool = true, _ replacement: (_ atom: Atom, _ widening: Bool) -> Formula<Other>
    ) -> Formula<Other> {
        switch self {
        case .always: .always
        case .never: .never
        case .atom(let atom): replacement(atom, widening)
        case .not(let inside): inside.replacing(widening: !widening, replacement).negated
        case .all(let parts): .every(parts.map { $0.replacing(widening: widening, replacement) })
        case .some(let parts): .either(parts.map { $0.replacing(widening: widening, replacement) })
        }
    }

    /// Whether an atom answers to `condition`.
    func contains(where condition: (Atom) -> Bool) -> Bool {
        switch self {
        case .always, .never: false
        case .atom(let atom): condition(atom)
        case .not(let inside): inside.contains(where: condition)
        case .all(let parts), .some(let parts): parts.contains { $0.contains(where: condition) }
        }
    }

    /// What stands in for an atom that cannot be said: see `replacing`.
    static func unknown(widening: Bool) -> Formula { widening ? .always : .never }
}

/// How a language writes a formula of its own atoms.
struct Connectives {
    var and: String
    var or: String
    var not: String
    /// The longest chain of one connective; a longer one is split into halves, where a language builds
    /// a tree as deep as the chain is long.
    var halving = Int.max

    /// The text of a formula that is not a constant. Mixed `and` and `or` always get parentheses: in some
    /// languages both bind alike. An atom is whole in itself but for negation.
    func text(of formula: Formula<String>) -> String {
        switch formula {
        case .always, .never: preconditionFailure("a constant has a text of its own in each language")
        case .atom(let atom): atom
        case .not(.atom(let atom)) where !atom.utf8.contains(UInt8(ascii: " ")): not + atom
        case .not(let inside): not + "(" + text(of: inside) + ")"
        case .all(let parts): chain(parts[...], and)
        case .some(let parts): chain(parts[...], or)
        }
    }

    private func chain(_ parts: ArraySlice<Formula<String>>, _ connective: String) -> String {
        guard parts.count > halving else { return parts.map(part).joined(separator: connective) }
        let middle = parts.startIndex + parts.count / 2
        return "(" + chain(parts[..<middle], connective) + ")" + connective + "("
            + chain(parts[middle...], connective) + ")"
    }

    private func part(_ formula: Formula<String>) -> String {
        switch formula {
        case .all, .some: "(" + text(of: formula) + ")"
        default: text(of: formula)
        }
    }
}
