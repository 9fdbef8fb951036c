public import Primitives

/// A point in time as people type it.
public enum TimePoint: Hashable, Sendable {
    case absolute(Timestamp)
    /// Nanoseconds after midnight of a day that is not said, local time.
    case timeOfDay(Int64)

    /// Reads a date, a date with a time (RFC 3339 too), a time alone, or seconds since 1970; nil for anything else.
    /// Without a zone (Z, +02:00) it is local time in `zone`.
    public init?(parsing text: String, zone: ZoneTable) {
        var reader = TimeReader(text)
        guard let time = reader.time(zone) else { return nil }
        self = time
    }

    /// The point meant, on the day of `first`.
    public func resolved(first: Timestamp, zone: ZoneTable) -> Timestamp {
        switch self {
        case .absolute(let time): return time
        case .timeOfDay(let nanoseconds):
            let offset = Int64(zone.period(at: first.seconds).offset)
            let local = first.seconds + offset
            let midnight = local - (local % 86400 + 86400) % 86400
            return Timestamp(seconds: zone.universal(local: midnight), nanoseconds: nanoseconds)
        }
    }
}

/// Takes a time apart, digit by digit.
private struct TimeReader {
    private let text: [UInt8]
    private var at = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    mutating func time(_ zone: ZoneTable) -> TimePoint? {
        if let seconds = wholeNumber() { return seconds }
        at = 0
        if let day = date() {
            guard at < text.count else { return local(day * 86400, 0, zone) }
            guard take("T") || take("t") || take(" "), let (second, fraction) = clock() else { return nil }
            if at == text.count { return local(day * 86400 + second, fraction, zone) }
            guard let offset = offset(), at == text.count else { return nil }
            return .absolute(Timestamp(seconds: day * 86400 + second - offset, nanoseconds: fraction))
        }
        at = 0
        guard let (second, fraction) = clock(), at == text.count else { return nil }
        return .timeOfDay(second * 1_000_000_000 + fraction)
    }

    private func local(_ second: Int64, _ fraction: Int64, _ zone: ZoneTable) -> TimePoint {
        .absolute(Timestamp(seconds: zone.universal(local: second), nanoseconds: fraction))
    }

    /// Seconds since 1970, perhaps with a fraction: at least six digits, for a year is none.
    private mutating func wholeNumber() -> TimePoint? {
        guard let seconds = number(digits: 6...11), let fraction = fraction(), at == text.count else { return nil }
        return .absolute(Timestamp(seconds: seconds, nanoseconds: fraction))
    }

    /// YYYY-MM-DD as days since 1970 (proleptic Gregorian).
    private mutating func date() -> Int64? {
        guard let year = number(digits: 4...4), take("-"), let month = number(digits: 2...2), take("-"),
            let day = number(digits: 2...2), 1...12 ~= month,
            1...CivilDate.daysIn(month: Int(month), of: Int(year)) ~= Int(day)
        else { return nil }
        return Int64(CivilDate(year: Int(year), month: Int(month), day: Int(day)).daysSince1970)
    }

    /// HH:MM, HH:MM:SS or HH:MM:SS.fraction.
    private mutating func clock() -> (second: Int64, fraction: Int64)? {
        guard let hour = number(digits: 1...2), take(":"), let minute = number(digits: 2...2), hour < 24, minute < 60
        else { return nil }
        guard take(":") else { return (hour * 3600 + minute * 60, 0) }
        guard let second = number(digits: 2...2), second < 61, let fraction = fraction() else { return nil }
        return (hour * 3600 + minute * 60 + second, fraction)
    }

    /// The nanoseconds behind a point; 0 without one.
    private mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        let start = at
        guard let digits = number(digits: 1...9) else { return nil }
        return (start..<start + 9).dropFirst(at - start).reduce(digits) { value, _ in value * 10 }
    }

    /// Z, +HH:MM, +HHMM or +HH in seconds.
    private mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64 = take("-") ? -1 : take("+") ? 1 : 0
        guard sign != 0, let hours = number(digits: 2...2), hours < 24 else { return nil }
        guard at < text.count else { return sign * hours * 3600 }
        _ = take(":")
        guard let minutes = number(digits: 2...2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func number(digits: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while at < text.count, count < digits.upperBound, UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[at] {
            value = value * 10 + Int64(text[at] - UInt8(ascii: "0"))
            at += 1
            count += 1
        }
        return digits.contains(count) ? value : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }
}
