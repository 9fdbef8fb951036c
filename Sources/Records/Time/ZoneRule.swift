import Primitives

/// The rule of a zone for all years: standard time, and when daylight saving time begins and ends.
struct ZoneRule: Hashable, Sendable {
    /// A day of every year, and the second of it (of local time before the change; may be negative or
    /// beyond the day) at which the clocks change.
    struct Change: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// `Jn`: 1 ... 365, 29 February is never counted.
            case julian(Int)
            /// `n`: 0 ... 365, 29 February is counted.
            case ordinal(Int)
            /// `Mm.w.d`: day of the week `d` (0 is Sunday) of week `w` (5 is the last) of month `m`.
            case weekday(month: Int, week: Int, day: Int)
        }

        var day: Day
        var second: Int
    }

    struct Saving: Hashable, Sendable {
        var offset: Int
        var start: Change
        var end: Change
    }

    /// Seconds east of UTC.
    var standard: Int
    var saving: Saving?

    /// What the rule says about a second since 1970.
    func period(at second: Int64) -> ZoneTable.Period {
        guard let saving else { return .init(offset: standard, start: .min, end: .max) }
        // Beyond what a time stamp can say, years would not fit; the answer there does not matter.
        let days = Int(max(min(second, 1 << 45), -1 << 45) / 86_400)
        let year = CivilDate(daysSince1970: days).year
        var period = ZoneTable.Period(offset: standard, start: .min, end: .max)
        var changes: [ZoneTable.Transition] = []
        for year in year - 1...year + 1 {
            changes.append(.init(second: saving.start.second(in: year, offset: standard), offset: saving.offset))
            changes.append(.init(second: saving.end.second(in: year, offset: saving.offset), offset: standard))
        }
        changes.sort { $0.second < $1.second }
        for change in changes {
            if change.second <= second {
                period.start = change.second
                period.offset = change.offset
            } else {
                period.end = change.second
                break
            }
        }
        return period
    }
}

extension ZoneRule.Change {
    /// The moment of the change in a year, `offset` being what holds before it.
    func second(in year: Int, offset: Int) -> Int64 {
        Int64(day.daysSince1970(in: year)) * 86_400 + Int64(second - offset)
    }
}

extension ZoneRule.Change.Day {
    func daysSince1970(in year: Int) -> Int {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
        switch self {
        case .julian(let day):
            return newYear + day - 1 + (CivilDate.isLeap(year) && day >= 60 ? 1 : 0)
        case .ordinal(let day):
            return newYear + day
        case .weekday(let month, let week, let day):
            let first = CivilDate(year: year, month: month, day: 1)
            let offset = (day - first.weekday + 7) % 7 + (week - 1) * 7
            let isBeyond = offset >= CivilDate.daysIn(month: month, of: year)
            return first.daysSince1970 + (isBeyond ? offset - 7 : offset)
        }
    }
}
