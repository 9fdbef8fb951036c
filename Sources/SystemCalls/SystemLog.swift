import CLinux

/// The system's log, as syslog(3) writes to it.
public enum SystemLog {
    /// Opens the log at once: messages begin with `name`, the process's number, and have `facility` (a value such as
    /// LOG_LOCAL0, 16 << 3) where they say none. Threads must not send meanwhile.
    public static func open(name: String, facility: Int32) {
        // The C library keeps the pointer for as long as the log is open: a name once given stays.
        unsafe openlog(strdup(name), LOG_PID | LOG_NDELAY, facility)
    }

    /// Sends one message; a NUL ends it. It is lost without a word where nobody takes messages.
    public static func send(_ text: RawSpan, priority: Int32) {
        unsafe withUnsafeTemporaryAllocation(byteCount: text.byteCount + 1, alignment: 1) { buffer in
            unsafe text.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
            unsafe buffer[text.byteCount] = 0
            unsafe gatelog_syslog(priority, buffer.baseAddress!.assumingMemoryBound(to: CChar.self))
        }
    }
}
