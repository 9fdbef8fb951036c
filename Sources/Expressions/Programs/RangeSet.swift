/// Numbers as ranges that are sorted, apart from each other and not adjacent: what a set of a condition
/// comes down to, however it was written.
struct RangeSet<Bound: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
    private(set) var lower: [Bound] = []
    private(set) var upper: [Bound] = []

    var count: Int { lower.count }
    var isEmpty: Bool { lower.isEmpty }

    /// The union of `ranges`, in any order and overlapping at will; those whose ends are swapped are empty.
    init(_ ranges: [(lower: Bound, upper: Bound)]) {
        var sorted = ranges.filter { $0.lower <= $0.upper }
        sorted.sort { $0.lower < $1.lower }
        lower.reserveCapacity(sorted.count)
        upper.reserveCapacity(sorted.count)
        for range in sorted {
            // The subtraction cannot wrap: it is made only where the lower end is above another's upper end.
            if let last = upper.last, range.lower <= last || range.lower - last == 1 {
                upper[upper.count - 1] = max(last, range.upper)
            } else {
                lower.append(range.lower)
                upper.append(range.upper)
            }
        }
    }

    init(union sets: [RangeSet]) {
        self.init(sets.flatMap(\.ranges))
    }

    var ranges: [(lower: Bound, upper: Bound)] { Array(zip(lower, upper)).map { (lower: $0.0, upper: $0.1) } }
}
