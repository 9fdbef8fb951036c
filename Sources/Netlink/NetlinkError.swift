public import SystemCalls

/// A netlink socket that cannot do what it was asked for.
public struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was asked for.
    public enum Operation: String, Hashable, Sendable {
        case opening = "opening a netlink socket"
        case joining = "joining a group of netlink messages"
        case setting = "setting up a netlink socket"
        case sending = "sending a netlink request"
        case receiving = "receiving netlink messages"
        /// The kernel took the request and said no.
        case asking = "asking the kernel"
    }

    public var operation: Operation
    /// Why it failed; `timedOut` where the kernel did not answer.
    public var errno: Errno

    public init(_ operation: Operation, _ errno: Errno) {
        self.operation = operation
        self.errno = errno
    }

    /// "asking the kernel: Operation not permitted".
    public var description: String { "\(operation.rawValue): \(errno)" }
}
