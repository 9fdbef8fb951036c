import CLinux

/// Wakes a thread that waits for work (eventfd(2)): signals before the wait are not lost, many are one.
public struct Wakeup: ~Copyable, Sendable {
    /// The number by which the kernel knows it, for waiting on it beside other descriptors (poll(2): readable once
    /// signalled).
    public let number: Int32

    public init() throws(SystemCallError) {
        number = try checked("eventfd") { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }
    }

    deinit {
        _ = gatelog_close(number)
    }

    /// Wakes the waiting thread, or lets its next wait return at once. Costs a system call; safe from any thread.
    public func signal() {
        var one: UInt64 = 1
        // The only failure is a counter that is full, and then the signal is there already.
        _ = unsafe gatelog_write(number, &one, 8)
    }

    /// Takes back the signals that came so far, so that `number` is quiet again. Does not wait.
    public func clear() { wait(nanoseconds: 0) }

    /// Waits for a signal, at most `nanoseconds`; negative is without end. Returns whether one came.
    @discardableResult
    public func wait(nanoseconds: Int64 = -1) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // Rounded up, so that what is due is due after the wait.
        let milliseconds = nanoseconds < 0 ? -1 : Int32(clamping: nanoseconds / 1_000_000 &+ 1)
        // A signal handler's interruption counts as the time being over: callers look at the clock anyway.
        guard unsafe poll(&entry, 1, milliseconds) > 0 else { return false }
        var count: UInt64 = 0
        _ = unsafe gatelog_read(number, &count, 8)
        return true
    }
}
