import Foundation
import Primitives
import TestSupport
import Testing

@testable import GeoDatabases

@Suite("Countries and AS numbers", .serialized)
struct GeoDatabaseTests {
    /// Address, country, AS number.
    static let answers: [(String, String, UInt32)] = [
        ("192.0.2.1", "DE", 64496), ("192.0.2.127", "DE", 64496), ("192.0.2.128", "FR", 64497),
        ("192.0.2.199", "FR", 64497), ("192.0.2.200", "CZ", 0), ("192.0.2.201", "FR", 64497),
        ("198.51.100.255", "US", 4_200_000_000), ("203.0.113.1", "JP", 64498), ("203.0.113.7", "-", 7),
        ("10.0.0.1", "-", 0), ("0.0.0.0", "-", 0), ("255.255.255.255", "-", 0), ("192.0.3.0", "-", 0),
        ("2001:db8::", "SE", 64499), ("2001:db8:1::2", "NO", 64500), ("2001:db8:1::1", "FI", 64501),
        ("2001:db9::", "-", 0), ("::1", "-", 0), ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "-", 0),
        // IPv4 stands below ::/96.
        ("::192.0.2.1", "DE", 64496), ("::ffff:192.0.2.1", "-", 0),
    ]

    @Test("The fixture is what the writer makes")
    func fixture() throws {
        let bytes = try TestDatabase.bytes()
        if ProcessInfo.processInfo.environment["GATELOG_RECORD"] == "1" {
            try Data(bytes).write(to: URL(fileURLWithPath: Fixtures.path(TestDatabase.fixture)))
        }
        #expect(Fixtures.bytes(TestDatabase.fixture) == bytes, "GATELOG_RECORD=1 records it anew")
    }

    @Test("Answers of the fixture", arguments: answers)
    func lookup(_ text: String, _ country: String, _ asn: UInt32) throws {
        let database = try GeoDatabase(path: Fixtures.path(TestDatabase.fixture))
        let address = try #require(IPAddress(parsing: text))
        #expect(TestDatabase.letters(database.country(of: address)) == country)
        #expect(database.asn(of: address) == asn)
        #expect(database.damagedLookups == 0)
    }

    @Test("mmdblookup says the same", arguments: answers)
    func judge(_ text: String, _ country: String, _ asn: UInt32) throws {
        /// The text or number that mmdblookup prints for a path; nil where it finds nothing.
        func peer(_ path: [String]) throws -> String? {
            let file = Fixtures.path(TestDatabase.fixture)
            let outcome = try Peer.run("mmdblookup", ["--file", file, "--ip", text] + path)
            guard outcome.status == 0, let line = outcome.lines.first(where: { $0.contains("<") }) else { return nil }
            return String(line.split(separator: "<")[0].trimmingCharacters(in: CharacterSet(charactersIn: " \"")))
        }
        let wanted = try peer(["country", "iso_code"]) ?? peer(["registered_country", "iso_code"])
        #expect(wanted ?? "-" == country)
        #expect(try peer(["autonomous_system_number"]) ?? "0" == "\(asn)")
    }

    @Test("Every record size and both trees", arguments: [24, 28, 32], [4, 6])
    func layouts(_ recordSize: Int, _ family: Int) throws {
        try TestDatabase.with(TestDatabase.bytes(recordSize: recordSize, family: family)) { database in
            #expect(database.addressFamily == family)
            for (text, country, asn) in Self.answers {
                let address = try #require(IPAddress(parsing: text))
                // A database of IPv4 knows nothing of IPv6, and that is no damage.
                let isKnown = family == 6 || !text.contains(":")
                #expect(TestDatabase.letters(database.country(of: address)) == (isKnown ? country : "-"))
                #expect(database.asn(of: address) == (isKnown ? asn : 0))
            }
            #expect(database.damagedLookups == 0)
        }
    }

    @Test(
        "The type says what a database holds",
        arguments: [
            ("GeoLite2-Country", GeoDatabase.Contents.country), ("GeoIP2-City", .country), ("GeoLite2-ASN", .asn),
            ("GeoIP2-ISP", .asn), ("GeoIP2-Enterprise", GeoDatabase.Contents([.country, .asn])),
            ("DBIP-Country-Lite", .country),
            ("DBIP-ASN-Lite (compat=GeoLite2-ASN)", .asn), ("Gatelog-Test", GeoDatabase.Contents([.country, .asn])),
            ("", GeoDatabase.Contents([.country, .asn])),
        ])
    func contents(_ type: String, _ wanted: GeoDatabase.Contents) throws {
        try TestDatabase.with(TestDatabase.bytes(type: type), for: wanted) { database in
            #expect(database.kind == type)
            #expect(database.contents == wanted)
        }
    }

    @Test("Answers stay right however many addresses share the cache")
    func manyAddresses() throws {
        let seed: UInt64 = 7
        var random = SeededGenerator(seed: seed)
        let rows = try TestDatabase.rows.map { row in
            (try AddressRange(parsing: row.prefix), TestDatabase.letters(of: row), row.asn ?? 0)
        }
        let database = try GeoDatabase(path: Fixtures.path(TestDatabase.fixture))
        for _ in 0..<60_000 {
            // Addresses in the prefixes, beside them, and their like in the other family.
            let near: [UInt32] = [0xC000_0200, 0xC633_6400, 0xCB00_7100, 0x0A00_0000]
            let number = near.randomElement(using: &random)! | UInt32.random(in: 0..<512, using: &random)
            let high: UInt64 = Bool.random(using: &random) ? 0x2001_0DB8_0001_0000 : 0x2001_0DB8_0000_0000
            let address: IPAddress =
                switch Int.random(in: 0..<3, using: &random) {
                case 0: .v4(IPv4Address(number))
                case 1: .v6(IPv6Address(high: 0, low: UInt64(number)))
                default: .v6(IPv6Address(high: high, low: UInt64.random(in: 0..<20_000, using: &random)))
                }
            let tree: IPAddress =
                if case .v6(let six) = address, six.high == 0 { .v4(IPv4Address(UInt32(six.low))) } else { address }
            // The last of the rows that hold it is the narrowest.
            let wanted = rows.last { $0.0.lower <= tree && tree <= $0.0.upper }
            #expect(TestDatabase.letters(database.country(of: address)) == wanted?.1 ?? "-", "\(address), seed \(seed)")
            #expect(database.asn(of: address) == wanted?.2 ?? 0, "\(address), seed \(seed)")
        }
    }

    @Test("Values of other types are unknown, not wrong")
    func otherTypes() throws {
        var writer = MaxMindWriter()
        let odd: [(String, MaxMindValue)] = [
            ("192.0.2.1/32", .text("DE")), ("192.0.2.2/32", .map(["country": .text("DE")])),
            ("192.0.2.3/32", .map(["country": .map(["iso_code": .text("DEU")])])),
            ("192.0.2.4/32", .map(["country": .map(["iso_code": .number32(5)])])),
            ("192.0.2.5/32", .map(["autonomous_system_number": .text("AS5")])),
            ("192.0.2.6/32", .map(["country": .list([.text("DE")])])),
        ]
        for (prefix, value) in odd { writer.insert(try AddressRange(parsing: prefix), value) }
        writer.insert(try AddressRange(parsing: "192.0.2.7/32"), .map(["autonomous_system_number": .number16(9)]))
        try TestDatabase.with(writer.bytes) { database in
            for number in UInt32(1)...6 {
                let address = IPAddress.v4(IPv4Address(0xC000_0200 + number))
                #expect(database.country(of: address) == 0)
                #expect(database.asn(of: address) == 0)
            }
            #expect(database.asn(of: .v4(IPv4Address(0xC000_0207))) == 9)
        }
    }
}
