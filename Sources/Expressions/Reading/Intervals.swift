/// Rule 4: the relational conditions of one `&` chain on one variable become one condition, met
/// when ONE place lies in the interval.
enum Intervals {
    /// Merges among the parts from `start` on, in place; the first of a variable's conditions stays
    /// where it is and takes in the others. Linear.
    static func merge(_ parts: inout [Tree], from start: Int) {
        var firsts: [Variable: Int] = [:]
        var kept = start
        for index in start..<parts.count {
            if case .condition(let condition) = parts[index], case .interval(let lower, let upper) = condition.test {
                if let first = firsts[condition.variable], case .condition(var merged) = parts[first],
                    case .interval(let otherLower, let otherUpper) = merged.test
                {
                    merged.test = .interval(lower: max(lower, otherLower), upper: min(upper, otherUpper))
                    merged.place = SourceRange(
                        min(merged.place.lower, condition.place.lower), max(merged.place.upper, condition.place.upper))
                    parts[first] = .condition(merged)
                    continue
                }
                firsts[condition.variable] = kept
            }
            if kept != index { parts.swapAt(kept, index) }
            kept += 1
        }
        parts.removeSubrange(kept...)
    }
}
