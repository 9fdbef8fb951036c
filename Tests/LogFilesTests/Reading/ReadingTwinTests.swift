import Foundation
import LogFiles
import TestSupport
import Testing

@Suite("Reading logs, against reading all lines and choosing")
struct ReadingTwinTests {
    static let seed = UInt64(ProcessInfo.processInfo.environment["GATELOG_SEED"] ?? "") ?? 20_261_121

    @Test("Searches, pages forwards and pages backwards find the same lines in files of all forms")
    func everything() throws {
        print("seed \(Self.seed)")
        var generator = SeededGenerator(seed: Self.seed)
        for round in 0..<12 {
            try Fixtures.withTemporaryFolder { folder in
                let log = try MadeUpLog(
                    in: folder, files: .random(in: 1...4, using: &generator),
                    linesEach: round % 3 == 0 ? 0...3 : 0...2_500, &generator)
                let reader = LogReader(path: log.path)
                for _ in 0..<6 {
                    let selection = MadeUpLog.selection(&generator)
                    let wanted = try log.selected(selection)
                    let comment: Comment =
                        "seed \(Self.seed) round \(round): \(selection.pattern ?? "-") \(selection.since as Any)"
                    let sink = GatheringSink()
                    let threads = Int.random(in: 1...3, using: &generator)
                    let outcome = try reader.search(selection, threads: threads, into: sink)
                    #expect(sink.lines == wanted && outcome.found == wanted.count, comment)
                    let limit = Int.random(in: 1...700, using: &generator)
                    #expect(try Self.forwards(reader, selection, limit) == wanted, comment)
                    #expect(try Self.backwards(reader, selection, limit) == wanted, comment)
                }
            }
        }
    }

    /// Page after page from the beginning.
    static func forwards(_ reader: LogReader, _ selection: LogSelection, _ limit: Int) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = LogPageStart.beginning
        while true {
            let page = try reader.page(selection, start, limit: limit)
            #expect(page.lines.count <= limit)
            lines += page.lines.map(\.text)
            guard page.more, let next = page.next else { return lines }
            start = .after(try #require(LogPlace(next.description)))
        }
    }

    /// Page before page from the end.
    static func backwards(_ reader: LogReader, _ selection: LogSelection, _ limit: Int) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = LogPageStart.end
        while true {
            let page = try reader.page(selection, start, limit: limit)
            lines = page.lines.map(\.text) + lines
            guard page.more, let first = page.first else { return lines }
            start = .before(try #require(LogPlace(first.description)))
        }
    }

    @Test("A place is the same after rotation and compression")
    func places() throws {
        try Fixtures.withTemporaryFolder { folder in
            var generator = SeededGenerator(seed: Self.seed)
            let log = try MadeUpLog(in: folder, files: 1, linesEach: 500...500, &generator)
            let reader = LogReader(path: log.path)
            let page = try reader.page(LogSelection(), .beginning, limit: 100)
            let next = try #require(page.next)
            // Rotated, then compressed, then somebody writes on.
            let text = try Data(contentsOf: URL(fileURLWithPath: log.path))
            try FileManager.default.moveItem(atPath: log.path, toPath: log.path + ".1")
            try Data("new\n".utf8).write(to: URL(fileURLWithPath: log.path))
            var rest = try reader.page(LogSelection(), .after(next), limit: 1_000)
            #expect(rest.lines.map(\.text) == log.lines[100...] + [Array("new".utf8)])
            try Data(MadeUpLog.pack([UInt8](text))).write(to: URL(fileURLWithPath: log.path + ".2.zst"))
            try FileManager.default.removeItem(atPath: log.path + ".1")
            rest = try reader.page(LogSelection(), .after(next), limit: 1_000)
            #expect(rest.lines.map(\.text) == log.lines[100...] + [Array("new".utf8)])
            let before = try reader.page(LogSelection(), .before(next), limit: 30)
            #expect(before.lines.map(\.text) == Array(log.lines[70..<100]) && before.more)
            // Gone with its file.
            try FileManager.default.removeItem(atPath: log.path + ".2.zst")
            #expect(throws: LogReadError.self) { try reader.page(LogSelection(), .after(next), limit: 1) }
        }
    }

    @Test("Only what `description` wrote is a place")
    func placeTexts() {
        for text in ["", "1-2", "1-2-3-4", "1--3", "+1-2-3", "1-2-x", "1-2-3 ", "11112222333344445-1-1", "A-1-1"] {
            #expect(LogPlace(text) == nil, "\(text)")
        }
        #expect(LogPlace("ff-1-0")?.description == "ff-1-0")
    }
}
