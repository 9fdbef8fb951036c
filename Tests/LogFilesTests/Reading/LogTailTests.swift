import Foundation
import LogFiles
import LogIndex
import Primitives
import Records
import SystemCalls
import TestSupport
import Testing

@Suite("Handing on every line of a log")
struct LogTailTests {
    /// Reads all that is there, and says which packets it told of.
    private func drain(_ tail: inout LogTail, most: Int = 4 << 10) throws -> [Int] {
        var buffer = LogStretchBuffer()
        var lines: [String] = []
        while let stretch = try tail.next(atMost: most, into: &buffer) {
            let text = buffer.text.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            #expect(text.hasSuffix("\n"))
            if stretch.hasBlock {
                var index = IndexBlockReader()
                try index.open(buffer.block.bytes)
                while let line = index.next(buffer.block.bytes) {
                    #expect(line.isPacket || line.kind == .gap || line.kind == .warning)
                }
            }
            lines += text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        return sequences(lines)
    }

    @Test("Every line comes once, while the log is written, rotated and compressed", arguments: [false, true])
    func rotation(wantsRecords: Bool) throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration(zone: .utc)
            configuration.size = 300 << 10
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: configuration, budget: LogBudget(bytes: 1 << 30))
            var tail = try LogTail(path: log.path, from: .end, wantsRecords: wantsRecords, zone: .utc)
            let count = 12_000
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
                seen += try drain(&tail)
                // As after a restart.
                if Int.random(in: 0..<3) == 0 {
                    tail = try LogTail(path: log.path, from: .place(tail.place), wantsRecords: wantsRecords, zone: .utc)
                }
            }
            writer.join()
            log.close()
            #expect(seen == Array(0..<count))
            let isBehindGap = tail.isBehindGap
            #expect(!isBehindGap)
        }
    }

    @Test("A place is found again in a file that was compressed since", arguments: [false, true])
    func compressed(wantsRecords: Bool) throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration(zone: .utc)
            configuration.size = 300 << 10
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: configuration, budget: LogBudget(bytes: 1 << 30))
            var worker = Worker(log, waits: true)
            worker.write(300)
            worker.producer.handOver()
            try log.flush()
            var tail = try LogTail(path: log.path, from: .place(.beginning), wantsRecords: wantsRecords, zone: .utc)
            var seen = try drain(&tail)
            #expect(seen == Array(0..<300))
            for _ in 0..<12 {
                worker.write(500)
                worker.producer.handOver()
            }
            try log.flush()
            let deadline = Clocks.monotonic + 30_000_000_000
            while try !Folders.names(in: folder).contains(where: { $0.hasSuffix(".zst") }),
                Clocks.monotonic < deadline
            { Clocks.sleep(nanoseconds: 10_000_000) }
            tail = try LogTail(path: log.path, from: .place(tail.place), wantsRecords: wantsRecords, zone: .utc)
            let isBehindGap = tail.isBehindGap
            #expect(!isBehindGap)
            seen += try drain(&tail)
            log.close()
            #expect(seen == Array(0..<6_300))
        }
    }

    @Test("Clear Log leaves a gap, and what is written after it comes")
    func cleared() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration(zone: .utc))
            var worker = Worker(log, waits: true)
            worker.write(100)
            worker.producer.handOver()
            try log.flush()
            var tail = try LogTail(path: log.path, from: .place(.beginning), wantsRecords: false, zone: .utc)
            #expect(try drain(&tail).count == 100)
            try log.clear()
            worker.write(10)
            worker.producer.handOver()
            try log.flush()
            #expect(try drain(&tail) == Array(100..<110))
            let isBehindGap = tail.isBehindGap
            #expect(isBehindGap)
            log.close()
        }
    }

    @Test("A file whose last bytes were taken back is not told again")
    func takenBack() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/debug.log"
            let lines = (0..<10).map { "[21/Nov/2026 00:00:00] seq:\($0) \n" }
            try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: path))
            var tail = try LogTail(path: path, from: .place(.beginning), wantsRecords: false, zone: .utc)
            #expect(try drain(&tail).count == 10)
            let kept = lines.prefix(7).joined().utf8.count
            let file = try FileDescriptor(opening: path, for: .append)
            try file.truncate(to: Int64(kept))
            #expect(try drain(&tail).isEmpty)
            try file.write(Array("[21/Nov/2026 00:00:01] seq:77 \n".utf8).span.bytes)
            #expect(try drain(&tail) == [77])
        }
    }

    @Test("A half line waits for its other half; one that is too long is cut and the next one whole")
    func halves() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/debug.log"
            let file = try FileDescriptor(opening: path, for: .append)
            try file.write(Array("[21/Nov/2026 00:00:00] seq:1".utf8).span.bytes)
            var tail = try LogTail(path: path, from: .place(.beginning), wantsRecords: false, zone: .utc)
            var buffer = LogStretchBuffer()
            #expect(try tail.next(atMost: 4096, into: &buffer) == nil)
            try file.write(Array(" \n".utf8).span.bytes)
            #expect(try drain(&tail) == [1])
            let long = [UInt8](repeating: UInt8(ascii: "x"), count: LogTail.longestLine + 5)
            try file.write(long.span.bytes)
            try file.write(Array("\n[21/Nov/2026 00:00:00] seq:2 \n".utf8).span.bytes)
            let stretch = try tail.next(atMost: 4096, into: &buffer)
            #expect(stretch != nil)
            #expect(buffer.text.count == LogTail.longestLine + 1)
            #expect(try drain(&tail) == [2])
        }
    }

    @Test("Passing over leaves the bytes that were asked for, and counts the lines before them")
    func passingOver() throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration(zone: .utc)
            configuration.size = 100 << 10
            configuration.compresses = false
            let log = try LogWriter(name: "debug", folder: folder, configuration: configuration)
            var worker = Worker(log, waits: true)
            for _ in 0..<20 {
                worker.write(100)
                worker.producer.handOver()
            }
            try log.flush()
            for bound in [Int64(0), 1, 1000, 50_000, 150_000, 1 << 30] {
                var tail = try LogTail(path: log.path, from: .place(.beginning), wantsRecords: false, zone: .utc)
                let all = try tail.bytesBehind()
                let lines = try tail.passOver(beyond: bound)
                let left = try tail.bytesBehind()
                #expect(left <= bound && left > min(bound, all) - 300)
                #expect(try drain(&tail) == Array(Int(lines)..<2_000))
            }
            log.close()
        }
    }
}
