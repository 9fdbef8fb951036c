import ControlMessages
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemCalls

/// One request over one connection: small, and with nothing to keep.
struct Exchange {
    let socket: String
    let method: HTTPMethod
    /// With its query, encoded.
    let uri: String
    /// JSON.
    var body: [UInt8]?
    /// Shows who asks.
    var token: String?

    typealias Inbound = NIOAsyncChannelInboundStream<HTTPClientResponsePart>

    /// One thread is plenty for a command; it begins with the first request.
    private static let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// How long a busy daemon may take to let us in.
    private static let patience = Duration.seconds(10)

    /// Bytes of an answer that is not streamed.
    private static let longestAnswer = 256 << 20

    /// An answer as it comes in.
    struct Answer {
        let head: HTTPResponseHead
        fileprivate var parts: Inbound.AsyncIterator

        /// The length of the body, where it was said.
        var length: Int? { head.headers.first(name: "content-length").flatMap { Int($0) } }

        /// The next bytes of the body; nil at its end. An end before the promised one is an error.
        mutating func next() async throws -> ByteBuffer? {
            switch try await parts.next() {
            case .body(let bytes): return bytes
            case .end: return nil
            case .head, nil: throw BrokenOff()
            }
        }

        /// The whole body.
        mutating func whole() async throws -> [UInt8] {
            var all: [UInt8] = []
            while let bytes = try await next() {
                guard all.count + bytes.readableBytes <= longestAnswer else { throw TooLong() }
                all.append(contentsOf: bytes.readableBytesView)
            }
            return all
        }
    }

    struct BrokenOff: Error {}
    struct TooLong: Error {}

    /// Sends the request and lets `read` take the answer, if it is not a refusal. What `read` throws itself passes.
    func run<Value: Sendable>(
        _ read: (inout Answer) async throws -> Value
    ) async throws -> Value {
        let channel = try await connected()
        do {
            return try await channel.executeThenClose { inbound, outbound in
                let unsent = await send(outbound)
                var parts = inbound.makeAsyncIterator()
                guard case .head(let head) = try await parts.next() else { throw unsent ?? BrokenOff() }
                var answer = Answer(head: head, parts: parts)
                guard 200..<300 ~= head.status.code else { throw await refusal(&answer) }
                return try await read(&answer)
            }
        } catch {
            throw translated(error)
        }
    }

    /// Sends the request and returns what went wrong with that: a daemon that refuses a request early has answered
    /// all the same.
    private func send(_ outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>) async -> (any Error)? {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: uri)
        head.headers.add(name: "Host", value: "gatelog")
        head.headers.add(name: "Connection", value: "close")
        if let token { head.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: "\(body.count)")
        }
        var parts = [HTTPClientRequestPart.head(head)]
        if let body { parts.append(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
        do {
            try await outbound.write(contentsOf: parts + [.end(nil)])
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ answer: inout Answer) async -> DaemonError {
        let status = answer.head.status
        do {
            let bytes = try await answer.whole()
            return .refused(try JSONDecoder().decode(ControlError.self, from: Data(bytes)))
        } catch {
            return .broken(socket: socket, reason: "\(status.code) \(status.reasonPhrase)")
        }
    }

    private func connected() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await connect()
            } catch let error as IOError {
                switch Errno(rawValue: error.errnoCode) {
                // So many wait to be let in that there is no place to wait: a socket of this kind does not queue.
                case .wouldBlock where ContinuousClock.now < deadline: try await Task.sleep(for: .milliseconds(20))
                case .noSuchFile, .connectionRefused, .notADirectory: throw DaemonError.notRunning(socket: socket)
                case .accessDenied, .notPermitted: throw DaemonError.notPermitted(socket: socket)
                case let errno: throw DaemonError.broken(socket: socket, reason: "\(errno)")
                }
            } catch let error as SocketAddressError {
                throw DaemonError.broken(socket: socket, reason: "this cannot be a socket's path (\(error))")
            }
        }
    }

    private func connect() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        try await ClientBootstrap(group: Self.threads)
            .connectTimeout(.seconds(5))
            .connect(unixDomainSocketPath: socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// What NIO throws, as what it means for us; everything else is the reader's own.
    private func translated(_ error: any Error) -> any Error {
        switch error {
        case is BrokenOff, HTTPParserError.invalidEOFState:
            DaemonError.broken(socket: socket, reason: "it broke off in the middle; has the daemon been killed?")
        case is TooLong: DaemonError.broken(socket: socket, reason: "the answer does not end")
        case is ChannelError: DaemonError.broken(socket: socket, reason: "it closed the connection")
        case let error as HTTPParserError:
            DaemonError.broken(socket: socket, reason: "this is not HTTP (\(error))")
        case let error as IOError:
            DaemonError.broken(socket: socket, reason: "\(Errno(rawValue: error.errnoCode))")
        case is DecodingError:
            DaemonError.broken(socket: socket, reason: "its answer is of another version (\(error))")
        default: error
        }
    }
}
