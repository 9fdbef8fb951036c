import CLinux

/// This process, and what it may become.
public enum Processes {
    /// The number of this process.
    public static var current: Int32 { getpid() }

    /// The number of the user whose rights this process has (geteuid(2)).
    public static var userID: UInt32 { geteuid() }

    /// Replaces this process by the program at `path`; `arguments` are those behind the program's name. Returns only
    /// where that fails (execv(2)).
    public static func execute(_ path: String, _ arguments: [String]) throws(SystemCallError) -> Never {
        var words = unsafe ([path] + arguments).map { word in unsafe strdup(word) }
        unsafe words.append(nil)
        defer {
            unsafe words.forEach { word in unsafe free(word) }
        }
        _ = try checked("execv", path) { unsafe execv(path, words) }
        preconditionFailure("execv returned without an error")
    }
}
