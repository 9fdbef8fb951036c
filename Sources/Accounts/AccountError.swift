public import SystemCalls

/// Why accounts could not be read or changed. Whatever it is, what held before holds still.
public enum AccountError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A value that cannot be: what was found, what is expected.
    case invalid(String)
    case unknown(String)
    case exists(String)
    /// What was asked would leave nobody who may change accounts, or the like.
    case conflict(String)
    case full(String)
    /// Hashing wants more memory than there is.
    case noMemory
    /// As many passwords are being hashed, or wait to be, as the daemon takes.
    case busy
    /// A line of the file is not what this program writes.
    case damaged(path: String, line: Int, what: String)
    /// The file is in a form that this program does not know.
    case newer(path: String, format: Int)
    case system(SystemCallError)

    public var description: String {
        switch self {
        case .invalid(let text), .unknown(let text), .exists(let text), .conflict(let text), .full(let text): text
        case .noMemory: "there is not enough memory to hash a password just now; try again"
        case .busy: "too many passwords are being checked just now; try again in a moment"
        case .damaged(let path, let line, let what):
            """
            \(path):\(line): \(what); restore the file from a copy, or move it away and make the accounts and tokens anew
            """
        case .newer(let path, let format):
            """
            \(path): written by a newer Gatelog (form \(format); this one reads up to \(AccountBook.format)); install \
            that version again, or move this file away and make the accounts and tokens anew
            """
        case .system(let error): "\(error)"
        }
    }
}
