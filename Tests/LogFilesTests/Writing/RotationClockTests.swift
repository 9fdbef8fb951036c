import Foundation
import Primitives
import Records
import TestSupport
import Testing

@testable import LogFiles

@Suite("When a log's file has lasted long enough")
struct RotationClockTests {
    private static let zones = [
        "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+0530>-5:30",
        "<-04>4<-03>,M9.1.6/24,M4.1.6/24", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    ]

    private func seconds(_ text: String) -> Int64 {
        let format = ISO8601DateFormatter()
        return Int64(format.date(from: text)!.timeIntervalSince1970)
    }

    @Test("Periods have the borders of local time")
    func borders() throws {
        let zone = try #require(ZoneTable(rule: "CET-1CEST,M3.5.0,M10.5.0/3"))
        let second = seconds("2026-03-29T10:00:00Z")
        func span(_ period: LogConfiguration.Period) -> Range<Int64> {
            RotationClock(period, zone: zone).span(at: second)
        }
        #expect(span(.hourly) == seconds("2026-03-29T10:00:00Z")..<seconds("2026-03-29T11:00:00Z"))
        // The day on which the clocks are put forward has 23 hours.
        #expect(span(.daily) == seconds("2026-03-28T23:00:00Z")..<seconds("2026-03-29T22:00:00Z"))
        #expect(span(.weekly) == seconds("2026-03-22T23:00:00Z")..<seconds("2026-03-29T22:00:00Z"))
        #expect(span(.monthly) == seconds("2026-02-28T23:00:00Z")..<seconds("2026-03-31T22:00:00Z"))
    }

    @Test("Whatever the zone: periods hold the second asked for, and meet without a gap", arguments: zones)
    func property(rule: String) throws {
        let zone = try #require(ZoneTable(rule: rule))
        var random = SeededGenerator(seed: 20_261_121)
        for period in [LogConfiguration.Period.hourly, .daily, .weekly, .monthly] {
            let clock = RotationClock(period, zone: zone)
            var wrong: [Int64] = []
            for _ in 0..<2000 {
                let second = Int64.random(in: 0..<4_000_000_000, using: &random)
                let span = clock.span(at: second)
                let meets = clock.span(at: span.upperBound).lowerBound == span.upperBound
                if !span.contains(second) || !meets || clock.span(at: span.upperBound - 1) != span {
                    wrong.append(second)
                }
            }
            #expect(wrong.isEmpty, "\(rule) \(period)")
        }
    }

    @Test("Where the clocks are put back over midnight, or forward, every second has its day")
    func nightChanges() throws {
        // Chile, and Newfoundland as it was until 2011.
        for rule in ["<-04>4<-03>,M9.1.6/24,M4.1.6/24", "NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01"] {
            let zone = try #require(ZoneTable(rule: rule))
            let clock = RotationClock(.daily, zone: zone)
            var wrong: [Int64] = []
            var starts: Set<Int64> = []
            let start = seconds("2026-01-01T12:00:00Z")
            for second in stride(from: start, to: start + 365 * 86_400, by: 600) {
                let span = clock.span(at: second)
                starts.insert(span.lowerBound)
                if !span.contains(second) { wrong.append(second) }
            }
            #expect(wrong.isEmpty, "\(rule)")
            #expect(starts.count == 366)
        }
    }

    /// Rotations that a writer would make that asks each second of `walls`.
    private func rotations(_ period: LogConfiguration.Period, _ walls: some Sequence<Int64>) -> Int {
        var clock = RotationClock(period, zone: .utc)
        var count = 0
        var monotonic: Int64 = 0
        for wall in walls {
            monotonic += 1_000_000_000
            let time = Timestamp(seconds: wall)
            if clock.current == nil { clock.begin(at: time) }
            if clock.isDue(at: time, monotonic: monotonic) {
                clock.rotated(at: time, monotonic: monotonic)
                clock.begin(at: time)
                count += 1
            }
        }
        return count
    }

    @Test("A clock that goes forward begins a file for each period")
    func forward() {
        let start: Int64 = 1_795_219_200
        #expect(rotations(.hourly, start..<start + 10 * 3600) == 9)
        #expect(rotations(.daily, stride(from: start, to: start + 10 * 86_400, by: 60)) == 9)
        #expect(rotations(.never, start..<start + 10_000) == 0)
    }

    @Test("A clock that jumps back and forth does not begin files without end")
    func jumps() {
        let start: Int64 = 1_795_219_200
        // Over the border of a day and back, a thousand times.
        let flicker = (0..<1000).map { start + 86_400 - 1 + Int64($0 % 2) * 10 }
        #expect(rotations(.daily, flicker) == 1)
        // Between two years, a thousand times.
        let far = (0..<1000).map { start + Int64($0 % 2) * 400 * 86_400 }
        #expect(rotations(.daily, far) == 1)
        // Set back by a year once: no file is begun for it, and the next midnight still begins one.
        let before = Array(start..<start + 100)
        let earlier = start - 365 * 86_400 + 43_200
        let after = Array(earlier..<earlier + 2 * 86_400)
        #expect(rotations(.daily, before + after) == 2)
        // Set to the right time once, from the year 1970.
        #expect(rotations(.daily, Array(0..<100) + before) == 1)
    }
}
