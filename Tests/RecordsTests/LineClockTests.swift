import Foundation
import Primitives
import Records
import TestSupport
import Testing

struct LineClockTests {
    @Test func `a line's time, its milliseconds and the clock's change`() throws {
        let prague = try #require(ZoneTable(rule: "CET-1CEST,M3.5.0,M10.5.0/3"))
        var clock = LineClock(zone: prague, form: .bracketedMilliseconds)
        // 2026-03-29 00:59:59.999 UTC, then one millisecond later, then back: time may run backwards in a capture.
        let before = Timestamp(nanoseconds: 1_774_745_999_999_000_000)
        let after = Timestamp(nanoseconds: 1_774_746_000_000_999_999)
        #expect(text(&clock, before) == "[29/Mar/2026 01:59:59.999] ")
        #expect(text(&clock, after) == "[29/Mar/2026 03:00:00.000] ")
        #expect(text(&clock, before) == "[29/Mar/2026 01:59:59.999] ")
        var autumn = LineClock(zone: prague, form: .bracketed)
        #expect(text(&autumn, Timestamp(seconds: 1_792_889_999)) == "[25/Oct/2026 02:59:59] ")
        #expect(text(&autumn, Timestamp(seconds: 1_792_890_000)) == "[25/Oct/2026 02:00:00] ")
        var utc = LineClock(zone: .utc, form: .bracketed)
        #expect(text(&utc, Timestamp(nanoseconds: -1)) == "[31/Dec/1969 23:59:59] ")
    }

    @Test func `every second is what the C library prints`() throws {
        let zone = try #require(ZoneTable(rule: "AEST-10AEDT,M10.1.0,M4.1.0/3"))
        var lines = LineClock(zone: zone, form: .bracketed)
        var objects = LineClock(zone: zone, form: .rfc3339)
        var generator = SeededGenerator(seed: 0xC10C)
        for _ in 0..<5000 {
            let second = Int64.random(in: -9_000_000_000..<9_000_000_000, using: &generator)
            let fraction = Int64.random(in: 0..<1_000_000_000, using: &generator)
            let time = Timestamp(seconds: second, nanoseconds: fraction)
            let offset = zone.period(at: second).offset
            #expect(text(&lines, time) == twin("[%d/%b/%Y %H:%M:%S] ", second + Int64(offset)), "seed 0xC10C")
            let digits = String(String(fraction + 1_000_000_000).dropFirst())
            let zoneText = offset == 36_000 ? "+10:00" : "+11:00"
            #expect(text(&objects, time) == twin("%Y-%m-%dT%H:%M:%S.", second + Int64(offset)) + digits + zoneText)
        }
    }

    private func text(_ clock: inout LineClock, _ time: Timestamp) -> String {
        var buffer = ByteBuffer(capacity: 64)
        clock.append(time, to: &buffer)
        return buffer.text
    }

    private func twin(_ format: String, _ second: Int64) -> String {
        var seconds = time_t(second)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, format, &fields)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
