import Primitives
import Records
import SystemCalls

/// A point in time as people type it behind --since and --until.
enum LogTime {
    /// Reads what `TimePoint` reads, a time of day being today's, and spans of time: `90s`, `15m`, `24h`, `7d` ago.
    static func parse(_ text: String, zone: ZoneTable, option: String, now: Timestamp = Clocks.wall) throws -> Timestamp
    {
        if let ago = span(text) { return Timestamp(nanoseconds: now.nanoseconds - ago) }
        do {
            return try TimePoint(parsing: text, zone: zone, option: option).resolved(first: now, zone: zone)
        } catch {
            throw ToolFailure(
                """
                \(option) "\(text.escaped)" is not a time; it takes 2024-05-01, 2024-05-01T12:30:05.5Z (also with a \
                space, +02:00, or no zone for local time), 12:30 today, 15m (s, m, h, d) ago, or seconds since 1970
                """)
        }
    }

    private static func span(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let last = text.last, let unit = units[last], text.dropLast().utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let count = Int64(text.dropLast()), count < 1_000_000
        else { return nil }
        return count * unit * 1_000_000_000
    }
}
