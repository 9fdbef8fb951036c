/// A system call that failed: which one, why, and on what.
public struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason that the kernel gave.
    public var errno: Errno
    /// The name of the call, as its manual page has it.
    public var call: String
    /// The path that it was about; nil where there is none.
    public var path: String?

    public init(errno: Errno, call: String, path: String? = nil) {
        self.errno = errno
        self.call = call
        self.path = path
    }

    /// "trace.pcap: No such file or directory (open)".
    public var description: String {
        let reason = "\(errno) (\(call))"
        return path.map { "\($0): \(reason)" } ?? reason
    }
}
