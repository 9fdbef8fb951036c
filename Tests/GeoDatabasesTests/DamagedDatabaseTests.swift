import Foundation
import Primitives
import TestSupport
import Testing

@testable import GeoDatabases

@Suite("Files that are no databases, or damaged ones")
struct DamagedDatabaseTests {
    /// What opening says, with the file's name alone.
    private func complaint(_ folder: String, _ name: String, for wanted: GeoDatabase.Contents = []) -> String {
        do throws(GeoDatabaseError) {
            _ = try GeoDatabase(path: "\(folder)/\(name)", for: wanted)
            return "\(name): opened"
        } catch {
            return error.description.replacingOccurrences(of: "\(folder)/", with: "")
        }
    }

    @Test("Each says what the file is and what to do")
    func texts() throws {
        let whole = try TestDatabase.bytes()
        let files: [(String, [UInt8])] = [
            ("empty.mmdb", []),
            ("notes.txt", Array("Buy a database.\n".utf8)),
            ("archive.tar.gz", [0x1F, 0x8B, 0x08, 0x00] + Array(repeating: 0x5A, count: 4096)),
            ("zeros.mmdb", Array(repeating: 0, count: 1 << 16)),
            ("cut.mmdb", Array(whole.prefix(whole.count - 20))),
            ("tail.mmdb", Array(whole.suffix(200))),
            ("country.mmdb", try TestDatabase.bytes(type: "GeoLite2-Country")),
            ("asn.mmdb", try TestDatabase.bytes(type: "GeoLite2-ASN")),
        ]
        try Fixtures.withTemporaryFolder { folder in
            for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
            var lines = files.dropLast(2).map { complaint(folder, $0.0) }
            lines.append(complaint(folder, "country.mmdb", for: .asn))
            lines.append(complaint(folder, "asn.mmdb", for: .country))
            lines.append(complaint(folder, "missing.mmdb"))
            try FileManager.default.createDirectory(atPath: "\(folder)/folder", withIntermediateDirectories: false)
            lines.append(complaint(folder, "folder"))
            mkfifo("\(folder)/pipe", 0o600)
            lines.append(complaint(folder, "pipe"))
            Golden.check(lines.joined(separator: "\n") + "\n", "geo-database-errors.txt")
        }
    }

    @Test("A database cut anywhere is refused or answers, never a crash")
    func cuts() throws {
        let whole = try TestDatabase.bytes()
        for length in stride(from: 0, to: whole.count, by: 7) { ask(Array(whole.prefix(length))) }
    }

    @Test("Mutations of a database are refused or answer, never a crash", arguments: [24, 28, 32])
    func mutations(_ recordSize: Int) throws {
        let seed = UInt64(recordSize)
        var random = SeededGenerator(seed: seed)
        let whole = try TestDatabase.bytes(recordSize: recordSize)
        var answered = 0
        for _ in 0..<400 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if ask(bytes) { answered += 1 }
        }
        #expect(answered > 0, "seed \(seed)")
    }

    /// Looks everything up; false where the file was refused.
    @discardableResult
    private func ask(_ bytes: [UInt8]) -> Bool {
        do {
            try TestDatabase.with(bytes) { database in
                for (text, _, _) in GeoDatabaseTests.answers {
                    guard let address = IPAddress(parsing: text) else { continue }
                    _ = database.country(of: address)
                    _ = database.asn(of: address)
                }
            }
            return true
        } catch {
            return false
        }
    }
}
