import Foundation
import Glibc
import LogIndex
import Primitives
import Synchronization
import SystemCalls
import TestSupport
import Testing

@testable import LogFiles

@Suite("What others leave behind: crashes, rotation by hand, files that are cut")
struct RecoveryTests {
    private let time = Timestamp(seconds: 1_795_219_200)

    private func plain(_ change: (inout LogConfiguration) -> Void = { _ in }) -> LogConfiguration {
        var configuration = LogConfiguration()
        configuration.compresses = false
        change(&configuration)
        return configuration
    }

    @Test("Killed in the middle of writing and rotating, many times: no half line, no line missing, the index agrees")
    func killed() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-kill-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        setenv("GATELOG_KILLED_FOLDER", folder, 1)
        defer { unsetenv("GATELOG_KILLED_FOLDER") }
        let names = LogFileNames(log: "debug", in: folder)
        var mended = 0
        for _ in 0..<25 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                writeUntilKilled(folder: ProcessInfo.processInfo.environment["GATELOG_KILLED_FOLDER"]!)
            }
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: LogConfiguration())
            if !log.recovery.isEmpty { mended += 1 }
            log.close()
            let written = sequences(allLines(names))
            // Only the oldest may be gone: by retention.
            let first = written.first ?? 0
            #expect(written == Array(first..<first + written.count))
            try checkIndexes(names)
            try FileManager.default.removeItem(atPath: folder)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        print("mended after \(mended) of 25 kills")
    }

    @Test("Cut anywhere in the text: the half line goes, the index with it, and the log says how much")
    func cutText() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            try write(3000, folder)
            let text = try Data(contentsOf: URL(fileURLWithPath: names.live))
            let files = try [names.liveRecords, names.liveIndex].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            var random = SeededGenerator(seed: 20_261_121)
            for _ in 0..<40 {
                let count = Int.random(in: 0...text.count, using: &random)
                try text.prefix(count).write(to: URL(fileURLWithPath: names.live))
                try files[0].write(to: URL(fileURLWithPath: names.liveRecords))
                try files[1].write(to: URL(fileURLWithPath: names.liveIndex))
                let log = try LogWriter(name: "debug", folder: folder, configuration: plain())
                log.append(kind: .engine, time: time, "Engine: Startup")
                log.close()
                let whole = text.prefix(count).lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
                #expect(log.recovery.cutText == Int64(count - whole))
                #expect(try checkIndexes(names).lines == text.prefix(whole).count { $0 == UInt8(ascii: "\n") } + 1)
            }
        }
    }

    @Test("Cut or damaged anywhere in the index: it is made again")
    func cutIndex() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            try write(3000, folder)
            let files = [names.liveRecords, names.liveIndex]
            let contents = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            var random = SeededGenerator(seed: 20_261_121)
            for round in 0..<60 {
                for (file, bytes) in zip(files, contents) {
                    var bytes = bytes
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch (round % 4, file == files[0]) {
                    case (0, true), (1, false): bytes = bytes.prefix(place)
                    case (2, _): bytes[place] ^= 0x10
                    case (3, _): bytes.append(contentsOf: bytes.prefix(place))
                    default: break
                    }
                    try bytes.write(to: URL(fileURLWithPath: file))
                }
                let log = try LogWriter(name: "debug", folder: folder, configuration: plain())
                log.close()
                let check = try checkIndexes(names)
                #expect(check.lines == 3000 && check.kinds.allSatisfy { $0 == .packet })
                #expect(log.recovery.unreadableLines == 0)
            }
        }
    }

    @Test("Interrupted at any step of a rotation: every text has its index again")
    func interruptedRotation() throws {
        // The files in the order in which a rotation of three texts renames them.
        let steps = [
            ("2.idx", "3.idx"), ("2.rec", "3.rec"), ("2", "3"), ("1.idx", "2.idx"), ("1.rec", "2.rec"), ("1", "2"),
            ("idx", "1.idx"), ("rec", "1.rec"), ("", "1"),
        ]
        for interrupted in 0...steps.count {
            try Fixtures.withTemporaryFolder { folder in
                let names = LogFileNames(log: "debug", in: folder)
                let log = try LogWriter(
                    name: "debug", folder: folder, configuration: plain { $0.size = 300_000 })
                do {
                    var worker = Worker(log, waits: true)
                    while log.state.rotations < 2 {
                        worker.write(500)
                        worker.producer.handOver()
                        try log.flush()
                    }
                }
                log.close()
                let before = sequences(allLines(names))
                func path(_ part: String) -> String { "\(folder)/debug.log\(part.isEmpty ? "" : ".")\(part)" }
                for (old, new) in steps.prefix(interrupted) {
                    try FileManager.default.moveItem(atPath: path(old), toPath: path(new))
                }
                let again = try LogWriter(name: "debug", folder: folder, configuration: plain())
                again.append(kind: .engine, time: time, "Engine: Startup")
                #expect(again.recovery.isEmpty)
                again.close()
                #expect(sequences(allLines(names)) == before)
                try checkIndexes(names)
            }
        }
    }

    @Test("Compressed but not yet cleaned up, or half compressed: the plain text stays")
    func interruptedCompression() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            try write(100, folder)
            try FileManager.default.moveItem(atPath: names.live, toPath: names.plain(1))
            try FileManager.default.moveItem(atPath: names.liveIndex, toPath: names.index(1))
            try FileManager.default.moveItem(atPath: names.liveRecords, toPath: names.records(1))
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: names.compressed(1)))
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(folder)/.debug.log.zst.partial"))
            let log = try LogWriter(name: "debug", folder: folder, configuration: plain())
            log.close()
            #expect(
                try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == [
                    "debug.log", "debug.log.idx", "debug.log.rec", "debug.log.1", "debug.log.1.idx", "debug.log.1.rec",
                ])
            #expect(sequences(linesOf(names.plain(1))) == Array(0..<100))
        }
    }

    @Test("logrotate: moved away and reopened, the index goes along where the name is one of ours")
    func movedAway() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            let log = try LogWriter(name: "debug", folder: folder, configuration: plain())
            log.append(kind: .engine, time: time, "one")
            try log.flush()
            try FileManager.default.moveItem(atPath: names.live, toPath: names.plain(1))
            log.append(kind: .engine, time: time, "two")
            try log.flush()
            try log.reopen()
            log.append(kind: .engine, time: time, "three")
            log.close()
            #expect(linesOf(names.plain(1)).map { $0.suffix(3) } == ["one", "two"])
            #expect(linesOf(names.live).map { $0.suffix(5) } == ["three"])
            #expect(log.state.segments == 1)
            try checkIndexes(names)
        }
    }

    @Test("Removed, cut or written into by others: the log goes on, and the index agrees with what is there")
    func disturbed() throws {
        try Fixtures.withTemporaryFolder { folder in
            let names = LogFileNames(log: "debug", in: folder)
            let told = Mutex<[String]>([])
            let log = try LogWriter(name: "debug", folder: folder, configuration: plain()) { event in
                if case .disturbed(_, let what) = event { told.withLock { $0.append(what) } }
            }
            func say(_ line: String) throws {
                log.append(kind: .engine, time: time, line)
                try log.flush()
            }
            try say("one")
            try FileManager.default.removeItem(atPath: names.live)
            try say("two")
            #expect(linesOf(names.live).count == 1)
            try checkIndexes(names)
            try say("three")
            #expect(truncate(names.live, 5) == 0)
            try say("four")
            #expect(linesOf(names.live).map { $0.suffix(4) } == ["four"])
            try checkIndexes(names)
            let file = try #require(FileHandle(forWritingAtPath: names.live))
            file.seekToEndOfFile()
            file.write(Data("from elsewhere\nand half a".utf8))
            try say("five")
            #expect(linesOf(names.live).map { $0.suffix(4) } == ["four", "here", "five"])
            try checkIndexes(names)
            log.close()
            #expect(told.withLock { $0.count } == 3)
        }
    }

    private func write(_ count: Int, _ folder: String) throws {
        let log = try LogWriter(name: "debug", folder: folder, configuration: plain())
        do {
            var worker = Worker(log, waits: true)
            for _ in 0..<10 {
                worker.write(count / 10)
                worker.producer.handOver()
            }
        }
        log.close()
    }
}

/// Writes numbered lines in small pieces, with rotation and compression, until it kills its own process.
func writeUntilKilled(folder: String) {
    let delay = UInt32.random(in: 500..<40_000)
    let killer = try? Thread(name: "killer") {
        usleep(delay)
        kill(getpid(), SIGKILL)
    }
    var configuration = LogConfiguration()
    configuration.size = 200_000
    configuration.compresses = false
    configuration.keep = 100
    guard let log = try? LogWriter(name: "debug", folder: folder, configuration: configuration) else { return }
    var worker = Worker(log, waits: true)
    while killer != nil {
        // Single lines keep the writer between its files, long chunks inside a call.
        for _ in 0..<40 {
            worker.write(1)
            worker.producer.handOver()
        }
        worker.write(1000)
        worker.producer.handOver()
    }
}
