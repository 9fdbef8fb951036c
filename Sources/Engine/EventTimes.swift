import Primitives
import Records

/// Times as the control messages have them.
enum EventTimes {
    /// RFC 3339 in UTC, to the second: "2026-11-21T10:00:00Z".
    static func text(_ time: Timestamp) -> String {
        var clock = LineClock(zone: .utc, form: .rfc3339)
        let text = String(appending: { clock.append(time, to: &$0) })
        return String(text.prefix { $0 != "." }) + "Z"
    }

    /// "21/Nov/2026 10:00:00", as a line has it.
    static func line(_ time: Timestamp, zone: ZoneTable) -> String {
        var clock = LineClock(zone: zone, form: .bracketed)
        let text = String(appending: { clock.append(time, to: &$0) })
        return String(text.dropFirst().prefix { $0 != "]" })
    }
}
