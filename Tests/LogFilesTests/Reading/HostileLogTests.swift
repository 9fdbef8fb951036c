import Foundation
import LogFiles
import TestSupport
import Testing

@Suite("Logs that nobody would write")
struct HostileLogTests {
    private func search(_ text: [UInt8], _ pattern: String?, name: String = "a.log") throws -> (
        [[UInt8]], LogSearchOutcome
    ) {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            try Data(text).write(to: URL(fileURLWithPath: path))
            var selection = LogSelection()
            selection.pattern = pattern
            let sink = GatheringSink()
            let outcome = try LogReader(path: path).search(selection, into: sink)
            #expect(try ReadingTwinTests.backwards(LogReader(path: path), selection, 100) == sink.lines)
            return (sink.lines, outcome)
        }
    }

    @Test("A line without end is cut at a megabyte, and what was not looked at is said")
    func endless() throws {
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 9 << 20)
        let text = Array("before\n".utf8) + long + Array("needle\nbehind needle\n".utf8)
        let (lines, outcome) = try search(text, nil)
        #expect(lines.count == 3 && lines.first?.count == 6 && lines.last?.count == 13)
        #expect((1 << 20..<2 << 20).contains(lines[1].count))
        #expect(outcome.losses.map(\.reason) == [.longLines])
        #expect(outcome.losses.first?.bytes == Int64(9 << 20 + 6 - lines[1].count))
        #expect(try search(text, "needle").0 == [Array("behind needle".utf8)])
    }

    @Test("Empty files, empty lines, a last line without its end, bytes that are no text")
    func oddities() throws {
        #expect(try search([], nil).0 == [])
        #expect(try search([10, 10, 10], "^$").0.count == 3)
        #expect(try search(Array("a\nb".utf8), "b").0 == [Array("b".utf8)])
        let bytes: [UInt8] = [0, 0xFF, 10, 0xE2, 0x28, 0xA1, 10, 0, 0, 10]
        #expect(try search(bytes, nil).0.count == 3)
        #expect(try search(bytes, "\\x00$").0 == [[0, 0]])
    }

    @Test("Damage to a packed file loses the lines of its frame, no others, and is told")
    func damage() throws {
        var text: [UInt8] = []
        for number in 0..<20_000 { text += Array("line number \(number * 7919)\n".utf8) }
        let packed = try MadeUpLog.pack(text)
        let whole = try search(packed, nil, name: "a.log.1.zst")
        #expect(whole.0.count == 20_000 && whole.1.losses.isEmpty)
        var broken = packed
        for place in packed.count / 2..<packed.count / 2 + 50 { broken[place] ^= 0x55 }
        let (lines, outcome) = try search(broken, nil, name: "a.log.1.zst")
        #expect((12_000..<20_000).contains(lines.count))
        let lost = outcome.losses.reduce(0) { $0 + $1.bytes }
        #expect(lines.reduce(0) { $0 + $1.count + 1 } + Int(lost) == text.count)
        #expect(lines.first == whole.0.first && lines.last == whole.0.last)
        let cut = try search(Array(packed.dropLast(packed.count / 3)), nil, name: "a.log.1.zst")
        #expect(!cut.0.isEmpty && cut.1.losses.count == 1)
    }

    @Test("What cannot be read is said with its name")
    func errors() throws {
        #expect(throws: LogReadError.self) { try LogReader(path: "/no/such.log").page(LogSelection(), limit: 1) }
        #expect(throws: LogReadError.self) { try LogReader(path: "/dev/null").page(LogSelection(), limit: 1) }
        var selection = LogSelection()
        selection.pattern = "("
        let error = #expect(throws: LogReadError.self) { try search([10], selection.pattern) }
        #expect(error?.description == "the regular expression is wrong at byte 1: missing closing parenthesis")
    }
}
