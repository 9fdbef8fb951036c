public import Compression
public import Patterns
public import SystemCalls

/// Why a log cannot be read: which file, why, and what to do.
public struct LogReadError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case call(SystemCallError)
        case compression(CompressionError)
        /// There is no file of that name, nor a rotated one.
        case noLog
        /// What has that name is a folder or a device.
        case noFile
        /// The place does not belong to this log, or its file was removed since.
        case placeGone
        /// The regular expression cannot be compiled.
        case pattern(PatternError)
    }

    public let path: String
    public let reason: Reason

    init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .call(let error):
            switch error.errno {
            case .accessDenied, .notPermitted:
                "\(path): \(error.errno) (\(error.call)); read it as a user that may, or with sudo"
            default: "\(path): \(error.errno) (\(error.call))"
            }
        case .compression(let error): "\(path): \(error)"
        case .noLog: "\(path): there is no such log, nor a rotated file of it"
        case .noFile: "\(path): this is not a file"
        case .pattern(let error): "the regular expression is wrong at byte \(error.offset): \(error.message)"
        case .placeGone: "\(path): the place to go on from is not in this log any more; begin again without it"
        }
    }
}

/// Lines that a reading had to leave out, and why. Everything is said once for each file.
public struct LogLoss: Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// A part of a compressed file cannot be unpacked.
        case damaged(CompressionError)
        /// The index that the conditions need is not there, or does not reach over these bytes.
        case noIndex
        /// The index is damaged there; what is wrong, in words.
        case damagedIndex(String)
        /// No line there begins with a time.
        case noTimes
        /// Lines of more than `TextScan.lineLimit` bytes, of which only the beginning was looked at.
        case longLines
    }

    public var path: String
    public var reason: Reason
    /// Bytes of text that were left out; 0 where nobody knows how many.
    public var bytes: Int64

    init(_ path: String, _ reason: Reason, bytes: Int64) {
        self.path = path
        self.reason = reason
        self.bytes = bytes
    }

    public var description: String {
        let what =
            switch reason {
            case .damaged(let error): "cannot be unpacked (\(error))"
            case .noIndex: "have no index, which a search by expression or kind needs"
            case .damagedIndex(let text): "could not be searched by expression or kind: \(text)"
            case .noTimes: "have lines without times, of which it cannot be known whether they are in the range"
            case .longLines: "are the rest of lines that are too long; only their beginning was looked at"
            }
        return "\(path): \(bytes > 0 ? "\(bytes)" : "an unknown number of") bytes \(what)"
    }
}
