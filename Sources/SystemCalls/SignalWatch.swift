import CLinux

/// The signals that a daemon acts upon.
public enum DaemonSignal: Int32, CaseIterable, Sendable {
    /// SIGHUP: read the settings again.
    case hangUp = 1
    /// SIGINT: end, as from a terminal.
    case interrupt = 2
    /// SIGUSR1: open the log files again.
    case user1 = 10
    /// SIGTERM: end.
    case terminate = 15
}

/// Takes signals one after another in place of their handlers, so that nothing ever runs in the middle of
/// something else (signal-safety(7)).
public struct SignalWatch: Sendable {
    /// Blocks the daemon's signals in this thread and all that it starts afterwards: call it before the first one.
    public init() {
        Signals.ignoreBrokenPipe()
        var set = Self.set()
        let result = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        precondition(result == 0, "SIG_BLOCK is known")
    }

    /// Waits for the next signal, at most `milliseconds`; nil where none came.
    public func next(within milliseconds: Int) -> DaemonSignal? {
        var set = Self.set()
        var limit = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        let number = unsafe sigtimedwait(&set, nil, &limit)
        return DaemonSignal(rawValue: number)
    }

    private static func set() -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in DaemonSignal.allCases { unsafe sigaddset(&set, signal.rawValue) }
        return set
    }
}
