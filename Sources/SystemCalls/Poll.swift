import CLinux

/// Waiting until descriptors have something to say (poll(2)).
public struct Poll: Sendable {
    private var entries: [pollfd]

    /// What is known of a descriptor after waiting.
    public struct Readiness: OptionSet, Hashable, Sendable {
        public let rawValue: Int16

        public init(rawValue: Int16) { self.rawValue = rawValue }

        /// Something can be read or received.
        public static let readable = Readiness(rawValue: Int16(POLLIN))
        /// Something can be written.
        public static let writable = Readiness(rawValue: Int16(POLLOUT))
        /// The other end is gone (told whether asked for or not).
        public static let hungUp = Readiness(rawValue: Int16(POLLHUP))
        /// An error waits at the descriptor: ask it (told whether asked for or not).
        public static let failed = Readiness(rawValue: Int16(POLLERR))
        /// The number is no open descriptor (told whether asked for or not).
        public static let invalid = Readiness(rawValue: Int16(POLLNVAL))
        /// Any of the three that nobody asks for.
        public static let fault = Readiness(rawValue: Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL))
    }

    /// Waits for `descriptors`, each for something to read.
    public init(readable descriptors: Int32...) {
        entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    }

    /// Waits for one more, for what `readiness` says.
    public mutating func add(_ descriptor: Int32, for readiness: Readiness) {
        entries.append(pollfd(fd: descriptor, events: readiness.rawValue, revents: 0))
    }

    /// Waits at most `milliseconds` (for ever where negative, not at all where 0) until at least one is ready; false
    /// where none is. A signal ends the wait early, as if the time were over: whoever waits looks at its orders anyway.
    public mutating func wait(milliseconds: Int32) throws(SystemCallError) -> Bool {
        let count = unsafe entries.withUnsafeMutableBufferPointer { buffer in
            unsafe gatelog_poll(buffer.baseAddress, nfds_t(buffer.count), milliseconds)
        }
        if count >= 0 { return count > 0 }
        let errno = Errno(rawValue: gatelog_errno())
        guard errno == .interrupted else { throw SystemCallError(errno: errno, call: "poll") }
        for index in entries.indices { entries[index].revents = 0 }
        return false
    }

    /// What the last wait found out about the descriptor that was named at `index`.
    public subscript(index: Int) -> Readiness { Readiness(rawValue: entries[index].revents) }
}
