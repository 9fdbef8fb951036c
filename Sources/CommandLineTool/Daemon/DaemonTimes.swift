import PacketStages
import Primitives
import Records
import SystemCalls

/// The daemon's times, which are RFC 3339, as people here read them.
struct DaemonTimes {
    let zone: ZoneTable
    let now: Timestamp

    init(zone: ZoneTable = ZoneTable.local, now: Timestamp = Clocks.wall) {
        self.zone = zone
        self.now = now
    }

    /// "2026-11-21 10:00:00" in local time; the text as it is where it is no time.
    func local(_ text: String) -> String {
        guard let time = time(text) else { return text.escaped }
        let second = time.seconds + Int64(zone.period(at: time.seconds).offset)
        let days = second >= 0 ? second / 86400 : (second - 86399) / 86400
        let date = CivilDate(daysSince1970: Int(days))
        let rest = second - days * 86400
        var buffer = ByteBuffer(capacity: 32)
        buffer.append(decimal: date.year)
        for (mark, part) in [
            ("-", Int64(date.month)), ("-", Int64(date.day)), (" ", rest / 3600), (":", rest / 60 % 60),
            (":", rest % 60),
        ] {
            buffer.append(mark.utf8.first ?? 0)
            buffer.append(padded: UInt32(part), digits: 2)
        }
        return buffer.text
    }

    /// How long it is since then: "2 h 14 min"; nil where it is no time, or not yet.
    func since(_ text: String) -> String? {
        guard let time = time(text), now.nanoseconds > time.nanoseconds else { return nil }
        let seconds = now.seconds - time.seconds
        return HumanNumbers.duration(nanoseconds: seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
    }

    private func time(_ text: String) -> Timestamp? {
        guard case .absolute(let time) = try? TimePoint(parsing: text, zone: zone, option: "time") else {
            return nil
        }
        return time
    }
}
