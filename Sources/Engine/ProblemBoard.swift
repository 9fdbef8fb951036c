/// Conditions that an administrator should act on: each is said when it begins, counted while it lasts, and said
/// again when it is over.
struct ProblemBoard: Sendable {
    /// What a condition is about, so that it is the same one the next time: "log debug suspended".
    typealias Key = String

    private struct Condition {
        var text: String
        /// Looks at which it stood.
        var count: UInt64
    }

    private var conditions: [Key: Condition] = [:]

    /// What changed with a look.
    struct Changes: Equatable {
        /// Texts of conditions that began.
        var began: [String] = []
        /// Texts of conditions that are over.
        var ended: [String] = []
    }

    /// Conditions that stand, in the order of their keys.
    var texts: [String] { conditions.sorted { $0.key < $1.key }.map(\.value.text) }

    /// Takes over what stands now. A condition whose text changes goes on: its numbers move.
    mutating func update(_ found: [Key: String]) -> Changes {
        var changes = Changes()
        for (key, condition) in conditions.sorted(by: { $0.key < $1.key }) where found[key] == nil {
            changes.ended.append("over: \(condition.text)")
            conditions[key] = nil
        }
        for (key, text) in found.sorted(by: { $0.key < $1.key }) {
            if conditions[key] == nil { changes.began.append(text) }
            conditions[key, default: Condition(text: text, count: 0)].count += 1
            conditions[key]?.text = text
        }
        return changes
    }
}
