// What an expression says and its author probably does not mean: warnings, each with the way out.

/// Looks through a whole tree. Its work is bounded: in a huge expression not every trap is found.
struct Traps {
    let bytes: [UInt8]
    let directory: Directory
    private(set) var log: DiagnosticLog
    /// Parts of the tree that are still looked at.
    var budget = 200_000

    init(_ bytes: [UInt8], _ directory: Directory, _ log: DiagnosticLog) {
        self.bytes = bytes
        self.directory = directory
        self.log = log
    }

    /// `isAlone`: nothing stands beside the tree.
    mutating func look(in tree: Tree, isAlone: Bool = true) {
        guard spend() else { return }
        switch tree {
        case .any(let place):
            if !isAlone {
                warn(place, "\"any\" beside other conditions is evaluated as it stands: every IP packet meets it")
            }
        case .and(let parts):
            lookForPartners(in: parts)
            lookForContradiction(in: parts)
            for part in parts { look(in: part, isAlone: false) }
        case .or(let parts):
            for part in parts { look(in: part, isAlone: false) }
        case .not(let tree):
            look(in: tree, isAlone: false)
        case .inner(let tree):
            look(in: tree)
        case .condition(let condition):
            lookAtInterval(condition)
        }
    }

    mutating func spend() -> Bool {
        budget -= 1
        return budget > 0
    }

    mutating func warn(_ place: SourceRange, _ message: String) {
        log.warning(place, message)
    }

    /// The text at a place, as a message quotes it.
    func source(_ place: SourceRange) -> String {
        Excerpt.source(String(decoding: bytes[place.lower..<min(place.upper, place.lower + 240)], as: UTF8.self))
    }

    // MARK: Intervals

    private mutating func lookAtInterval(_ condition: Condition) {
        guard case .interval(let lower, let upper) = condition.test, lower > upper else { return }
        let name = condition.variable.rawValue
        let row = condition.variable.row
        guard lower <= row.most, upper > 0 || lower > 1 else {
            return warn(condition.place, "no \(name) is beyond 0 to \(row.most), so this is never met")
        }
        let (above, below) =
            lower - 1 == upper + 1 ? ("> \(lower - 1)", "< \(upper + 1)") : (">= \(lower)", "<= \(upper)")
        var message = "no \(name) is \(above) and \(below) at once, so this is never met"
        if condition.variable == .port {
            message +=
                "; for one port each, write \"sport \(above) & dport \(below)\" or \"dport \(above) & sport \(below)\""
        }
        warn(condition.place, message)
    }

    // MARK: Partners behind | and !

    private struct Bound {
        /// Which part of the chain it is in.
        var part: Int
        var lower: UInt32
        var upper: UInt32
        var place: SourceRange
    }

    /// `port >= 137 & (port <= 139 | ...)`: two conditions that different ports may meet.
    private mutating func lookForPartners(in parts: [Tree]) {
        var bounds: [Variable: [Bound]] = [:]
        for (index, part) in parts.enumerated() {
            if case .condition = part { gather(part, index, isNegated: false, &bounds) }
        }
        for (index, part) in parts.enumerated() {
            if case .condition = part { continue }
            gather(part, index, isNegated: false, &bounds)
        }
        for variable in [Variable.port, .vlan] {
            guard let found = bounds[variable], let base = found.first else { continue }
            for bound in found.dropFirst() where bound.part != base.part {
                let lower = max(base.lower, bound.lower)
                let upper = min(base.upper, bound.upper)
                let narrowsBoth =
                    (lower, upper) != (base.lower, base.upper) && (lower, upper) != (bound.lower, bound.upper)
                guard lower <= upper, narrowsBoth else { continue }
                let name = variable.rawValue
                warn(
                    bound.place,
                    "two different \(name)s may meet this and \(source(base.place)), for nothing crosses \"|\" or \"!\"; "
                        + "one \(name) that meets both is \"\(name) = \(lower)-\(upper)\"")
            }
        }
    }

    private mutating func gather(_ tree: Tree, _ part: Int, isNegated: Bool, _ bounds: inout [Variable: [Bound]]) {
        guard spend() else { return }
        switch tree {
        case .condition(let condition):
            guard case .interval(var lower, var upper) = condition.test, condition.variable.row.places.areSeveral,
                lower <= upper
            else { return }
            if isNegated {
                // Only what is open at one end has an interval for its opposite.
                let most = condition.variable.row.most
                if lower == 0, upper < most {
                    (lower, upper) = (upper + 1, most)
                } else if upper == most, lower > 0 {
                    (lower, upper) = (0, lower - 1)
                } else {
                    return
                }
            }
            bounds[condition.variable, default: []].append(
                Bound(part: part, lower: lower, upper: upper, place: condition.place))
        case .and(let parts), .or(let parts):
            for tree in parts { gather(tree, part, isNegated: isNegated, &bounds) }
        case .not(let tree):
            gather(tree, part, isNegated: !isNegated, &bounds)
        case .any, .inner:
            break
        }
    }
}

extension Parser {
    /// Adds the warnings about a whole tree.
    mutating func lookForTraps(in tree: Tree) {
        var traps = Traps(lexer.bytes, names.directory, log)
        traps.look(in: tree)
        log = traps.log
    }
}
