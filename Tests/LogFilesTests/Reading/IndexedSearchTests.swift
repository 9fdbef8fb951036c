import Expressions
import Foundation
import LogFiles
import LogIndex
import Primitives
import Records
import TestSupport
import Testing

@Suite("Searching by what the index holds")
struct IndexedSearchTests {
    /// A log of packets from two workers, rotated twice; the port tells the worker, the time goes up by a second each
    /// hundred lines.
    private func withLog(_ body: (LogReader, String) throws -> Void) throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration(zone: .utc)
            configuration.size = 400 << 10
            let log = try LogWriter(name: "debug", folder: folder, configuration: configuration)
            var ordinary = Worker(log, waits: true)
            var rare = Worker(log, waits: true, port: 4711)
            for number in 0..<6_000 {
                let time = Timestamp(seconds: 1_795_219_200 + Int64(number / 100))
                ordinary.write(at: time)
                if number % 50 == 0 { rare.write(at: time) }
                if number % 1_000 == 999 {
                    ordinary.producer.handOver()
                    rare.producer.handOver()
                    try log.flush()
                }
            }
            log.append(kind: .engine, time: Timestamp(seconds: 1_795_219_260), "Engine: Shutdown")
            ordinary.producer.handOver()
            rare.producer.handOver()
            try log.flush()
            log.close()
            try body(LogReader(path: "\(folder)/debug.log"), folder)
        }
    }

    private func search(_ reader: LogReader, _ selection: LogSelection) throws -> ([String], [LogLoss]) {
        let sink = GatheringSink()
        let outcome = try reader.search(selection, into: sink)
        return (sink.lines.map { String(decoding: $0, as: UTF8.self) }, outcome.losses)
    }

    private func selection(_ expression: String? = nil) throws -> LogSelection {
        var selection = LogSelection()
        selection.expression = try expression.map { try Expression(parsing: $0) }
        return selection
    }

    @Test("An expression, kinds, times and a pattern choose what reading the lines chooses, in any combination")
    func conditions() throws {
        try withLog { reader, folder in
            let all = try search(reader, LogSelection()).0
            #expect(all.count == 6_121)
            #expect(try Folder.rotated(in: folder) > 1, "the log did not rotate")
            for expression in [nil, "port = 4711", "port = 80 & sport = 1193", "port = 22"] {
                for since in [nil, 17] as [Int64?] {
                    for pattern in [nil, "seq:1.7 "] {
                        var wanted = try selection(expression)
                        wanted.pattern = pattern
                        wanted.since = since.map { Timestamp(seconds: 1_795_219_200 + $0) }
                        wanted.until = since.map { _ in Timestamp(seconds: 1_795_219_200 + 40) }
                        let twin = all.filter { line in
                            let isPort =
                                switch expression {
                                case "port = 4711": line.contains(":4711 ->")
                                case "port = 22": false
                                case nil: true
                                default: line.contains(":1193 ->")
                                }
                            let second = Int(line.dropFirst(19).prefix(2)) ?? 0
                            let isTime = since == nil || 17..<40 ~= second && !line.contains(":01:")
                            return isPort && isTime
                                && (pattern == nil || line.range(of: "seq:1.7 ", options: .regularExpression) != nil)
                        }
                        let (found, losses) = try search(reader, wanted)
                        #expect(found == twin && losses.isEmpty, "\(expression ?? "-") \(since ?? 0) \(pattern ?? "-")")
                        let pages = try ReadingTwinTests.backwards(reader, wanted, 77)
                        #expect(pages == twin.map { Array($0.utf8) })
                        #expect(try ReadingTwinTests.forwards(reader, wanted, 500) == pages)
                    }
                }
            }
            var engine = LogSelection()
            engine.kinds = RecordKinds(.engine)
            #expect(try search(reader, engine).0 == [all[6_120]])
        }
    }

    @Test("Records come as objects, beside the lines or in their place")
    func objects() throws {
        try withLog { reader, _ in
            var selection = try selection("port = 4711")
            selection.wantsRecords = true
            let page = try reader.page(selection, limit: 2)
            let record = String(decoding: try #require(page.lines.last?.record), as: UTF8.self)
            #expect(record.contains("\"source_port\":4711") && record.contains("\"kind\":\"packet\""))
            let objects = try search(reader, selection).0
            #expect(objects.count == 120 && objects.last == record)
            for object in objects { _ = try JSONSerialization.jsonObject(with: Data(object.utf8)) }
            var engine = LogSelection()
            engine.kinds = RecordKinds(.engine)
            engine.wantsRecords = true
            #expect(
                try search(reader, engine).0 == [
                    """
                    {"time":"2026-11-21T00:01:00.000000000Z","kind":"engine",\
                    "line":"[21/Nov/2026 00:01:00] Engine: Shutdown"}
                    """
                ])
        }
    }

    @Test("A torn or damaged index loses lines only with a word, and text searches none")
    func damage() throws {
        try withLog { reader, folder in
            let rare = try search(reader, selection("port = 4711")).0
            let all = try search(reader, LogSelection()).0
            var generator = SeededGenerator(seed: ReadingTwinTests.seed)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                .filter { $0.hasSuffix(".idx") || $0.hasSuffix(".rec") }
            for round in 0..<40 {
                let path = "\(folder)/\(names.randomElement(using: &generator)!)"
                let before = try Data(contentsOf: URL(fileURLWithPath: path))
                var bytes = before
                if bytes.isEmpty { continue }
                if Bool.random(using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= .random(in: 1...255, using: &generator)
                } else {
                    bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
                }
                try bytes.write(to: URL(fileURLWithPath: path))
                let (found, losses) = try search(reader, selection("port = 4711"))
                let isTold = found == rare || !losses.isEmpty || path.hasSuffix("debug.log.idx")
                #expect(isTold && Set(found).isSubset(of: rare), "round \(round): \(path)")
                #expect(try search(reader, LogSelection()).0 == all)
                try before.write(to: URL(fileURLWithPath: path))
            }
        }
    }

    @Test("Without an index an expression finds nothing, and says so")
    func noIndex() throws {
        try Fixtures.withTemporaryFolder { folder in
            try Data("a line\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.log"))
            let (found, losses) = try search(LogReader(path: "\(folder)/a.log"), selection("port = 1"))
            #expect(found.isEmpty && losses.map(\.reason) == [.noIndex] && losses.first?.bytes == 7)
        }
    }
}

enum Folder {
    static func rotated(in folder: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder)
            .count { $0.hasPrefix("debug.log.") && !$0.hasSuffix(".idx") && !$0.hasSuffix(".rec") }
    }
}
