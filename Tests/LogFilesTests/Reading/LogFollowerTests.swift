import Expressions
import Foundation
import LogFiles
import LogIndex
import Primitives
import Records
import SystemCalls
import TestSupport
import Testing

@Suite("Following logs")
struct LogFollowerTests {
    @Test("Every line comes once, while another thread writes, rotates and compresses", arguments: [nil, "port = 80"])
    func rotation(expression: String?) throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration(zone: .utc)
            configuration.size = 300 << 10
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: configuration, budget: LogBudget(bytes: 1 << 30))
            var selection = LogSelection()
            selection.expression = try expression.map { try Expression(parsing: $0) }
            var follower = try LogFollower(LogReader(path: "\(folder)/debug.log"), selection, from: .beginning)
            let count = 20_000
            let writer = try SystemCalls.Thread(name: "writer") {
                var worker = Worker(log, waits: true)
                for number in 0..<count {
                    worker.write()
                    if number % 500 == 0 { worker.producer.handOver() }
                }
                worker.producer.handOver()
                try? log.flush()
            }
            var seen: [Int] = []
            let deadline = Clocks.monotonic + 60_000_000_000
            while seen.count < count, Clocks.monotonic < deadline {
                let page = try follower.next(limit: 3_000)
                #expect(!page.wasCut && page.losses.isEmpty)
                seen += sequences(page.lines.map(\.string))
                if !page.more { follower.wait(milliseconds: 50) }
            }
            writer.join()
            log.close()
            #expect(seen == Array(0..<count))
            #expect(try Folder.rotated(in: folder) > 3, "the log did not rotate")
        }
    }

    @Test("What was compressed while it was read is found by its index", .timeLimit(.minutes(1)))
    func compressedMeanwhile() throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration(zone: .utc)
            configuration.size = 300 << 10
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: configuration, budget: LogBudget(bytes: 1 << 30))
            var worker = Worker(log, waits: true)
            for _ in 0..<500 { worker.write() }
            worker.producer.handOver()
            try log.flush()
            var selection = LogSelection()
            selection.expression = try Expression(parsing: "port = 80")
            var follower = try LogFollower(LogReader(path: "\(folder)/debug.log"), selection, from: .beginning)
            var seen = sequences(try follower.next(limit: 10).lines.map(\.string))
            for number in 500..<6_000 {
                worker.write()
                if number % 500 == 0 { worker.producer.handOver() }
            }
            worker.producer.handOver()
            try log.flush()
            // The oldest is compressed first: the one that is open.
            while try !Folders.names(in: folder).contains(where: { $0.hasSuffix(".zst") }) {
                follower.wait(milliseconds: 10)
            }
            while true {
                let page = try follower.next()
                #expect(!page.wasCut && page.losses.isEmpty, "\(page.losses)")
                seen += sequences(page.lines.map(\.string))
                if !page.more { break }
            }
            log.close()
            #expect(seen == Array(0..<6_000))
        }
    }

    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/a.log"
            try append(text, to: path)
            try body(path)
        }
    }

    private func append(_ text: String, to path: String) throws {
        try FileDescriptor(opening: path, for: .append).write(Array(text.utf8).span.bytes)
    }

    private func lines(_ page: LogLines) -> [String] { page.lines.map(\.string) }

    @Test("Clearing is noticed, and half a line waits for its other half")
    func clearing() throws {
        try withFile("one\ntwo\n") { path in
            var follower = try LogFollower(LogReader(path: path), LogSelection())
            #expect(lines(try follower.next()) == [])
            try append("three\nfo", to: path)
            #expect(lines(try follower.next()) == ["three"])
            try append("ur\n", to: path)
            #expect(lines(try follower.next()) == ["four"])
            // Cleared and written on, past the place that was read.
            try Data("new one\nnew two\nnew three\nnew four\n".utf8).write(to: URL(fileURLWithPath: path))
            let page = try follower.next()
            #expect(page.wasCut && lines(page) == ["new one", "new two", "new three", "new four"])
            try Data("short\n".utf8).write(to: URL(fileURLWithPath: path))
            let last = try follower.next()
            #expect(last.wasCut && lines(last) == ["short"])
        }
    }

    @Test("Files that were removed before they were read are told of")
    func removed() throws {
        try withFile("one\n") { path in
            var follower = try LogFollower(LogReader(path: path), LogSelection(), from: .beginning)
            #expect(lines(try follower.next()) == ["one"])
            try FileManager.default.removeItem(atPath: path)
            #expect(lines(try follower.next()) == [])
            try append("two\n", to: path)
            let page = try follower.next()
            #expect(page.wasCut && lines(page) == ["two"])
        }
    }

    @Test("Who is too slow is told how many lines were passed over, to the line")
    func slow() throws {
        try withFile("") { path in
            var follower = try LogFollower(
                LogReader(path: path), LogSelection(), from: .beginning, greatestLag: 10_000)
            var text = ""
            for number in 0..<5_000 { text += "line \(number)\n" }
            try append(text, to: path)
            var seen: [String] = []
            var missed: UInt64 = 0
            while true {
                let page = try follower.next(limit: 100)
                missed += page.missed
                seen += lines(page)
                if !page.more { break }
            }
            #expect(missed > 4_000 && missed + UInt64(seen.count) == 5_000)
            #expect(seen.last == "line 4999" && seen.first == "line \(missed)")
        }
    }

    @Test("A page that is full goes on with its next line")
    func limits() throws {
        try withFile("") { path in
            var follower = try LogFollower(LogReader(path: path), LogSelection(), from: .beginning)
            try append("1\n2\n3\n4\n5\n", to: path)
            #expect(lines(try follower.next(limit: 2)) == ["1", "2"])
            #expect(lines(try follower.next(limit: 2)) == ["3", "4"])
            #expect(lines(try follower.next(limit: 2)) == ["5"])
            #expect(lines(try follower.next(limit: 2)) == [])
        }
    }
}
