import CMnl
import SystemCalls

/// A netlink socket (netlink(7)), owned: closed when its owner goes away.
///
/// Requests wait for the kernel's answer and allocate; receiving does neither. One owner; it may move to another
/// thread with its owner.
@safe
public struct NetlinkSocket: ~Copyable, @unchecked Sendable {
    /// Which part of the kernel answers.
    public enum Family: Sendable {
        /// NETLINK_NETFILTER: the firewall's log, connections.
        case netfilter
        /// NETLINK_ROUTE: links, addresses.
        case route

        var number: Int32 {
            switch self {
            case .netfilter: NETLINK_NETFILTER
            case .route: NETLINK_ROUTE
            }
        }
    }

    private let handle: OpaquePointer
    /// The number by which the kernel knows it, for poll(2).
    public let descriptor: Int32
    /// The port that the kernel gave it; messages to it carry it.
    public let port: UInt32
    var sequence: UInt32

    /// Opens a socket, closed on exec, bound to a port that the kernel chooses. `sequence` is the number of the first
    /// request.
    public init(_ family: Family, sequence: UInt32 = 1) throws(NetlinkError) {
        guard let opened = unsafe mnl_socket_open2(family.number, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw NetlinkError(.opening, .last)
        }
        if unsafe mnl_socket_bind(opened, 0, MNL_SOCKET_AUTOPID) == -1 {
            let reason = Errno.last
            _ = unsafe mnl_socket_close(opened)
            throw NetlinkError(.opening, reason)
        }
        unsafe handle = opened
        descriptor = unsafe mnl_socket_get_fd(opened)
        port = unsafe mnl_socket_get_portid(opened)
        self.sequence = sequence
    }

    deinit {
        _ = unsafe mnl_socket_close(handle)
    }

    /// Joins a group: its messages come from now on.
    public func join(group: UInt32) throws(NetlinkError) {
        var group = group
        try set(NETLINK_ADD_MEMBERSHIP, &group, .joining)
    }

    /// Whether a full buffer is an error of the next `receive` (`.overrun`), as it is by default. Those who see gaps
    /// in the messages' own sequence numbers turn it off.
    public func setReportsOverruns(_ reports: Bool) throws(NetlinkError) {
        var off: UInt32 = reports ? 0 : 1
        try set(NETLINK_NO_ENOBUFS, &off, .setting)
    }

    private func set(_ option: Int32, _ value: inout UInt32, _ operation: NetlinkError.Operation) throws(NetlinkError) {
        let size = socklen_t(MemoryLayout<UInt32>.size)
        if unsafe mnl_socket_setsockopt(handle, option, &value, size) == -1 { throw NetlinkError(operation, .last) }
    }

    /// Asks for a receive buffer of `bytes`: beyond the machine's limit where the process may (SO_RCVBUFFORCE), else
    /// up to it. Returns what the kernel made of it; it counts its own overhead, about half.
    @discardableResult
    public func setReceiveBuffer(_ bytes: Int) throws(NetlinkError) -> Int {
        var wanted = Int32(clamping: bytes)
        let size = socklen_t(MemoryLayout<Int32>.size)
        if unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, size) == -1,
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &wanted, size) == -1
        {
            throw NetlinkError(.setting, .last)
        }
        return memory().capacity
    }

    /// What the receive buffer holds, in the kernel's bytes.
    public struct Memory: Hashable, Sendable {
        public var used: Int
        public var capacity: Int
        /// Datagrams (not messages) that found no room, since the socket was opened; wraps.
        public var dropped: UInt32

        /// In thousandths.
        public var fill: UInt32 {
            capacity > 0 ? UInt32(clamping: min(max(used, 0), capacity) * 1000 / capacity) : 0
        }
    }

    /// How full the receive buffer is (SO_MEMINFO). One system call.
    public func memory() -> Memory {
        var values: InlineArray<9, UInt32> = .init(repeating: 0)
        var size = socklen_t(MemoryLayout<InlineArray<9, UInt32>>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, &values, &size) == 0 else {
            return Memory(used: 0, capacity: 0, dropped: 0)
        }
        return Memory(
            used: Int(values[Int(SK_MEMINFO_RMEM_ALLOC)]), capacity: Int(values[Int(SK_MEMINFO_RCVBUF)]),
            dropped: values[Int(SK_MEMINFO_DROPS)])
    }

    func send(_ bytes: [UInt8]) throws(NetlinkError) {
        let sent = unsafe bytes.withUnsafeBytes { source in
            unsafe mnl_socket_sendto(handle, source.baseAddress, source.count)
        }
        if sent == -1 { throw NetlinkError(.sending, .last) }
    }
}
