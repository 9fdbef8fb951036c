/// What was probably meant: the nearest names by edit distance, at a bounded cost. One for all who
/// report a name that does not exist.
public enum DidYouMean {
    /// Longer words are compared by their first bytes only.
    private static let longest = 48
    /// Candidates beyond these are not looked at.
    private static let mostCandidates = 5_000

    /// Up to `count` candidates that are near enough to `word`, the nearest first, each once.
    public static func nearest(to word: String, among candidates: some Sequence<String>, count: Int = 2) -> [String] {
        let wanted = folded(word)
        guard !wanted.isEmpty else { return [] }
        var found: [(name: String, distance: Int)] = []
        for candidate in candidates.prefix(mostCandidates) {
            let name = folded(candidate)
            let allowed = tolerance(for: wanted, name)
            guard abs(name.count - wanted.count) <= allowed else { continue }
            let distance = distance(wanted, name)
            if distance <= allowed, !found.contains(where: { $0.name == candidate }) {
                found.append((candidate, distance))
                // Stable: among equally near ones the first candidate stays in front.
                found.sort { $0.distance < $1.distance }
                if found.count > count { found.removeLast() }
            }
        }
        return found.map(\.name)
    }

    /// `; did you mean a or b?`, or nothing.
    public static func phrase(_ suggestions: [String]) -> String {
        suggestions.isEmpty ? "" : "; did you mean \(suggestions.joined(separator: " or "))?"
    }

    /// A third of the word may be wrong, and one letter always; a shared beginning counts for one more.
    private static func tolerance(for word: [UInt8], _ name: [UInt8]) -> Int {
        let length = max(word.count, name.count)
        let third = max(1, length / 3)
        let sharesBeginning = word.count >= 2 && name.count >= 2 && word[0] == name[0] && word[1] == name[1]
        return min(third + (sharesBeginning && length <= 6 ? 1 : 0), 5)
    }

    private static func folded(_ word: String) -> [UInt8] {
        word.utf8.prefix(longest).map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    }

    /// Letters to change, add, drop or swap with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for column in right.indices {
                let change = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(change, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
