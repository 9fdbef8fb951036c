import LogFiles
import Primitives
import Synchronization

/// Writes lines of a log to standard output: as they stand, or to a terminal with what would steer it escaped. The
/// threads of a search come one after the other.
final class LogPrinter: LogSearchSink {
    private let console: Console
    /// Why writing ended: somebody closed the pipe, or the disk is full.
    private let failure = Mutex<(any Error)?>(nil)

    init(_ console: Console) {
        self.console = console
    }

    func take(_ lines: RawSpan) -> Bool {
        do {
            if console.outputIsTerminal { try writeEscaped(lines) } else { try console.write(lines) }
            return true
        } catch {
            failure.withLock { $0 = error }
            return false
        }
    }

    /// Throws what ended the writing.
    func finish() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func writeEscaped(_ lines: RawSpan) throws {
        var buffer = ByteBuffer()
        var start = 0
        while start < lines.byteCount {
            let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? lines.byteCount
            buffer.append(escaping: lines.extracting(start..<end))
            buffer.append(UInt8(ascii: "\n"))
            start = end + 1
        }
        try console.write(buffer.bytes)
    }
}
