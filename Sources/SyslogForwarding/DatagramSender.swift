import NIOCore
import NIOPosix
import Primitives
import Records
import SystemCalls

/// Sends messages one a datagram (RFC 5426) to a connected socket, which is told where nobody listens.
final class DatagramSender: @unchecked Sendable {
    private let socket: Socket
    /// Messages that are on their way.
    var batch = SyslogBatch(framing: .datagrams, capacity: 64 << 10)
    private var stretch: SentStretch?
    private var sentCount = 0

    private init(_ socket: consuming Socket) { self.socket = socket }

    /// Looks the server's name up, off the loop, and opens a socket; `then` is told on the loop.
    static func open(
        _ target: SyslogTarget, loop: any EventLoop,
        then: @escaping @Sendable (Result<DatagramSender, SyslogError>) -> Void
    ) {
        let found = NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            try SocketAddress.makeAddressResolvingHost(target.server, port: target.port)
        }
        found.whenComplete { result in
            switch result {
            case .success(let address):
                do throws(SystemCallError) {
                    then(.success(try DatagramSender(connecting: address)))
                } catch {
                    then(.failure(SyslogError("\(error.errno)")))
                }
            case .failure:
                then(.failure(SyslogError("the name \(target.server) cannot be looked up")))
            }
        }
    }

    private convenience init(connecting address: SocketAddress) throws(SystemCallError) {
        let socket = try Socket(datagramsOf: Int32(address.protocol.rawValue))
        var failure: SystemCallError?
        address.withSockAddr { pointer, length in
            do throws(SystemCallError) {
                try socket.connect(to: UnsafeRawBufferPointer(start: pointer, count: length))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        self.init(socket)
    }

    /// Whether nothing is on its way.
    var isEmpty: Bool { stretch == nil }

    /// `batch` holds the messages of a stretch.
    func begin(_ stretch: SentStretch) {
        self.stretch = stretch
        sentCount = 0
    }

    /// Sends as many as the socket takes; the stretch once all of them are gone.
    func send() throws(SystemCallError) -> SentStretch? {
        guard let stretch else { return nil }
        while sentCount < batch.count {
            let range = batch.datagram(sentCount)
            do throws(SystemCallError) {
                try Self.send(socket, batch, range)
            } catch {
                guard error.errno == .wouldBlock || error.errno == .noBufferSpace else { throw error }
                return nil
            }
            sentCount += 1
        }
        self.stretch = nil
        return stretch
    }

    private static func send(
        _ socket: borrowing Socket, _ batch: borrowing SyslogBatch, _ range: Range<Int>
    ) throws(SystemCallError) {
        _ = try socket.send(batch.bytes.bytes.extracting(range))
    }

    /// Throws what a datagram met that was sent before.
    func check() throws(SystemCallError) {
        let error = try socket.value(of: .pendingError, initial: Int32(0))
        if error != 0 { throw SystemCallError(errno: Errno(rawValue: error), call: "send") }
    }
}
