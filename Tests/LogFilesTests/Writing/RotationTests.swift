import Foundation
import LogIndex
import Primitives
import Records
import TestSupport
import Testing

@testable import LogFiles

@Suite("Rotation, retention, clearing")
struct RotationTests {
    private let time = Timestamp(seconds: 1_795_219_200)

    private func configuration(_ change: (inout LogConfiguration) -> Void = { _ in }) -> LogConfiguration {
        var configuration = LogConfiguration()
        configuration.compresses = false
        change(&configuration)
        return configuration
    }

    @Test("Under load, nothing is lost and nothing doubled; each file has its index")
    func underLoad() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: configuration { $0.size = 1 << 20 })
            var worker = Worker(log, waits: true)
            worker.write(60_000)
            worker.producer.handOver()
            try log.flush()
            let state = log.state
            #expect(state.lines == 60_000 && state.lost == 0)
            #expect(state.rotations >= 5 && state.segments == Int(state.rotations))
            log.close()
            #expect(sequences(allLines(names)) == Array(0..<60_000))
            #expect(try checkIndexes(names).lines == 60_000)
            for number in 1...state.segments {
                let size = try Data(contentsOf: URL(fileURLWithPath: names.plain(number))).count
                #expect(size <= 1 << 20)
            }
        }
    }

    @Test("Two producers at once: each one's lines are in order, none is missing")
    func twoProducers() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: configuration { $0.size = 1 << 20 })
            DispatchQueue.concurrentPerform(iterations: 2) { number in
                var worker = Worker(log, waits: true, port: UInt16(1000 + number))
                worker.write(30_000)
            }
            log.close()
            let lines = allLines(log.names)
            #expect(lines.count == 60_000)
            for number in 0..<2 {
                let own = lines.filter { $0.contains(":\(1000 + number) ->") }
                #expect(sequences(own) == Array(0..<30_000))
            }
            #expect(try checkIndexes(log.names).lines == 60_000)
        }
    }

    @Test("By the clock: a new file for a new day, also after a restart; only so many are kept")
    func byTheClock() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            let clock = FakeClock()
            let daily = configuration {
                $0.period = .daily
                $0.keep = 3
            }
            let log = try LogWriter(name: "debug", folder: folder, configuration: daily, clock: clock.clock)
            for day in 0..<6 {
                if day > 0 { clock.pass(seconds: 86_400) }
                log.append(kind: .engine, time: time, "day \(day)")
                try log.flush()
            }
            log.close()
            let texts = (1...4).map { linesOf(names.plain($0)).map { String($0.suffix(5)) } }
            #expect(texts == [["day 4"], ["day 3"], ["day 2"], []])
            #expect(linesOf(names.live).map { String($0.suffix(5)) } == ["day 5"])
            try checkIndexes(names)
            #expect(!FileManager.default.fileExists(atPath: names.index(4)))
            #expect(!FileManager.default.fileExists(atPath: names.records(4)))
        }
    }

    @Test("A file from an earlier day is rotated by the first line after the start")
    func afterRestart() throws {
        try Fixtures.withTemporaryFolder { folder in
            let daily = configuration { $0.period = .daily }
            let names = LogFileNames(log: "debug", in: folder)
            let first = try LogWriter(name: "debug", folder: folder, configuration: daily)
            first.append(kind: .engine, time: time, "before")
            first.close()
            let old = Date(timeIntervalSinceNow: -2 * 86_400)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: names.live)
            let second = try LogWriter(name: "debug", folder: folder, configuration: daily)
            second.append(kind: .engine, time: time, "after")
            second.close()
            #expect(linesOf(names.plain(1)).map { $0.suffix(6) } == ["before"])
            #expect(linesOf(names.live).map { $0.suffix(5) } == ["after"])
        }
    }

    @Test("Clear empties the file and removes the rotated ones; the log goes on")
    func clear() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: configuration { $0.size = 1 << 18 })
            do {
                var worker = Worker(log, waits: true)
                worker.write(10_000)
            }
            try log.clear()
            #expect(log.state.segments == 0 && log.state.bytes == 0)
            #expect(
                try Set(FileManager.default.contentsOfDirectory(atPath: folder))
                    == ["debug.log", "debug.log.rec", "debug.log.idx"])
            log.append(kind: .engine, time: time, "afterwards")
            log.close()
            #expect(linesOf(log.path).count == 1)
            try checkIndexes(log.names)
        }
    }

    @Test("Compressed in the background: the text is the same, the plain file is gone, the index stays")
    func compression() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            let budget = LogBudget()
            let log = try LogWriter(
                name: "debug", folder: folder,
                configuration: configuration {
                    $0.size = 1 << 20
                    $0.compresses = true
                }, budget: budget)
            do {
                var worker = Worker(log, waits: true)
                worker.write(30_000)
            }
            try log.flush()
            let count = log.state.segments
            #expect(count >= 2)
            #expect(
                waits {
                    (1...count).allSatisfy {
                        FileManager.default.fileExists(atPath: names.compressed($0))
                            && !FileManager.default.fileExists(atPath: names.plain($0))
                    }
                })
            var lines: [String] = []
            for number in (1...count).reversed() {
                let text = try Peer.output(of: "zstd", ["-dcq", names.compressed(number)])
                _ = try checkIndex(text: text.output, records: names.records(number), index: names.index(number))
                lines += text.lines.map(String.init)
            }
            #expect(budget.problem == nil)
            log.close()
            budget.close()
            #expect(sequences(lines + linesOf(names.live)) == Array(0..<30_000))
        }
    }

    @Test("A budget over all logs: the oldest rotated files of all go first, never a live one")
    func budget() throws {
        try Fixtures.withTemporaryFolder { folder in
            let budget = LogBudget(bytes: 4 << 20)
            let plain = configuration { $0.size = 1 << 19 }
            let old = try LogWriter(name: "filter", folder: folder, configuration: plain, budget: budget)
            do {
                var worker = Worker(old, waits: true)
                worker.write(10_000)
            }
            try old.flush()
            let before = old.state.segments
            #expect(before >= 2)
            let log = try LogWriter(name: "debug", folder: folder, configuration: plain, budget: budget)
            do {
                var worker = Worker(log, waits: true)
                worker.write(40_000)
            }
            try log.flush()
            #expect(waits { old.state.segments == 0 })
            #expect(waits { old.state.bytes + log.state.bytes <= 4 << 20 })
            #expect(log.state.segments > 0)
            #expect(budget.removedFiles > UInt64(before))
            old.close()
            log.close()
            budget.close()
            let live = sequences(linesOf(log.path))
            #expect(live.last == 39_999)
            #expect(!linesOf(old.path).isEmpty)
        }
    }
}

/// Whether `condition` holds within ten seconds.
func waits(_ condition: () -> Bool) -> Bool {
    for _ in 0..<1000 {
        if condition() { return true }
        usleep(10_000)
    }
    return condition()
}
