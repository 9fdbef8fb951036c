import Primitives
import Records

/// When a log's file has lasted long enough: pure, told the time.
///
/// A file belongs to the period in which it was begun. It ends when the wall clock reaches the period's end. A clock
/// that was set back begins no file; one that jumps back and forth over the border begins one, and then none until
/// `pause` has really passed (by the clock that never jumps), so that it cannot fill the folder with files.
struct RotationClock {
    /// What must lie between two rotations by the clock once the clock was seen to go back.
    static let pause: Int64 = 6 * 3600 * 1_000_000_000

    let period: LogConfiguration.Period
    let zone: ZoneTable
    /// The seconds since 1970 in which the present file is the right one; nil before its first line.
    private(set) var current: Range<Int64>?
    private var latest: Int64?
    private var wentBack = false
    private var lastRotation: Int64?

    init(_ period: LogConfiguration.Period, zone: ZoneTable) {
        self.period = period
        self.zone = zone
    }

    /// The file's first line is written, or its last one was, at `time`.
    mutating func begin(at time: Timestamp) {
        current = span(at: time.seconds)
    }

    /// Whether a new file is due. `monotonic` in nanoseconds.
    mutating func isDue(at time: Timestamp, monotonic: Int64) -> Bool {
        guard period != .never, let current else { return false }
        let now = time.seconds
        // A second or two is the clock being adjusted.
        if let latest, now < latest - 2 { wentBack = true }
        latest = now
        if now < current.lowerBound {
            // Far behind: what the file was begun by was wrong, and its period would never end.
            let length = current.upperBound - current.lowerBound
            if current.lowerBound - now > length { self.current = span(at: now) }
            return false
        }
        guard now >= current.upperBound else { return false }
        if wentBack, let lastRotation, monotonic - lastRotation < RotationClock.pause { return false }
        return true
    }

    /// A new file was begun since `isDue`.
    mutating func rotated(at time: Timestamp, monotonic: Int64) {
        lastRotation = monotonic
        current = nil
    }

    /// The period of local time that a second falls into.
    func span(at second: Int64) -> Range<Int64> {
        if period == .never { return .min..<(.max) }
        let offset = Int64(zone.period(at: second).offset)
        let local = second.addingReportingOverflow(offset).partialValue
        if period == .hourly {
            let hour = local.flooredQuotient(3600)
            return (hour * 3600 - offset)..<((hour + 1) * 3600 - offset)
        }
        let day = local.flooredQuotient(86_400)
        let span = span(ofDay: day)
        // Clocks that are put back over midnight show the end of a day again after the next one has begun.
        if second >= span.upperBound { return self.span(ofDay: day + 1) }
        return second < span.lowerBound ? self.span(ofDay: day - 1) : span
    }

    /// The period that a day since 1970 belongs to.
    private func span(ofDay day: Int64) -> Range<Int64> {
        switch period {
        case .never, .hourly, .daily:
            return midnight(day)..<midnight(day + 1)
        case .weekly:
            // 1970 began on a Thursday.
            let monday = (day + 3).flooredQuotient(7) * 7 - 3
            return midnight(monday)..<midnight(monday + 7)
        case .monthly:
            let date = CivilDate(daysSince1970: Int(day))
            let first = CivilDate(year: date.year, month: date.month, day: 1)
            let next = CivilDate(year: date.month == 12 ? date.year + 1 : date.year, month: date.month % 12 + 1, day: 1)
            return midnight(Int64(first.daysSince1970))..<midnight(Int64(next.daysSince1970))
        }
    }

    /// The second at which that day since 1970 begins in local time: the first one that shows 00:00, or the one at
    /// which the clocks are put forward over it.
    private func midnight(_ day: Int64) -> Int64 {
        let local = day * 86_400
        // No zone is a day from UTC, and none changes twice in three days.
        let before = local - Int64(zone.period(at: local - 129_600).offset)
        let after = local - Int64(zone.period(at: local + 129_600).offset)
        for candidate in [min(before, after), max(before, after)]
        where candidate + Int64(zone.period(at: candidate).offset) == local {
            return candidate
        }
        return zone.period(at: max(before, after)).start
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
