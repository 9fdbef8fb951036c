import CLinux

/// Wakes a thread that waits in `Poll` (eventfd(2)). Any thread may ring; the waiting one polls `number` and clears.
public struct WakeUp: ~Copyable, Sendable {
    /// The descriptor to wait for.
    public let number: Int32

    public init() throws(SystemCallError) {
        number = try checked("eventfd") { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) }
    }

    deinit { _ = gatelog_close(number) }

    /// Makes `number` readable until `clear`. Never waits; ringing twice is as good as once.
    public func ring() {
        var one: UInt64 = 1
        // The only failure of a write that does not wait is a counter at its end, and then it is readable already.
        _ = unsafe gatelog_write(number, &one, 8)
    }

    /// Makes `number` quiet again; false where nobody had rung.
    @discardableResult
    public func clear() -> Bool {
        var count: UInt64 = 0
        return unsafe gatelog_read(number, &count, 8) == 8
    }
}
