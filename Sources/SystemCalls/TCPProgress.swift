import CLinux

/// How far the other end of a TCP connection has come, as our kernel knows it (TCP_INFO).
public struct TCPProgress: Hashable, Sendable {
    /// Bytes that the other end's kernel has acknowledged; its first one is our SYN.
    public var acknowledged: UInt64
    /// Bytes that it said it still has room for; nil where this kernel does not tell (before Linux 5.4).
    public var window: UInt32?
    /// Milliseconds since its last acknowledgement.
    public var silence: UInt32

    /// Asks the kernel about a connected socket; nil where it does not tell (before Linux 4.1), or the descriptor is no
    /// such socket.
    public init?(of descriptor: Int32) {
        var acknowledged: UInt64 = 0
        var window: UInt32 = 0
        var silence: UInt32 = 0
        guard unsafe gatelog_tcp_progress(descriptor, &acknowledged, &window, &silence) == 1 else { return nil }
        self.init(acknowledged: acknowledged, window: window == 0 ? nil : window, silence: silence)
    }

    public init(acknowledged: UInt64, window: UInt32?, silence: UInt32) {
        self.acknowledged = acknowledged
        self.window = window
        self.silence = silence
    }
}

extension SocketOption {
    /// TCP_KEEPIDLE: seconds without traffic before the other end is asked whether it is there.
    public static let keepAliveIdle = SocketOption(level: Int32(IPPROTO_TCP), number: 4)
    /// TCP_KEEPINTVL: seconds between such questions.
    public static let keepAliveInterval = SocketOption(level: Int32(IPPROTO_TCP), number: 5)
    /// TCP_KEEPCNT: unanswered ones before the connection is given up.
    public static let keepAliveCount = SocketOption(level: Int32(IPPROTO_TCP), number: 6)
}
