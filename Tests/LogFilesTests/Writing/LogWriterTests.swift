import Foundation
import LogFiles
import LogIndex
import Primitives
import Records
import TestSupport
import Testing

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
}
