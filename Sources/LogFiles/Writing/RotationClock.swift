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
    private var latest = Int64.min
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
        if now < latest - 2 { wentBack = true }
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
        let offset = Int64(zone.period(at: second).offset)
        let local = second.addingReportingOverflow(offset).partialValue
        let days = local.flooredQuotient(86_400)
        switch period {
        case .never:
            return .min..<(.max)
        case .hourly:
            let hour = local.flooredQuotient(3600)
            return (hour * 3600 - offset)..<((hour + 1) * 3600 - offset)
        case .daily:
            return midnight(days, near: offset)..<midnight(days + 1, near: offset)
        case .weekly:
            let monday = days - (days + 3 - (days + 3).flooredQuotient(7) * 7)
            return midnight(monday, near: offset)..<midnight(monday + 7, near: offset)
        case .monthly:
            let date = CivilDate(daysSince1970: Int(days))
            let first = CivilDate(year: date.year, month: date.month, day: 1)
            let next = CivilDate(
                year: date.month == 12 ? date.year + 1 : date.year, month: date.month % 12 + 1, day: 1)
            return midnight(
                Int64(first.daysSince1970), near: offset)..<midnight(
                    Int64(next.daysSince1970), near: offset)
        }
    }

    /// The second at which that day since 1970 begins in local time, whose offset that day may be another one than
    /// `offset` is.
    private func midnight(_ day: Int64, near offset: Int64) -> Int64 {
        let local = day * 86_400
        let guess = local - Int64(zone.period(at: local - offset).offset)
        // A day whose midnight is skipped begins when the clocks have been put forward.
        return local - Int64(zone.period(at: guess).offset)
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
