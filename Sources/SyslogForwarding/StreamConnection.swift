import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Primitives
import Records
import Settings
import SystemCalls

/// What a connection tells its receiver; on the loop.
protocol StreamConnectionOwner: AnyObject {
    func connectionIsReady(_ connection: StreamConnection)
    /// The other end has ended its side in order: it has read all that it acknowledged.
    func connectionEnded(_ connection: StreamConnection)
    func connectionFailed(_ connection: StreamConnection, _ reason: String)
}

/// One TCP connection to a receiver, with TLS or without. Touched by the loop alone.
final class StreamConnection: @unchecked Sendable {
    private let loop: any EventLoop
    private weak var owner: (any StreamConnectionOwner)?
    private var channel: (any Channel)?
    private var acknowledgedBefore: UInt64 = 0
    private var isOver = false
    /// Bytes that left TLS towards the kernel, or all bytes where there is none.
    fileprivate(set) var sent: UInt64 = 0
    private var reason: String?

    init(_ loop: any EventLoop, owner: any StreamConnectionOwner) {
        self.loop = loop
        self.owner = owner
    }

    /// Looks the server's name up and connects, off the loop; then `owner` is told, once.
    func connect(_ target: SyslogTarget) {
        let usesTLS = target.transport == .tls
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(SyslogLimits.connecting))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(Self.option(.keepAliveIdle), value: 2)
            .channelOption(Self.option(.keepAliveInterval), value: 10)
            .channelOption(Self.option(.keepAliveCount), value: 6)
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteCounter(self))
                    if usesTLS { try channel.pipeline.syncOperations.addHandler(target.tls.handler(target.server)) }
                    try channel.pipeline.syncOperations.addHandler(StreamEvents(self, isTLS: usesTLS))
                }
            }
        bootstrap.connect(host: target.server, port: target.port).whenComplete { [self] result in
            switch result {
            case .success(let channel):
                self.channel = channel
                if isOver { channel.close(promise: nil) }
                if !usesTLS { ready() }
            case .failure(let error): fail(Self.text(error))
            }
        }
    }

    /// Hands messages over; they are on their way when this returns.
    func send(_ batch: borrowing SyslogBatch) {
        guard let channel, !isOver else { return }
        var buffer = channel.allocator.buffer(capacity: batch.bytes.count)
        buffer.writeBytes(batch.bytes.bytes)
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// What the kernel knows of the other end; bytes are those of this connection.
    var progress: TCPProgress? {
        guard let channel, !isOver, var progress = Self.progress(channel) else { return nil }
        progress.acknowledged -= min(acknowledgedBefore, progress.acknowledged)
        return progress
    }

    /// Ends our side: what was sent arrives, and the other end answers by ending its own.
    func finish() {
        channel?.close(mode: .output, promise: nil)
    }

    /// Ends the connection without telling the owner.
    func close() {
        isOver = true
        channel?.close(promise: nil)
        channel = nil
    }

    // MARK: What happens to it

    fileprivate func ready() {
        guard !isOver else { return }
        owner?.connectionIsReady(self)
    }

    /// The first bytes go out: what was acknowledged before them is our SYN.
    fileprivate func begins(_ channel: any Channel) {
        acknowledgedBefore = Self.progress(channel)?.acknowledged ?? 0
    }

    fileprivate func inputClosed() {
        guard !isOver else { return }
        owner?.connectionEnded(self)
        end(nil)
    }

    fileprivate func caught(_ error: any Error) {
        if reason == nil { reason = Self.text(error) }
        fail(reason ?? "")
    }

    fileprivate func inactive() { fail(reason ?? "the receiver closed the connection") }

    func fail(_ reason: String) { end(reason) }

    private func end(_ reason: String?) {
        guard !isOver else { return }
        isOver = true
        channel?.close(promise: nil)
        channel = nil
        owner?.connectionFailed(self, reason ?? "the receiver closed the connection")
    }

    private static func progress(_ channel: any Channel) -> TCPProgress? {
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { TCPProgress(of: $0) }
        return found ?? nil
    }

    private static func option(_ option: SystemCalls.SocketOption) -> ChannelOptions.Types.SocketOption {
        .init(level: .init(rawValue: option.level), name: .init(rawValue: option.number))
    }

    /// What went wrong, in words that an administrator can act on.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.dnsAError ?? error.dnsAAAAError {
                return "the name \(error.host) cannot be looked up (\(failure))"
            }
            guard let last = error.connectionErrors.last else { return "\(error.host) has no address" }
            return text(last.error)
        case let error as IOError: return "\(Errno(rawValue: error.errnoCode))"
        case ChannelError.connectTimeout: return "no answer within \(SyslogLimits.connecting / 1_000_000_000) s"
        case let error as NIOSSLError:
            if case .handshakeFailed(let failure) = error { return Self.text(tls: "\(failure)") }
            return "TLS: \(error)"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            return "TLS: the receiver's certificate is not for that name (server, or server_name)"
        case is NIOSSLExtraError: return "TLS: \(error)"
        case is BoringSSLError: return Self.text(tls: "\(error)")
        case let error as SyslogError: return error.description
        default: return "\(error)"
        }
    }
}

extension StreamConnection {
    /// What BoringSSL says, in words: its reasons are like `CERTIFICATE_VERIFY_FAILED`.
    private static func text(tls failure: String) -> String {
        let marker = "OPENSSL_internal:"
        guard let start = failure.firstRange(of: marker)?.upperBound else { return "TLS: \(failure)" }
        let reason = String(failure[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        let meaning =
            switch reason {
            case "CERTIFICATE_VERIFY_FAILED":
                "the receiver's certificate is out of date, or signed by nobody whom ca names"
            case "TLSV1_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_HANDSHAKE_FAILURE":
                "the receiver wants another client certificate (certificate, key)"
            case "TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN":
                "the receiver does not accept our client certificate (certificate, key)"
            case "WRONG_VERSION_NUMBER": "the receiver speaks no TLS at this port"
            case "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL": "the receiver has no TLS 1.2 or later"
            default: "the handshake failed"
            }
        return "TLS: \(meaning) (\(reason))"
    }
}

/// Counts what goes to the kernel.
private final class ByteCounter: ChannelOutboundHandler {
    typealias OutboundIn = NIOCore.ByteBuffer
    typealias OutboundOut = NIOCore.ByteBuffer

    private let connection: StreamConnection

    init(_ connection: StreamConnection) { self.connection = connection }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if connection.sent == 0 { connection.begins(context.channel) }
        connection.sent += UInt64(unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }
}

/// Hears what happens to the connection. A receiver has nothing to say: what it sends is dropped.
private final class StreamEvents: ChannelInboundHandler {
    typealias InboundIn = NIOCore.ByteBuffer

    private let connection: StreamConnection
    private let isTLS: Bool

    init(_ connection: StreamConnection, isTLS: Bool) {
        self.connection = connection
        self.isTLS = isTLS
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isTLS, case .some(.handshakeCompleted) = event as? TLSUserEvent {
            // The channel is known once connecting has told of it.
            context.eventLoop.execute { [connection] in connection.ready() }
        } else if let event = event as? ChannelEvent, event == .inputClosed {
            connection.inputClosed()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { connection.caught(error) }

    func channelInactive(context: ChannelHandlerContext) { connection.inactive() }
}
