import CLinux

/// Takes SIGHUP as something to read from, so that whoever polls learns of it between two pieces of work.
public struct HangUpWatch: ~Copyable, Sendable {
    /// Readable when the signal came.
    public let number: Int32

    /// From here on the signal ends nothing in this thread, nor in those that it starts.
    public init() throws(SystemCallError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGHUP)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        var taken = set
        number = try checked("signalfd") {
            unsafe signalfd(-1, &taken, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
        }
    }

    deinit { _ = gatelog_close(number) }

    /// Whether the signal came since it was last asked.
    public func take() -> Bool {
        var info = signalfd_siginfo()
        let number = number
        return unsafe gatelog_read(number, &info, MemoryLayout<signalfd_siginfo>.size) > 0
    }
}
