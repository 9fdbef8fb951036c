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

    /// Ends this process (exit(3)).
    public static func end(_ status: Int32) -> Never { exit(status) }

    /// Goes on in a child whose session has no terminal, and whose standard input and output, and with `quietly` its
    /// standard error, are /dev/null; the parent ends with status 0. Only for a process with one thread.
    public static func becomeDaemon(quietly: Bool) throws(SystemCallError) {
        let child = try checked("fork") { gatelog_fork() }
        // Not exit(3): what the parent has in buffers is the child's.
        if child > 0 { _exit(0) }
        _ = setsid()
        let null = try checked("open", "/dev/null") { unsafe gatelog_open("/dev/null", O_RDWR | O_CLOEXEC, 0) }
        for number in quietly ? 0...2 : 0...1 { _ = try checked("dup2") { dup2(null, Int32(number)) } }
        _ = gatelog_close(null)
    }

    /// Runs a line of /bin/sh with `input` as its standard input, and waits until it ends; returns what it ended with
    /// (wait(2)). A command that does not read all of it is no error where SIGPIPE is ignored.
    @discardableResult
    public static func run(shell command: String, input: RawSpan) throws(SystemCallError) -> Int32 {
        guard let pipe = unsafe popen(command, "we") else {
            throw SystemCallError(errno: Errno(rawValue: gatelog_errno()), call: "popen", path: command)
        }
        _ = unsafe input.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, pipe) }
        return unsafe pclose(pipe)
    }
}
