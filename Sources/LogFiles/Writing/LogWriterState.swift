public import Primitives
import SystemCalls

/// What a log has written and lost since it was opened.
public struct LogWriterState: Hashable, Sendable {
    /// Lines written, whoever they came from.
    public var lines: UInt64 = 0
    /// Those of them that the log says about itself: `N lines lost`, `N lines suppressed`.
    public var notes: UInt64 = 0
    /// Bytes of text written.
    public var textBytes: UInt64 = 0
    /// Bytes of all files of the log that are there now, rotated ones and the index too.
    public var bytes: Int64 = 0
    /// Rotated files that are kept.
    public var segments = 0
    /// Times that a new file was begun.
    public var rotations: UInt64 = 0
    /// Lines that a rate limit held back; the log says so.
    public var suppressed: UInt64 = 0
    /// Lines that were lost since the writer was behind or could not write; the log says so as soon as it can.
    public var lost: UInt64 = 0
    /// Why nothing is written just now; nil where all is well.
    public var suspension: LogSuspension?

    public init() {}
}

/// Why a log is not written, and since when. It is tried again by itself.
public struct LogSuspension: Hashable, Sendable {
    public var since: Timestamp
    public var error: LogFileError

    /// What the line says that speaks of the gap.
    var cause: String {
        guard case .call(let error) = error.reason else { return "the log could not be written" }
        return switch error.errno {
        case .noSpace: "the disk was full"
        case .quotaExceeded: "the disk quota was used up"
        case .inputOutput: "the disk failed"
        default: "the log could not be written"
        }
    }
}

/// What a log tells the program that owns it. Said once for each thing that happens.
public enum LogEvent: Sendable {
    /// Nothing can be written from now on; lines wait, then are counted.
    case suspended(LogSuspension)
    /// Writing goes on.
    case resumed(after: LogSuspension)
    /// A new file could not be begun or an old one not be removed; lines go on in the present one.
    case failed(LogFileError)
    /// The file was removed, moved or cut by someone else, and a new one was begun or the index made anew.
    case disturbed(path: String, what: String)
}

/// What `close` had to do.
public struct LogCloseReport: Hashable, Sendable {
    /// Lines and bytes of text that were still to be written, and were.
    public var lines: UInt64 = 0
    public var bytes: UInt64 = 0
    /// Lines that could not be written any more.
    public var lost: UInt64 = 0
    /// Why the files could not be synchronized with the disk.
    public var error: LogFileError?

    public init() {}
}
