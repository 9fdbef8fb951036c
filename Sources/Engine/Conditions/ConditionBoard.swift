import ControlMessages
import Primitives

/// Conditions that an administrator should act on: each is said when it begins, counted while it lasts, and said again
/// when it is over, with how long it lasted and how much was lost. One that comes and goes is said ever more rarely:
/// it is over only after it has stayed away for a while, and the while doubles.
struct ConditionBoard: Sendable {
    /// A time of both clocks: durations do not jump with the time of day.
    struct Moment: Hashable, Sendable {
        var wall: Timestamp
        /// Nanoseconds (CLOCK_MONOTONIC).
        var monotonic: Int64

        fileprivate func seconds(since earlier: Moment) -> Int64 { (monotonic - earlier.monotonic) / 1_000_000_000 }
    }

    /// A line for the Warning or the Error log.
    struct Announcement: Hashable, Sendable {
        var severity: ConditionState.Severity
        var text: String
    }

    /// Conditions that are kept at once; further ones are counted.
    /// - Limit: conditions that stand at a time |  | counted
    static let limit = 200
    /// Seconds without a further loss after which losses are over.
    private static let calmAfterLosses: Int64 = 30
    /// A condition that comes back within this time after its end is one that comes and goes.
    private static let memory: Int64 = 600
    private static let calmAfterReturn: Int64 = 10
    private static let longestCalm: Int64 = 600

    private struct Entry {
        var condition: Condition
        let since: Moment
        /// When it was seen last.
        var seen: Moment
        var times: UInt64 = 1
        var isStanding = true
        /// What its count was before it began.
        let lossesBefore: UInt64
        /// Seconds that it must stay away to be over.
        let calm: Int64

        var lost: UInt64? { condition.losses.map { $0.total &- min(lossesBefore, $0.total) } }

        /// "... (12 packets so far)".
        func told(_ ending: String) -> String {
            guard let lost, let losses = condition.losses else { return condition.text }
            return "\(condition.text) (\(lost) \(losses.unit) \(ending))"
        }
    }

    private var entries: [Condition.Key: Entry] = [:]
    /// Conditions that ended a short while ago, with the time that they had to stay away.
    private var past: [Condition.Key: (end: Moment, calm: Int64)] = [:]
    private var counts: [Condition.Key: UInt64] = [:]
    /// How often conditions of each kind began.
    private(set) var begun: [Condition.Kind: UInt64] = [:]
    /// Conditions that found no room at the last look.
    private(set) var omitted = 0

    /// Takes over what stands now, and says what is to be said. Numbers in the text of a condition may move.
    mutating func update(_ found: [Condition.Key: Condition], at now: Moment) -> [Announcement] {
        var announcements: [Announcement] = []
        omitted = 0
        counts = counts.filter { found[$0.key] != nil }
        for (key, condition) in found.sorted(by: { $0.key < $1.key }) {
            var before: UInt64 = 0
            if let losses = condition.losses {
                before = counts.updateValue(losses.total, forKey: key) ?? 0
                // A counter that begins anew belongs to something that was opened again.
                if losses.total < before { before = 0 }
                guard losses.total > before else {
                    entries[key]?.isStanding = false
                    continue
                }
            }
            if entries[key] != nil {
                goOn(key, condition, now)
            } else if entries.count < Self.limit {
                announcements.append(begin(key, condition, before, now))
            } else {
                omitted += 1
            }
        }
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
            if found[key] == nil { entries[key]?.isStanding = false }
            if let over = end(key, entry, now) { announcements.append(over) }
        }
        past = past.filter { now.seconds(since: $0.value.end) < Self.memory }
        return announcements
    }

    private mutating func goOn(_ key: Condition.Key, _ condition: Condition, _ now: Moment) {
        if entries[key]?.isStanding == false {
            entries[key]?.isStanding = true
            // Losses come in bursts by their nature; each burst is no new one.
            if condition.losses == nil { entries[key]?.times += 1 }
        }
        entries[key]?.condition = condition
        entries[key]?.seen = now
    }

    private mutating func begin(
        _ key: Condition.Key, _ condition: Condition, _ before: UInt64, _ now: Moment
    ) -> Announcement {
        var calm = condition.losses == nil ? 0 : Self.calmAfterLosses
        if let earlier = past.removeValue(forKey: key) {
            calm = min(max(earlier.calm * 2, Self.calmAfterReturn), Self.longestCalm)
        }
        let entry = Entry(condition: condition, since: now, seen: now, lossesBefore: before, calm: calm)
        entries[key] = entry
        begun[condition.kind, default: 0] += 1
        let remedy = condition.remedy.isEmpty ? "" : ". \(condition.remedy)"
        return Announcement(severity: condition.severity, text: entry.told("so far") + remedy)
    }

    private mutating func end(_ key: Condition.Key, _ entry: Entry, _ now: Moment) -> Announcement? {
        guard let entry = entries[key], !entry.isStanding, now.seconds(since: entry.seen) >= entry.calm else {
            return nil
        }
        entries[key] = nil
        past[key] = (now, entry.calm)
        var text = "Over after \(Self.duration(now.seconds(since: entry.since))): \(entry.told("in all"))"
        if entry.times > 1 { text += "; it came \(entry.times) times" }
        return Announcement(severity: entry.condition.severity, text: text)
    }

    /// Conditions that stand, what does not work first.
    var states: [ConditionState] {
        let sorted = entries.sorted { one, other in
            let (first, second) = (one.value.condition.severity, other.value.condition.severity)
            return first == second ? one.key < other.key : first == .error
        }
        return sorted.map { _, entry in
            ConditionState(
                kind: entry.condition.kind.rawValue, subject: entry.condition.subject,
                severity: entry.condition.severity, text: entry.told("so far"), remedy: entry.condition.remedy,
                since: EventTimes.text(entry.since.wall), times: entry.times, lost: entry.lost)
        }
    }

    /// The same as sentences.
    var texts: [String] {
        let texts = states.map { $0.remedy.isEmpty ? $0.text : "\($0.text). \($0.remedy)" }
        return omitted == 0 ? texts : texts + ["\(omitted) further conditions are not kept: there are too many"]
    }

    /// How many stand, by their kinds.
    var standing: [Condition.Kind: Int] {
        entries.values.reduce(into: [:]) { $0[$1.condition.kind, default: 0] += 1 }
    }

    /// "3 s", "5 min 3 s", "2 h 5 min", "3 d 4 h".
    static func duration(_ seconds: Int64) -> String {
        switch max(seconds, 0) {
        case let seconds where seconds < 60: "\(seconds) s"
        case let seconds where seconds < 3600: "\(seconds / 60) min \(seconds % 60) s"
        case let seconds where seconds < 86_400: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        case let seconds: "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }
}
