import Primitives
import Records

/// Local time as this machine has it.
enum LocalTime {
    /// How times of a summary are written: date and time of day, with as many digits as its length needs.
    static func spelling(_ zone: ZoneTable, of summary: TrafficSummary) -> (Timestamp) -> String {
        let length = summary.latest.nanoseconds.subtractingReportingOverflow(summary.earliest.nanoseconds)
        let showsFraction = !length.overflow && length.partialValue < 60_000_000_000
        return { time in
            let local = time.seconds + Int64(zone.period(at: time.seconds).offset)
            let days = local >= 0 ? local / 86400 : (local - 86399) / 86400
            let date = CivilDate(daysSince1970: Int(days))
            let second = Int(local - days * 86400)
            var buffer = ByteBuffer(capacity: 64)
            buffer.append(decimal: date.year)
            for part in [date.month, date.day] {
                buffer.append(UInt8(ascii: "-"))
                buffer.append(padded: UInt32(part), digits: 2)
            }
            for (index, part) in [second / 3600, second / 60 % 60, second % 60].enumerated() {
                buffer.append(UInt8(ascii: index == 0 ? " " : ":"))
                buffer.append(padded: UInt32(part), digits: 2)
            }
            if showsFraction {
                buffer.append(UInt8(ascii: "."))
                buffer.append(padded: UInt32(time.fraction / 1_000_000), digits: 3)
            }
            return buffer.text
        }
    }
}
