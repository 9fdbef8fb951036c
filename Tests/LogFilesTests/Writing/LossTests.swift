import Foundation
import LogIndex
import Primitives
import Records
import Synchronization
import SystemCalls
import TestSupport
import Testing

@testable import LogFiles

/// Sums the numbers before `words` in the lines: what a log says was not written.
func counted(_ words: String, in lines: [String]) -> Int {
    lines.reduce(0) { sum, line in
        guard let place = line.range(of: words), let bracket = line.firstIndex(of: "]") else { return sum }
        return sum + (Int(line[line.index(bracket, offsetBy: 2)..<place.lowerBound]) ?? 0)
    }
}

@Suite("Lines that cannot be written are counted to the line")
struct LossTests {
    private let time = Timestamp(seconds: 1_795_219_200)

    /// A clock at which the writer's thread stops for as long as the gate is shut.
    private final class Gate: Sendable {
        private let isShut = Monitor(false)

        var clock: LogClock {
            LogClock(
                wall: {
                    _ = self.isShut.wait { $0 ? nil : true }
                    return Timestamp(seconds: 1_795_219_200)
                }, monotonic: { Clocks.monotonic })
        }

        func set(shut: Bool) {
            isShut.withLock { $0 = shut }
            isShut.notify()
        }
    }

    @Test("A writer that stands still: what finds no room is dropped, and the next chunk begins with its number")
    func slowWriter() throws {
        try Fixtures.withTemporaryFolder { folder in
            let gate = Gate()
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: LogConfiguration(), clock: gate.clock)
            let total = 200_000
            do {
                var worker = Worker(log)
                worker.write(1000)
                worker.producer.handOver()
                gate.set(shut: true)
                worker.write(total - 2000)
                gate.set(shut: false)
                try log.flush()
                worker.write(1000)
            }
            log.close()
            let lines = linesOf(log.path)
            let written = sequences(lines)
            let lost = counted(" lines lost: the disk did not keep up (from ", in: lines)
            #expect(lost > 0)
            #expect(written.count + lost == total)
            #expect(log.state.lost == UInt64(lost) && log.state.lines == UInt64(lines.count))
            #expect(log.state.notes == UInt64(lines.count - written.count))
            // Each gap stands where the lines are missing.
            var expected = 0
            for line in lines {
                if let sequence = sequences([line]).first {
                    #expect(sequence == expected)
                    expected = sequence + 1
                } else {
                    expected += counted(" lines lost", in: [line])
                }
            }
            #expect(expected == total)
            let kinds = try checkIndexes(log.names).kinds
            #expect(kinds.count { $0 == .gap } == lines.count - written.count)
        }
    }

    @Test("A producer that waits loses nothing")
    func waiting() throws {
        try Fixtures.withTemporaryFolder { folder in
            let gate = Gate()
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: LogConfiguration(), clock: gate.clock)
            gate.set(shut: true)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(300)) { gate.set(shut: false) }
            do {
                var worker = Worker(log, waits: true)
                worker.write(200_000)
            }
            log.close()
            #expect(sequences(linesOf(log.path)) == Array(0..<200_000))
        }
    }

    @Test("A producer that waits can be told not to: then it counts")
    func endOfWaiting() throws {
        try Fixtures.withTemporaryFolder { folder in
            let gate = Gate()
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: LogConfiguration(), clock: gate.clock)
            gate.set(shut: true)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { log.endWaiting() }
            do {
                var worker = Worker(log, waits: true)
                worker.write(200_000)
                gate.set(shut: false)
                try log.flush()
            }
            log.close()
            let lines = linesOf(log.path)
            let lost = counted(" lines lost: the disk did not keep up (from ", in: lines)
            #expect(lost > 0 && sequences(lines).count + lost == 200_000)
        }
    }

    @Test("A rate limit: written and suppressed lines are all that there were, and the log says so once a second")
    func suppressed() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration())
            do {
                var worker = Worker(log, limit: RateLimit(linesPerSecond: 100, burst: 50))
                for millisecond in 0..<10_000 {
                    worker.write(at: Timestamp(nanoseconds: time.nanoseconds + Int64(millisecond) * 1_000_000))
                }
            }
            log.close()
            let lines = linesOf(log.path)
            let written = sequences(lines)
            let suppressed = counted(" lines suppressed", in: lines)
            #expect(written.count + suppressed == 10_000)
            #expect(1000...1060 ~= written.count)
            #expect(8...12 ~= lines.count - written.count)
            #expect(log.state.suppressed == UInt64(suppressed) && log.state.lost == 0)
            try checkIndexes(log.names)
        }
    }

    @Test("Suppressed lines are told of when the traffic has stopped")
    func suppressedThenQuiet() throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration()
            configuration.latency = 0
            let log = try LogWriter(name: "debug", folder: folder, configuration: configuration)
            var worker = Worker(log, limit: RateLimit(linesPerSecond: 1, burst: 1))
            worker.write(3)
            let now = Clocks.monotonic
            worker.producer.endBatch(now: now)
            try log.flush()
            #expect(linesOf(log.path).count == 1)
            worker.producer.endBatch(now: now + 1_000_000_000)
            try log.flush()
            #expect(linesOf(log.path).last == "[21/Nov/2026 00:00:00] 2 lines suppressed")
            worker.producer.endBatch(now: now + 9_000_000_000)
            log.close()
            #expect(linesOf(log.path).count == 2)
        }
    }

    @Test("Cold lines beyond what may wait are counted too")
    func coldLines() throws {
        try Fixtures.withTemporaryFolder { folder in
            let gate = Gate()
            let log = try LogWriter(
                name: "error", folder: folder, configuration: LogConfiguration(), clock: gate.clock)
            gate.set(shut: true)
            let text = String(repeating: "x", count: 1000)
            for _ in 0..<3000 { log.append(kind: .error, time: time, text) }
            gate.set(shut: false)
            try log.flush()
            log.append(kind: .error, time: time, "the end")
            log.close()
            let lines = linesOf(log.path)
            let lost = counted(" lines lost: too many lines at once", in: lines)
            #expect(lost > 0)
            #expect(lines.count { $0.hasSuffix("xxx") } + lost == 3000)
            #expect(log.state.lost == UInt64(lost))
            try checkIndexes(log.names)
        }
    }
}
