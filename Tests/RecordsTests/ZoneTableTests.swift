import Foundation
import Primitives
import TestSupport
import Testing

@testable import Records

/// The twin is Foundation's own zone database.
struct ZoneTableTests {
    static let zones = [
        "Europe/Prague", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata",
        "Africa/Casablanca", "Europe/Dublin", "America/Nuuk", "Pacific/Apia", "Antarctica/Troll", "UTC",
        "Asia/Gaza", "America/Santiago", "Asia/Tehran",
    ]

    @Test(arguments: zones)
    func `a zone's offset is what Foundation says, from 1900 to 2037`(name: String) throws {
        let table = try zone(name)
        let twin = try #require(TimeZone(identifier: name))
        var generator = SeededGenerator(seed: 0x205A)
        for _ in 0..<2000 {
            // Foundation's own table ends in 2037; behind it the rule's other tests stand.
            let second = Int64.random(in: -2_208_988_800..<2_145_916_800, using: &generator)
            let wanted = twin.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
            #expect(table.period(at: second).offset == wanted, "\(name) at \(second)")
        }
    }

    @Test func `Prague changes its clocks on the last Sundays of March and October`() throws {
        let prague = try zone("Europe/Prague")
        // 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC.
        #expect(prague.period(at: 1_774_745_999) == .init(offset: 3600, start: 1_761_440_400, end: 1_774_746_000))
        #expect(prague.period(at: 1_774_746_000).offset == 7200)
        #expect(prague.period(at: 1_792_889_999).offset == 7200)
        #expect(prague.period(at: 1_792_890_000).offset == 3600)
        // 2099-06-01 and 2099-12-01: beyond every table, by the rule.
        #expect(prague.period(at: 4_083_955_200).offset == 7200)
        #expect(prague.period(at: 4_099_766_400).offset == 3600)
    }

    @Test func `a rule alone is a zone, north and south`() throws {
        let prague = try #require(ZoneTable(rule: "CET-1CEST,M3.5.0,M10.5.0/3"))
        let sydney = try #require(ZoneTable(rule: "AEST-10AEDT,M10.1.0,M4.1.0/3"))
        // 2026-01-15, 2026-07-15
        #expect(prague.period(at: 1_768_435_200).offset == 3600)
        #expect(prague.period(at: 1_784_073_600).offset == 7200)
        #expect(sydney.period(at: 1_768_435_200).offset == 39_600)
        #expect(sydney.period(at: 1_784_073_600).offset == 36_000)
        #expect(try #require(ZoneTable(rule: "<+0330>-3:30")).period(at: 0).offset == 12_600)
        #expect(try #require(ZoneTable(rule: "EST5EDT")).period(at: 1_784_073_600).offset == -14_400)
        #expect(try #require(ZoneTable(rule: "ABC3DEF2,J60/0,J300/0")).period(at: 1_784_073_600).offset == -7200)
        #expect(try #require(ZoneTable(rule: "ABC3DEF2:30,59/-1,300/26:30")).period(at: 1_784_073_600).offset == -9000)
    }

    @Test(arguments: [
        "", "CET", "C-1", "CET-", "CET-999", "CET-1CEST,", "CET-1CEST,M3", "CET-1CEST,M13.1.0,M4.1.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0x", "<CET-1", "<>-1", "CET-1:60",
    ])
    func `what is no rule is refused`(text: String) {
        #expect(ZoneTable(rule: text) == nil)
    }

    @Test func `a broken file is refused with the reason, never a trap`() throws {
        let file = bytes("Europe/Prague")
        #expect(throws: ZoneError(reason: .notTZif, offset: 0)) { try parse([]) }
        for count in 1..<file.count - 30 {
            #expect(throws: ZoneError.self) { try parse(Array(file.prefix(count))) }
        }
        var generator = SeededGenerator(seed: 0x7A1F)
        for _ in 0..<3000 {
            var broken = file
            for _ in 0..<3 {
                broken[Int.random(in: 0..<200, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if let table = try? parse(broken) {
                for second in [Int64.min, -1, 0, 1 << 33, .max] { _ = table.period(at: second) }
            }
        }
    }

    /// Files of the zone database (public domain), slashes made hyphens.
    private func bytes(_ name: String) -> [UInt8] {
        Fixtures.bytes("zones/" + name.replacing("/", with: "-"))
    }

    private func zone(_ name: String) throws -> ZoneTable { try parse(bytes(name)) }

    private func parse(_ bytes: [UInt8]) throws(ZoneError) -> ZoneTable {
        let span = bytes.span
        return try ZoneTable(parsing: span.bytes)
    }
}
