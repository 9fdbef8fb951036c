import CLinux

/// An option of a socket: its level and its number (setsockopt(2)).
public struct SocketOption: Hashable, Sendable {
    public let level: Int32
    public let number: Int32

    public init(level: Int32, number: Int32) {
        self.level = level
        self.number = number
    }

    /// SO_RCVBUF: bytes that may wait to be received; the kernel doubles it and holds it below net.core.rmem_max.
    public static let receiveBuffer = SocketOption(level: SOL_SOCKET, number: SO_RCVBUF)
    /// SO_RCVBUFFORCE: the same above net.core.rmem_max; needs CAP_NET_ADMIN.
    public static let receiveBufferForced = SocketOption(level: SOL_SOCKET, number: SO_RCVBUFFORCE)
    /// SO_SNDBUF: bytes that may wait to be taken by the other end; the kernel doubles it and holds it below
    /// net.core.wmem_max.
    public static let sendBuffer = SocketOption(level: SOL_SOCKET, number: SO_SNDBUF)
    /// SO_SNDBUFFORCE: the same above net.core.wmem_max; needs CAP_NET_ADMIN.
    public static let sendBufferForced = SocketOption(level: SOL_SOCKET, number: SO_SNDBUFFORCE)
    /// SO_ERROR: what went wrong since it was last asked (an `Errno`, or 0); asking clears it.
    public static let pendingError = SocketOption(level: SOL_SOCKET, number: SO_ERROR)
}

/// An open socket, owned: closed on exec, and when its owner goes away.
public struct Socket: ~Copyable, Sendable {
    /// The number by which the kernel knows it.
    public let number: Int32

    /// A new socket (socket(2)): AF_..., SOCK_... and the protocol of that family, in network order where it asks so.
    public init(domain: Int32, type: Int32, protocol: Int32 = 0) throws(SystemCallError) {
        number = try checked("socket") { socket(domain, type | Int32(SOCK_CLOEXEC.rawValue), `protocol`) }
    }

    init(owning number: Int32) { self.number = number }

    /// A new socket for datagrams of a family (AF_INET, AF_INET6) that never waits.
    public init(datagramsOf domain: Int32) throws(SystemCallError) {
        try self.init(domain: domain, type: Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue))
    }

    deinit { _ = gatelog_close(number) }

    /// Binds the socket to `address`, a sockaddr_... of its family.
    public func bind<Address: BitwiseCopyable>(to address: Address) throws(SystemCallError) {
        let number = number
        _ = try checked("bind") {
            unsafe withUnsafeBytes(of: address) { bytes in
                unsafe gatelog_bind(
                    number, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
        }
    }

    /// Connects the socket to `address`, the bytes of a sockaddr_... of its family: a datagram socket sends there from
    /// now on, and is told where nobody listens.
    public func connect(to address: UnsafeRawBufferPointer) throws(SystemCallError) {
        let number = number
        _ = try checked("connect") {
            unsafe gatelog_connect(
                number, address.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
        }
    }

    /// Sets an option whose value is a plain C value: an Int32 for most, a struct for some.
    public func set<Value: BitwiseCopyable>(_ option: SocketOption, to value: Value) throws(SystemCallError) {
        let number = number
        _ = try checked("setsockopt") {
            unsafe withUnsafeBytes(of: value) { bytes in
                unsafe setsockopt(number, option.level, option.number, bytes.baseAddress, socklen_t(bytes.count))
            }
        }
    }

    /// Reads an option into a copy of `initial`, whose type says how many bytes it has at most.
    public func value<Value: BitwiseCopyable>(
        of option: SocketOption, initial: Value
    ) throws(SystemCallError) -> Value {
        let number = number
        var value = initial
        _ = try checked("getsockopt") {
            unsafe withUnsafeMutableBytes(of: &value) { bytes in
                var length = socklen_t(bytes.count)
                return unsafe getsockopt(number, option.level, option.number, bytes.baseAddress, &length)
            }
        }
        return value
    }

    /// Receives one message, or what a stream has; nil where nothing is there and `waits` is false. A longer message
    /// than the buffer is cut, and the count is what the buffer holds. 0 is the end of a stream.
    public func receive(
        into buffer: UnsafeMutableRawBufferPointer, waits: Bool = true
    ) throws(SystemCallError) -> Int? {
        let number = number
        let flags = waits ? 0 : Int32(MSG_DONTWAIT)
        do {
            return try checked("recv") { unsafe gatelog_recv(number, buffer.baseAddress, buffer.count, flags) }
        } catch  where error.errno == .wouldBlock {
            return nil
        }
    }

    /// Sends one message, or as much of `bytes` as a stream takes now; says how much. Never raises SIGPIPE.
    public func send(_ bytes: RawSpan) throws(SystemCallError) -> Int {
        try send(bytes, flags: 0)
    }

    /// The same, without waiting: nil where the other end has not made room.
    public func sendNow(_ bytes: RawSpan) throws(SystemCallError) -> Int? {
        do {
            return try send(bytes, flags: Int32(MSG_DONTWAIT))
        } catch  where error.errno == .wouldBlock {
            return nil
        }
    }

    private func send(_ bytes: RawSpan, flags: Int32) throws(SystemCallError) -> Int {
        let number = number
        return try checked("send") {
            unsafe bytes.withUnsafeBytes { source in
                unsafe gatelog_send(number, source.baseAddress, source.count, Int32(MSG_NOSIGNAL) | flags)
            }
        }
    }
}
