import Primitives
import Records
import TestSupport
import Testing

@testable import LogFiles

@Suite("The time at the beginning of a line")
struct LineTimeTests {
    private func read(_ line: String, zone: ZoneTable = .utc) -> Int64? {
        var times = LineTime(zone: zone)
        let bytes = Array(line.utf8)
        return times.read(bytes.span.bytes)?.nanoseconds
    }

    @Test("Known forms")
    func forms() {
        #expect(read("[21/Nov/2026 00:00:00] x") == 1_795_219_200_000_000_000)
        #expect(read("[21/Nov/2026 00:00:00.123] x") == 1_795_219_200_123_000_000)
        #expect(read("2026-11-21T00:00:00Z x") == 1_795_219_200_000_000_000)
        #expect(read("2026-11-21T01:00:00.5+01:00 x") == 1_795_219_200_500_000_000)
        #expect(read("2026-11-21 00:00:00,x") == 1_795_219_200_000_000_000)
        #expect(read("[21/Nov/2026 01:00:00] x", zone: ZoneTable(offset: 3600)) == 1_795_219_200_000_000_000)
    }

    @Test(
        "Others are none",
        arguments: [
            "", "[", "[21/Nov/2026 00:00:00", "[21/Nov/2026 24:00:00] ", "[31/Nov/2026 00:00:00] ",
            "[21/nov/2026 00:00:00] ", "[2x/Nov/2026 00:00:00] ", "[21/Nov/2026 00:00:00.12] ",
            "[00/Jan/2026 00:00:00] ",
            "2026-11-31T00:00:00Z", "2026-11-21_00:00:00Z", "packet from WAN, proto:TCP",
        ])
    func others(line: String) {
        #expect(read(line) == nil)
    }

    @Test("What a clock writes is read back, through changes of daylight saving too")
    func roundTrip() throws {
        let zone = try #require(ZoneTable(rule: "CET-1CEST,M3.5.0,M10.5.0/3"))
        var times = LineTime(zone: zone)
        var clock = LineClock(zone: zone, form: .bracketed)
        var generator = SeededGenerator(seed: 20_261_121)
        for _ in 0..<2_000 {
            let second = Int64.random(in: 1_700_000_000...1_900_000_000, using: &generator)
            var buffer = ByteBuffer(capacity: 64)
            clock.append(Timestamp(seconds: second), to: &buffer)
            buffer.append("text")
            let read = try #require(times.read(buffer.bytes)?.seconds)
            // In the hour that comes twice, the first is as good.
            #expect(read == second || read == second - 3600 && zone.period(at: read).offset == 7200)
        }
    }
}
