import Primitives

/// Writes times as ipmon does. The zone's offset is asked for once in a quarter of an hour of the log, the day's text
/// made once a day, the second's once a second.
struct IPLogClock: ~Copyable {
    /// How many seconds local time is ahead of UTC at a second since 1970.
    private let offset: @Sendable (Int64) -> Int
    private var second = Int64.min
    /// The text of `second`: `14/11/2023 22:13:20.`
    private var text = ByteBuffer(capacity: 64)
    /// Bytes of the date and the blank behind it.
    private var dateCount = 0
    private var day = Int64.min
    /// The seconds whose offset is `known`.
    private var window = 0..<Int64(0)
    private var known = 0

    init(offset: @escaping @Sendable (Int64) -> Int) { self.offset = offset }

    /// Appends `14/11/2023 22:13:20.000012 `, or without the date.
    @inline(__always)
    mutating func append(_ header: IPLogHeader, date: Bool, to out: inout ByteBuffer) {
        if header.seconds != second { turn(to: header.seconds) }
        out.append(text.bytes.extracting((date ? 0 : dateCount)..<text.count))
        if let micros = UInt32(exactly: header.microseconds), micros < 1_000_000 {
            out.append(padded: micros, digits: 6)
        } else {
            appendOdd(header.microseconds, to: &out)
        }
        out.append(UInt8(ascii: " "))
    }

    /// Microseconds that no clock shows, with as many digits as they take (six at least).
    private func appendOdd(_ micros: Int64, to out: inout ByteBuffer) {
        if micros < 0 { out.append(UInt8(ascii: "-")) }
        if micros.magnitude < 1_000_000 {
            out.append(padded: UInt32(micros.magnitude), digits: 6)
        } else {
            out.append(decimal: micros.magnitude)
        }
    }

    private mutating func turn(to second: Int64) {
        self.second = second
        // Nobody's calendar goes further; what is beyond shows as the end of it.
        let bounded = min(max(second, -(1 << 40)), 1 << 40)
        let local = bounded + Int64(offset(at: bounded))
        let (quotient, remainder) = local.quotientAndRemainder(dividingBy: 86_400)
        let day = remainder < 0 ? quotient - 1 : quotient
        if day != self.day { turn(toDay: day) }
        let ofDay = UInt32(truncatingIfNeeded: local - day * 86_400)
        text.truncate(to: dateCount)
        text.append(twoDigits: ofDay / 3600)
        text.append(UInt8(ascii: ":"))
        text.append(twoDigits: ofDay / 60 % 60)
        text.append(UInt8(ascii: ":"))
        text.append(twoDigits: ofDay % 60)
        text.append(UInt8(ascii: "."))
    }

    private mutating func turn(toDay day: Int64) {
        self.day = day
        let date = CivilDate(daysSince1970: Int(day))
        text.removeAll()
        text.append(twoDigits: UInt32(date.day))
        text.append(UInt8(ascii: "/"))
        text.append(twoDigits: UInt32(date.month))
        text.append(UInt8(ascii: "/"))
        text.append(decimal: date.year)
        text.append(UInt8(ascii: " "))
        dateCount = text.count
    }

    /// Zones change at full quarters of an hour, but for some of long ago: a quarter whose two ends differ is asked
    /// anew each time.
    private mutating func offset(at second: Int64) -> Int {
        if window.contains(second) { return known }
        let start = second - ((second % 900) + 900) % 900
        let first = offset(start)
        guard first == offset(start + 899) else { return offset(second) }
        window = start..<start + 900
        known = first
        return first
    }
}
