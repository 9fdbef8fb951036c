public import Primitives

/// Writes times. The text of a second is made once and copied as long as the second lasts, and so is
/// the zone's offset until it changes.
public struct LineClock: ~Copyable {
    /// How a time is written.
    public enum Form: Hashable, Sendable {
        /// `[DD/Mon/YYYY HH:MM:SS] `, as every line of a log begins.
        case bracketed
        /// `[DD/Mon/YYYY HH:MM:SS.mmm] `.
        case bracketedMilliseconds
        /// `2026-11-21T00:28:00.123456789+01:00` (RFC 3339), `Z` for UTC itself.
        case rfc3339
        /// `2026-11-21T00:28:00.123456+01:00`: RFC 5424 allows six digits and no more.
        case syslog
        /// `2026-11-21T00:28:00.123456+0100`, as Suricata's EVE has it.
        case eve
    }

    private let zone: ZoneTable
    private let form: Form
    private var period = ZoneTable.Period(offset: 0, start: .max, end: .max)
    private var second = Int64.min
    /// The text of `second`: what stands before the fraction, then what stands behind it.
    private var text = ByteBuffer(capacity: 64)
    private var headCount = 0

    /// A clock for local time in `zone`.
    public init(zone: ZoneTable, form: Form) {
        self.zone = zone
        self.form = form
    }

    /// Appends the time.
    @inline(__always)
    public mutating func append(_ time: Timestamp, to buffer: inout ByteBuffer) {
        let second = time.seconds
        if second != self.second { turn(to: second) }
        switch form {
        case .bracketed:
            buffer.append(text.bytes)
        case .bracketedMilliseconds:
            appendParts(3, of: UInt32(truncatingIfNeeded: time.fraction / 1_000_000), to: &buffer)
        case .rfc3339:
            appendParts(9, of: UInt32(truncatingIfNeeded: time.fraction), to: &buffer)
        case .syslog, .eve:
            appendParts(6, of: UInt32(truncatingIfNeeded: time.fraction / 1000), to: &buffer)
        }
    }

    /// Appends `DD/Mon/YYYY HH:MM:SS`, with `.mmm` where the form has it: the time without its brackets.
    public mutating func appendBare(_ time: Timestamp, to buffer: inout ByteBuffer) {
        guard form == .bracketed || form == .bracketedMilliseconds else { return append(time, to: &buffer) }
        if time.seconds != second { turn(to: time.seconds) }
        buffer.append(text.bytes.extracting(1..<headCount))
        if form == .bracketedMilliseconds {
            buffer.append(padded: UInt32(truncatingIfNeeded: time.fraction / 1_000_000), digits: 3)
        }
    }

    private mutating func appendParts(_ digits: Int, of fraction: UInt32, to buffer: inout ByteBuffer) {
        buffer.append(text.bytes.extracting(0..<headCount))
        buffer.append(padded: fraction, digits: digits)
        buffer.append(text.bytes.extracting(headCount...))
    }

    private mutating func turn(to second: Int64) {
        self.second = second
        if !period.contains(second) { period = zone.period(at: second) }
        let local = second + Int64(period.offset)
        let (quotient, remainder) = local.quotientAndRemainder(dividingBy: 86_400)
        let days = remainder < 0 ? quotient - 1 : quotient
        let date = CivilDate(daysSince1970: Int(days))
        let ofDay = UInt32(truncatingIfNeeded: local - days * 86_400)
        text.removeAll()
        switch form {
        case .bracketed, .bracketedMilliseconds:
            text.append(UInt8(ascii: "["))
            text.append(twoDigits: UInt32(date.day))
            text.append(LineClock.months[date.month - 1])
            appendYear(date)
            text.append(UInt8(ascii: " "))
            appendTime(ofDay)
            if form == .bracketedMilliseconds { text.append(UInt8(ascii: ".")) }
            headCount = text.count
            text.append("] ")
        case .rfc3339, .syslog, .eve:
            appendYear(date)
            text.append(UInt8(ascii: "-"))
            text.append(twoDigits: UInt32(date.month))
            text.append(UInt8(ascii: "-"))
            text.append(twoDigits: UInt32(date.day))
            text.append(UInt8(ascii: "T"))
            appendTime(ofDay)
            text.append(UInt8(ascii: "."))
            headCount = text.count
            appendOffset()
        }
    }

    /// Time stamps range from 1677 to 2262: four digits.
    private mutating func appendYear(_ date: CivilDate) {
        text.append(padded: UInt32(truncatingIfNeeded: date.year), digits: 4)
    }

    private mutating func appendTime(_ ofDay: UInt32) {
        text.append(twoDigits: ofDay / 3600)
        text.append(UInt8(ascii: ":"))
        text.append(twoDigits: ofDay / 60 % 60)
        text.append(UInt8(ascii: ":"))
        text.append(twoDigits: ofDay % 60)
    }

    private mutating func appendOffset() {
        if form != .eve, zone == .utc { return text.append(UInt8(ascii: "Z")) }
        let minutes = UInt32(abs(period.offset) / 60)
        text.append(UInt8(ascii: period.offset < 0 ? "-" : "+"))
        text.append(twoDigits: minutes / 60)
        if form != .eve { text.append(UInt8(ascii: ":")) }
        text.append(twoDigits: minutes % 60)
    }

    private static let months: InlineArray<12, ShortText> = [
        ShortText("/Jan/".utf8), ShortText("/Feb/".utf8), ShortText("/Mar/".utf8), ShortText("/Apr/".utf8),
        ShortText("/May/".utf8), ShortText("/Jun/".utf8), ShortText("/Jul/".utf8), ShortText("/Aug/".utf8),
        ShortText("/Sep/".utf8), ShortText("/Oct/".utf8), ShortText("/Nov/".utf8), ShortText("/Dec/".utf8),
    ]
}
