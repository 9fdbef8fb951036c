import Foundation
import Primitives
import TestSupport

@testable import GeoDatabases

/// What the databases of these tests say of the prefixes that are kept for documentation.
enum TestDatabase {
    static let fixture = "geo/test.mmdb"

    /// Wider prefixes first.
    static let rows: [(prefix: String, country: String?, registered: String?, asn: UInt32?)] = [
        ("192.0.2.0/24", "DE", "DE", 64496),
        ("192.0.2.128/25", "FR", "DE", 64497),
        ("192.0.2.200/32", "CZ", nil, nil),
        ("198.51.100.0/24", "US", "US", 4_200_000_000),
        ("203.0.113.0/24", nil, "JP", 64498),
        ("203.0.113.7/32", nil, nil, 7),
        ("2001:db8::/32", "SE", "SE", 64499),
        ("2001:db8:1::/48", "NO", "SE", 64500),
        ("2001:db8:1::1/128", "FI", "SE", 64501),
    ]

    static func value(_ country: String?, _ registered: String?, _ asn: UInt32?) -> MaxMindValue {
        var map: [String: MaxMindValue] = [:]
        map["country"] = country.map { .map(["iso_code": .text($0), "geoname_id": .number32(1)]) }
        map["registered_country"] = registered.map { .map(["iso_code": .text($0)]) }
        map["autonomous_system_number"] = asn.map { .number32($0) }
        map["autonomous_system_organization"] = asn.map { .text("AS \($0)") }
        return .map(map)
    }

    /// All rows of the family, or of both.
    static func bytes(recordSize: Int = 24, family: Int = 6, type: String = "Gatelog-Test") throws -> [UInt8] {
        var writer = MaxMindWriter(recordSize: recordSize, family: family, type: type)
        for row in rows where family == 6 || !row.prefix.contains(":") {
            writer.insert(try AddressRange(parsing: row.prefix), value(row.country, row.registered, row.asn))
        }
        return writer.bytes
    }

    /// Opens `bytes` as a file of their own while `body` runs.
    static func with<Result>(
        _ bytes: [UInt8], for wanted: GeoDatabase.Contents = [], _ body: (GeoDatabase) throws -> Result
    ) throws -> Result {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/test.mmdb"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return try body(GeoDatabase(path: path, for: wanted))
        }
    }

    /// What a row answers.
    static func letters(of row: (prefix: String, country: String?, registered: String?, asn: UInt32?)) -> String {
        row.country ?? row.registered ?? "-"
    }

    /// Two letters, or "-".
    static func letters(_ country: UInt16) -> String {
        country == 0 ? "-" : String(decoding: [UInt8(country >> 8), UInt8(truncatingIfNeeded: country)], as: UTF8.self)
    }
}
