import Foundation
import TestSupport
import Testing

@Suite("Damaged logs in ipmon")
struct DamagedLogTests {
    private static let log = Fixtures.bytes("ipmon/v5-ipf-body.bin")
    private static let lines = String(decoding: Fixtures.bytes("ipmon/v5-ipf-body.opt-none.txt"), as: UTF8.self)
        .split(separator: "\n").map { $0 + "\n" }

    /// Runs over `bytes`; the name of the log is the same each time.
    private func run(_ bytes: [UInt8], _ options: String...) throws -> (status: Int32, text: String) {
        try Fixtures.withTemporaryFolder { folder in
            let path = folder + "/log"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let harness = MonitorHarness()
            let status = harness.run(options + ["-f", path])
            return (status, harness.text.replacingOccurrences(of: path, with: "LOG"))
        }
    }

    @Test("A log that ends in the middle of a record names the place; what is whole is printed")
    func cut() throws {
        let (status, text) = try run(Array(Self.log.prefix(400)))
        #expect(status == 0)
        #expect(
            text == Self.lines[0] + Self.lines[1]
                + "LOG: offset 313: the log ends in the middle of a record: it has 87 bytes, 163 were expected; "
                + "skipped 87 bytes\n")
    }

    @Test(
        "Sizes of nothing and of everything are refused, and the next record is found",
        arguments: [
            (UInt64(0), "the record's size is 0, at least 128 was expected"),
            (UInt64(47), "the record's size is 47, at least 128 was expected"),
            (UInt64(1) << 40, "the record's size is 1099511627776, at most 65918 was expected"),
            (UInt64.max, "the record's size is 18446744073709551615, at most 65918 was expected"),
            (UInt64(150), "the record says that it holds 29 bytes of a packet, but has room for 22"),
        ])
    func sizes(_ size: UInt64, _ message: String) throws {
        var bytes = Self.log
        for place in 0..<8 { bytes[156 + 32 + place] = UInt8(truncatingIfNeeded: size >> UInt64(8 * place)) }
        let (status, text) = try run(bytes)
        #expect(status == 0)
        var lines = Self.lines
        lines[1] = "LOG: offset 156: \(message); skipped 157 bytes\nmissed 1 ipf log entries: 1 2\n"
        if let line = firstDifference(lines.joined(), text) { Issue.record("\(size): \(line)") }
    }

    @Test("Bytes that are no record are stepped over, and told")
    func rubbish() throws {
        let bytes = Self.log[..<156] + [UInt8](repeating: 0x55, count: 1000) + Self.log[156...]
        let (status, text) = try run(Array(bytes))
        #expect(status == 0)
        #expect(
            text.contains(
                "LOG: offset 156: the record's size is 6148914691236517205, at most 65918 was expected; "
                    + "skipped 1000 bytes\n"))
        #expect(text.components(separatedBy: "\n").count == Self.lines.count + 2)
    }

    @Test("What is no log at all is told once")
    func noLog() throws {
        let text = String(repeating: "This is a text about something else.\n", count: 1000)
        let (status, printed) = try run(Array(text.utf8))
        #expect(status == 1)
        #expect(
            printed == "LOG: offset 0: this is no ipl log of a known layout (name the layout if you know it); "
                + "skipped 37000 bytes\n")
    }

    @Test("A layout that was named and is not the log's")
    func wrongLayout() throws {
        let (_, text) = try run(Self.log, "-l", "3.4")
        #expect(text.hasPrefix("LOG: offset 0: "))
        #expect(!text.contains("192.0.2.1"))
    }

    @Test("An empty log is no error")
    func empty() throws {
        let (status, text) = try run([])
        #expect(status == 0 && text == "")
    }

    @Test("A thousand damaged places are a hundred messages")
    func many() throws {
        var bytes: [UInt8] = []
        for _ in 0..<1000 { bytes += Self.log[..<156] + [1, 2, 3] }
        let (status, text) = try run(bytes)
        #expect(status == 0)
        #expect(text.components(separatedBy: "skipped 3 bytes\n").count - 1 == 100)
        #expect(text.hasSuffix("900 more damaged places were not told\n"))
    }

    @Test("Names with control characters move no terminal")
    func escaped() throws {
        var bytes = Array(Self.log[..<156])
        for (place, byte) in [UInt8]([0x1B, 0x5B, 0x32, 0x4A]).enumerated() { bytes[48 + 64 + place] = byte }
        let (_, text) = try run(bytes)
        #expect(text.contains(" \\x1b[2J"))
    }
}
