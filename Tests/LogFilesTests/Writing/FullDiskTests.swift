import Foundation
import LogIndex
import Primitives
import Synchronization
import TestSupport
import Testing

@testable import LogFiles

/// Mounting a file system for a test takes root.
let mayMount = geteuid() == 0

/// Runs `body` with a folder on a small file system of its own.
func withSmallDisk(megabytes: Int, _ body: (String) throws -> Void) throws {
    try Fixtures.withTemporaryFolder { folder in
        _ = try Peer.output(of: "mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder])
        defer { _ = try? Peer.run("umount", ["-l", folder]) }
        try body(folder)
    }
}

@Suite("A disk that is full, or cannot be written")
struct FullDiskTests {
    private let time = Timestamp(seconds: 1_795_219_200)

    private final class Events: Sendable {
        let list = Mutex<[LogEvent]>([])

        func add(_ event: LogEvent) { list.withLock { $0.append(event) } }

        var suspensions: Int { list.withLock { $0.count { if case .suspended = $0 { true } else { false } } } }
        var resumptions: Int { list.withLock { $0.count { if case .resumed = $0 { true } else { false } } } }
    }

    @Test(
        "Suspended, resumed by itself, and each line written or counted",
        .enabled(if: mayMount, "needs root: mounts a tmpfs"))
    func fullThenFreed() throws {
        try withSmallDisk(megabytes: 64) { folder in
            let filler = "\(folder)/filler"
            try Data(count: 60 << 20).write(to: URL(fileURLWithPath: filler))
            let events = Events()
            let log = try LogWriter(
                name: "debug", folder: folder, configuration: LogConfiguration(), report: { events.add($0) })
            let total = 200_000
            do {
                var worker = Worker(log)
                // More than the disk and the chunks that wait can hold.
                worker.write(total - 2000)
                #expect(waits { log.state.suspension != nil })
                #expect(throws: LogFileError.self) { try log.flush() }
                let text = try Data(contentsOf: URL(fileURLWithPath: log.path))
                #expect(text.last == UInt8(ascii: "\n"))
                try checkIndexes(log.names)
                worker.write(1000)
                try FileManager.default.removeItem(atPath: filler)
                #expect(waits { log.state.suspension == nil })
                worker.write(1000)
            }
            let report = log.close()
            #expect(report.lost == 0)
            #expect(events.suspensions == 1 && events.resumptions == 1)
            let lines = linesOf(log.path)
            let lost = counted(" lines lost: the disk was full (from 21/Nov/2026 00:00:00 to ", in: lines)
            #expect(lost > 0 && sequences(lines).count + lost == total)
            #expect(log.state.lost == UInt64(lost) && log.state.lines == UInt64(lines.count))
            try checkIndexes(log.names)
        }
    }

    @Test("Clearing a log makes room where the disk is full", .enabled(if: mayMount, "needs root: mounts a tmpfs"))
    func clearing() throws {
        try withSmallDisk(megabytes: 2) { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration())
            do {
                var worker = Worker(log)
                worker.write(30_000)
            }
            #expect(waits { log.state.suspension != nil })
            #expect("\(log.state.suspension!.error)".contains("No space left on device (write). Make room on the disk"))
            try log.clear()
            #expect(waits { log.state.lines > 0 && linesOf(log.path).count > 0 })
            log.close()
        }
    }

    @Test(
        "A full disk at the end: what cannot be written is counted",
        .enabled(if: mayMount, "needs root: mounts a tmpfs"))
    func closing() throws {
        try withSmallDisk(megabytes: 1) { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration())
            do {
                var worker = Worker(log)
                worker.write(30_000)
            }
            let report = log.close()
            #expect(report.lost > 0)
            #expect(log.state.lines + log.state.lost == 30_000)
            #expect(linesOf(log.path).count == Int(log.state.lines))
            try checkIndexes(log.names)
        }
    }

    @Test(
        "A folder that can only be read is an error that says what to do",
        .enabled(if: mayMount, "needs root: mounts a tmpfs"))
    func readOnly() throws {
        try withSmallDisk(megabytes: 1) { folder in
            _ = try Peer.output(of: "mount", ["-o", "remount,ro", folder])
            #expect(
                message { try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration()) }
                    == "\(folder)/debug.log: Read-only file system (open)."
                    + " Mount the file system for writing, or set another folder for the logs.")
        }
    }

    @Test("A folder that is not there, a folder in the file's place, a log that another process writes")
    func unopenable() throws {
        #expect(
            message { try LogWriter(name: "debug", folder: "/nowhere", configuration: LogConfiguration()) }
                == "/nowhere: there is no such folder. Make it, or set another one for the logs.")
        try Fixtures.withTemporaryFolder { folder in
            let log = try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration())
            #expect(
                message { try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration()) }
                    == "\(folder)/debug.log: another process writes this log. Stop that one first, or set another folder "
                    + "for the logs.")
            log.close()
            try LogWriter(name: "debug", folder: folder, configuration: LogConfiguration()).close()
            try FileManager.default.createDirectory(atPath: "\(folder)/filter.log", withIntermediateDirectories: false)
            #expect(
                message { try LogWriter(name: "filter", folder: folder, configuration: LogConfiguration()) }
                    == "\(folder)/filter.log: this is not a file. Move it away, or set another folder for the logs.")
        }
    }

    private func message(_ body: () throws -> LogWriter) -> String {
        do {
            _ = try body()
            return "none"
        } catch {
            return "\(error)"
        }
    }
}
