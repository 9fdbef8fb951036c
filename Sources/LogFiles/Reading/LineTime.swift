import Primitives
import Records

/// Reads the time at the beginning of a line: `[DD/Mon/YYYY HH:MM:SS] `, perhaps with milliseconds, or RFC 3339.
struct LineTime: ~Copyable {
    private let zone: ZoneTable
    private var period: ZoneTable.Period
    /// The text that was read last, in three words, and what it said.
    private var last = (UInt64(0), UInt64(0), UInt32(0))
    private var lastSecond: Int64 = 0

    /// Local times are those of `zone`.
    init(zone: ZoneTable) {
        self.zone = zone
        period = zone.period(at: 0)
    }

    /// The time at the beginning of `line`; nil where there is none.
    mutating func read(_ line: RawSpan) -> Timestamp? {
        guard line.byteCount >= 20 else { return nil }
        if line.byte(at: 0) == UInt8(ascii: "[") { return bracketed(line) }
        return plain(line)
    }

    private mutating func bracketed(_ line: RawSpan) -> Timestamp? {
        guard line.byteCount >= 22 else { return nil }
        let words = (line.little64(at: 1), line.little64(at: 9), line.little32(at: 17))
        if words != last || lastSecond == 0 {
            guard let second = bracketedSecond(line) else { return nil }
            last = words
            lastSecond = second
        }
        if line.byte(at: 21) == UInt8(ascii: "]") { return Timestamp(seconds: lastSecond) }
        guard line.byteCount >= 26, line.byte(at: 21) == UInt8(ascii: "."), line.byte(at: 25) == UInt8(ascii: "]"),
            let milliseconds = line.digits(3, at: 22)
        else { return nil }
        return Timestamp(seconds: lastSecond, nanoseconds: milliseconds * 1_000_000)
    }

    private mutating func bracketedSecond(_ line: RawSpan) -> Int64? {
        guard let day = line.digits(2, at: 1), let month = Self.month(line), let year = line.digits(4, at: 8),
            line.byte(at: 3) == UInt8(ascii: "/"), line.byte(at: 7) == UInt8(ascii: "/"),
            line.byte(at: 12) == UInt8(ascii: " ")
        else { return nil }
        return second(year, month, day, line, clockAt: 13).map { universal($0) }
    }

    /// YYYY-MM-DDTHH:MM:SS, with a fraction and a zone where they are there.
    private mutating func plain(_ line: RawSpan) -> Timestamp? {
        guard let year = line.digits(4, at: 0), line.byte(at: 4) == UInt8(ascii: "-"),
            let month = line.digits(2, at: 5), line.byte(at: 7) == UInt8(ascii: "-"), let day = line.digits(2, at: 8),
            line.byte(at: 10) == UInt8(ascii: "T") || line.byte(at: 10) == UInt8(ascii: " "),
            let local = second(year, month, day, line, clockAt: 11)
        else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if line.byteCount > at, line.byte(at: at) == UInt8(ascii: ".") {
            at += 1
            var unit: Int64 = 100_000_000
            while at < line.byteCount, let digit = line.digits(1, at: at) {
                fraction += digit * unit
                unit /= 10
                at += 1
            }
        }
        let offset = zoneOffset(line, at: at)
        return Timestamp(seconds: offset.map { local - $0 } ?? universal(local), nanoseconds: fraction)
    }

    private func zoneOffset(_ line: RawSpan, at offset: Int) -> Int64? {
        guard offset < line.byteCount else { return nil }
        let sign = line.byte(at: offset)
        if sign == UInt8(ascii: "Z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = line.digits(2, at: offset + 1) else {
            return nil
        }
        let hasColon = offset + 3 < line.byteCount && line.byte(at: offset + 3) == UInt8(ascii: ":")
        guard let minutes = line.digits(2, at: offset + (hasColon ? 4 : 3)) else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private func second(
        _ year: Int64, _ month: Int64, _ day: Int64, _ line: RawSpan, clockAt at: Int
    ) -> Int64? {
        guard let hour = line.digits(2, at: at), line.byte(at: at + 2) == UInt8(ascii: ":"),
            let minute = line.digits(2, at: at + 3), line.byte(at: at + 5) == UInt8(ascii: ":"),
            let second = line.digits(2, at: at + 6), hour < 24, minute < 60, second < 61, 1...12 ~= month,
            1...Int64(CivilDate.daysIn(month: Int(month), of: Int(year))) ~= day
        else { return nil }
        let days = CivilDate(year: Int(year), month: Int(month), day: Int(day)).daysSince1970
        return Int64(days) * 86400 + hour * 3600 + minute * 60 + second
    }

    /// As the clock that wrote it: where local times come twice, the one that follows the line before is not known, and
    /// the first is taken.
    private mutating func universal(_ local: Int64) -> Int64 {
        let guess = local - Int64(period.offset)
        if period.contains(guess), period.contains(guess - 86400), period.contains(guess + 86400) { return guess }
        let second = zone.universal(local: local)
        period = zone.period(at: second)
        return second
    }

    private static func month(_ line: RawSpan) -> Int64? {
        let name = line.little32(at: 4) & 0xFF_FFFF
        for (index, month) in months.enumerated() where month == name { return Int64(index + 1) }
        return nil
    }

    private static let months: [UInt32] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ].map { name in name.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}

extension RawSpan {
    /// The number of `count` decimal digits at `offset`; nil where other bytes stand there.
    @inline(__always)
    fileprivate func digits(_ count: Int, at offset: Int) -> Int64? {
        guard holds(count, at: offset) else { return nil }
        var value: Int64 = 0
        for place in offset..<offset + count {
            let digit = byte(at: place) &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }
}
