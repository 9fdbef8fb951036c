import Primitives

extension Formula<Leaf> {
    /// Leaves of one `|` that ask the same of different values become one leaf with all of them:
    /// `dport = 80 | dport = 8080` is `dport = { 80, 8080 }`, which every target says shorter. What an `&`
    /// denies is denied together: `ttl != 1 & ttl != 2` is `ttl != { 1, 2 }`.
    func mergingAlternatives() -> Formula<Leaf> {
        switch self {
        case .always, .never, .atom: return self
        case .not(let inside): return inside.mergingAlternatives().negated
        case .all(let parts):
            var kept: [Formula<Leaf>] = []
            var denied: [Formula<Leaf>] = []
            for part in parts {
                if case .not(let inside) = part { denied.append(inside) } else { kept.append(part) }
            }
            let together = Formula.either(denied).mergingAlternatives().negated
            return .every(kept.map { $0.mergingAlternatives() } + [together])
        case .some(let parts):
            var merged: [Formula<Leaf>] = []
            var homes: [Subject: Int] = [:]
            var united: [Int: [Leaf]] = [:]
            for part in parts.map({ $0.mergingAlternatives() }) {
                if case .atom(let leaf) = part, let subject = Subject(leaf.question) {
                    if let home = homes[subject] {
                        united[home, default: []].append(leaf)
                        continue
                    }
                    homes[subject] = merged.count
                    united[merged.count] = [leaf]
                }
                merged.append(part)
            }
            for (home, leaves) in united where leaves.count > 1 { merged[home] = .atom(Leaf(uniting: leaves)) }
            return .either(merged)
        }
    }
}

/// What a leaf that takes several values asks about.
private enum Subject: Hashable {
    case addresses(Place)
    case ports(Place, UInt8)
    case protocols
    case vlan
    case quantity(Quantity)

    init?(_ question: Question) {
        switch question {
        case .addresses(let side, _): self = .addresses(side)
        case .ports(let side, _, let carriers): self = .ports(side, carriers.rawValue)
        case .protocols: self = .protocols
        case .vlan: self = .vlan
        case .quantity(let quantity, _): self = .quantity(quantity)
        default: return nil
        }
    }
}

extension Leaf {
    /// A leaf that is met when one of `leaves` is: at least one, all of the same subject.
    fileprivate init(uniting leaves: [Leaf]) {
        let first = leaves[0].question
        let numbers = leaves.flatMap(\.question.ranges)
        place = SourceRange(leaves.map(\.place.lower).min() ?? 0, leaves.map(\.place.upper).max() ?? 0)
        question =
            switch first {
            case .addresses(let side, _): .addresses(side, AddressRange.merged(leaves.flatMap(\.question.addresses)))
            case .ports(let side, _, let carriers): .ports(side, ClosedRange.merged(numbers), carriers)
            case .protocols: .protocols(ClosedRange.merged(numbers))
            case .vlan: .vlan(ClosedRange.merged(numbers))
            case .quantity(let quantity, _): .quantity(quantity, ClosedRange.merged(numbers))
            default: first
            }
    }
}

extension Question {
    fileprivate var addresses: [AddressRange] {
        if case .addresses(_, let ranges) = self { ranges } else { [] }
    }

    fileprivate var ranges: [ClosedRange<UInt32>] {
        switch self {
        case .ports(_, let ranges, _), .protocols(let ranges), .vlan(let ranges), .quantity(_, let ranges): ranges
        default: []
        }
    }
}
