public import SystemCalls

/// Why a log cannot be opened, cleared or written: where, why, and what to do.
public struct LogFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// A call failed.
        case call(SystemCallError)
        /// The folder is not there.
        case noFolder
        /// Another process writes this log.
        case inUse
        /// What has the log's name is not a file.
        case noFile
        /// A rotated file could not be compressed; it stays as it is.
        case compression(String)
    }

    public let path: String
    public let reason: Reason

    init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    init(_ error: SystemCallError, _ path: String) {
        self.init(path, .call(error))
    }

    /// "/var/log/gatelog/debug.log: Permission denied (open). Let the service's user write into the folder."
    public var description: String {
        switch reason {
        case .noFolder:
            "\(path): there is no such folder. Make it, or set another one for the logs."
        case .inUse:
            "\(path): another process writes this log. Stop that one first, or set another folder for the logs."
        case .noFile:
            "\(path): this is not a file. Move it away, or set another folder for the logs."
        case .compression(let reason):
            "\(path): this file could not be compressed: \(reason). It stays as it is."
        case .call(let error):
            "\(error.path ?? path): \(error.errno) (\(error.call)).\(LogFileError.remedy(error.errno))"
        }
    }

    private static func remedy(_ errno: Errno) -> String {
        switch errno {
        case .accessDenied, .notPermitted: " Let the user that this program runs as write into the folder."
        case .readOnlyFileSystem: " Mount the file system for writing, or set another folder for the logs."
        case .noSpace, .quotaExceeded: " Make room on the disk, or keep fewer old logs."
        case .inputOutput: " Look at the kernel's messages: the disk may be failing."
        default: ""
        }
    }
}
