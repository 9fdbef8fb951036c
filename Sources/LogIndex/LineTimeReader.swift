import Primitives
import Records

/// Reads `[DD/Mon/YYYY HH:MM:SS] ` or `[DD/Mon/YYYY HH:MM:SS.mmm] ` at the start of lines.
struct LineTimeReader {
    private static let months: [StaticString] = [
        "/Jan/", "/Feb/", "/Mar/", "/Apr/", "/May/", "/Jun/", "/Jul/", "/Aug/", "/Sep/", "/Oct/", "/Nov/", "/Dec/",
    ]

    /// The time of the line above; 1970 before the first one.
    private(set) var last = Timestamp(nanoseconds: 0)
    private let zone: ZoneTable
    private var local = Int64.min
    private var second: Int64 = 0

    init(zone: ZoneTable) { self.zone = zone }

    /// The time, and where what stands behind it begins; nil where the line begins otherwise.
    mutating func read(_ line: RawSpan) -> (time: Timestamp, rest: Int)? {
        var cursor = LineCursor(line)
        guard cursor.take("[", line), let day = Self.digits(2, &cursor, line),
            let month = Self.months.firstIndex(where: { cursor.take($0, line) }),
            let year = Self.digits(4, &cursor, line), cursor.take(" ", line),
            let hour = Self.digits(2, &cursor, line), cursor.take(":", line),
            let minute = Self.digits(2, &cursor, line), cursor.take(":", line),
            let second = Self.digits(2, &cursor, line)
        else { return nil }
        var milliseconds = 0
        if cursor.take(".", line) {
            guard let read = Self.digits(3, &cursor, line) else { return nil }
            milliseconds = read
        }
        guard cursor.take("] ", line), 1677...2262 ~= year, hour < 24, minute < 60, second < 60, day >= 1,
            day <= CivilDate.daysIn(month: month + 1, of: year)
        else { return nil }
        let days = CivilDate(year: year, month: month + 1, day: day).daysSince1970
        let local = Int64(days * 86_400 + hour * 3600 + minute * 60 + second)
        if local != self.local {
            self.second = universal(local)
            self.local = local
        }
        last = Timestamp(seconds: self.second, nanoseconds: Int64(milliseconds) * 1_000_000)
        return (last, cursor.offset)
    }

    private static func digits(_ count: Int, _ cursor: inout LineCursor, _ line: RawSpan) -> Int? {
        let start = cursor.offset
        guard let number = cursor.number(line), cursor.offset - start == count else { return nil }
        return Int(number)
    }

    /// The second that local clocks showed as `local`: of two the first that is not before the line above, of none
    /// (a clock put forward) what the zone was before.
    private func universal(_ local: Int64) -> Int64 {
        let before = zone.period(at: local - 86_400).offset
        let after = zone.period(at: local + 86_400).offset
        let candidates = [local - Int64(before), local - Int64(after)]
        let possible = candidates.filter { $0 + Int64(zone.period(at: $0).offset) == local }.sorted()
        guard let first = possible.first, let final = possible.last else { return candidates[0] }
        return first >= last.seconds ? first : final
    }
}
