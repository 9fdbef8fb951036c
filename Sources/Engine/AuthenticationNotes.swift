import Synchronization
import SystemCalls

/// How often a token that is worth nothing is told of: somebody's script tries it again and again. Bounded.
final class AuthenticationNotes: Sendable {
    private static let interval: Int64 = 60_000_000_000
    private static let limit = 256

    private struct Entry {
        var toldAt: Int64
        var untold = 0
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// How many attempts are to be told of now; nil where the last line about `key` is less than a minute old.
    func attempts(_ key: String) -> Int? {
        let now = Clocks.monotonic
        return entries.withLock { entries in
            guard let entry = entries[key] else {
                if entries.count >= Self.limit, let oldest = entries.min(by: { $0.value.toldAt < $1.value.toldAt }) {
                    entries[oldest.key] = nil
                }
                entries[key] = Entry(toldAt: now)
                return 1
            }
            guard now - entry.toldAt >= Self.interval else {
                entries[key]?.untold += 1
                return nil
            }
            entries[key] = Entry(toldAt: now)
            return entry.untold + 1
        }
    }
}
