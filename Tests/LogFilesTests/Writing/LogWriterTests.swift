import Foundation
import LogIndex
import Primitives
import Records
import TestSupport
import Testing

@testable import LogFiles

@Suite("Writing a log")
struct LogWriterTests {
    private let time = Timestamp(seconds: 1_795_219_200)

    private func packetLine(_ sequence: Int) -> String {
        "[21/Nov/2026 00:00:00] {pktlog} packet from WAN, proto:TCP, len:40, 192.168.1.140:1193 -> 10.1.2.3:80, "
            + "flags:[ SYN ], seq:\(sequence) ack:0, win:65535, tcplen:0"
    }

    @Test("Lines of text and of packets stand in the file in the order of their hand-over")
    func order() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration())
            #expect(log.recovery.isEmpty)
            log.append(kind: .engine, time: time, "Engine: Startup")
            try log.flush()
            do {
                var worker = Worker(log)
                worker.write(2)
                worker.producer.handOver()
                log.append(kind: .engine, time: time, "a \u{1B}[31m forged\nline")
            }
            try log.flush()
            let state = log.state
            #expect(state.lines == 4)
            #expect(state.lost == 0 && state.notes == 0 && state.suspension == nil)
            #expect(state.textBytes == UInt64(try Data(contentsOf: URL(fileURLWithPath: log.path)).count))
            let report = log.close()
            #expect(report == LogCloseReport())
            #expect(
                linesOf(log.path) == [
                    "[21/Nov/2026 00:00:00] Engine: Startup",
                    packetLine(0),
                    packetLine(1),
                    #"[21/Nov/2026 00:00:00] a \x1b[31m forged\x0aline"#,
                ])
        }
    }

    @Test("Closing writes what was handed over, and says how much; what comes later is counted")
    func closing() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration())
            var worker = Worker(log)
            worker.write(10_000)
            worker.producer.handOver()
            let report = log.close()
            #expect(report.lost == 0)
            #expect(log.state.lines == 10_000)
            #expect(sequences(linesOf(log.path)) == Array(0..<10_000))
            worker.write(10)
            worker.producer.handOver()
            log.append(kind: .engine, time: time, "too late")
            #expect(log.state.lost == 11)
            try log.flush()
            #expect(log.close() == report)
        }
    }

    @Test("Once its chunks have their size, a line allocates nothing on the worker's thread")
    func allocations() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration())
            var worker = Worker(log, waits: true)
            worker.write(400_000)
            // Chunks are made while the writer is behind; what is counted here is what comes for each.
            let count = TestSupport.allocations { worker.write(100_000) }
            #expect(count < 200, "\(count) allocations for 100,000 lines")
            worker.producer.handOver()
            log.close()
        }
    }

    @Test("Those who follow are told of lines, rotations and clearing, and of the end")
    func observing() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = LogConfiguration()
        configuration.size = 100
        let log = try LogWriter(name: "debug", folder: folder, configuration: configuration)
        var positions = log.observe().makeAsyncIterator()
        var now = await positions.next()
        #expect(now == LogPosition())
        func say() async throws {
            log.append(kind: .engine, time: time, String(repeating: "x", count: 50))
            try log.flush()
            now = await positions.next()
        }
        try await say()
        #expect(now?.bytes == 74 && now?.rotations == 0)
        try await say()
        #expect(now?.bytes == 74 && now?.rotations == 1)
        try log.clear()
        now = await positions.next()
        #expect(now?.bytes == 0 && now?.clears == 1)
        log.close()
        now = await positions.next()
        #expect(now == nil)
    }

    @Test("A new configuration holds for what comes then")
    func configuring() throws {
        try Fixtures.withTemporaryFolder { folder in
            var configuration = LogConfiguration()
            configuration.compresses = false
            configuration.size = 60
            let log = try LogWriter(name: "debug", folder: folder, configuration: configuration)
            for number in 0..<5 {
                log.append(kind: .engine, time: time, "number \(number)")
                try log.flush()
            }
            #expect(log.state.segments == 4)
            configuration.size = nil
            configuration.keep = 1
            configuration.form = .bracketedMilliseconds
            log.configure(configuration)
            #expect(log.state.segments == 1)
            log.append(kind: .engine, time: time, "in milliseconds")
            log.append(kind: .engine, time: time, "more")
            log.close()
            #expect(linesOf(log.path).suffix(2).first == "[21/Nov/2026 00:00:00.000] in milliseconds")
            #expect(log.state.segments == 1)
        }
    }

    @Test("Connections are lines of the log, their kind is in the index")
    func connections() throws {
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(name: "connection", folder: folder, configuration: LogConfiguration())
            do {
                var producer = log.producer()
                var renderer = ConnectionLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
                let names = PacketNames()
                let services = ServiceNames { _ in nil }
                var record = ConnectionRecord(time: time)
                record.present = [.ipv4, .id]
                record.id = 613_181
                record.protocolNumber = 6
                producer.append(record, names, services, &renderer)
            }
            log.close()
            #expect(linesOf(log.path).count == 1)
            #expect(linesOf(log.path).first?.hasPrefix("[21/Nov/2026 00:00:00] [ID] 613181 [Connection] TCP ") == true)
            #expect(try checkIndexes(log.names).kinds == [.connection])
        }
    }
}
