import Hummingbird
import NIOCore
import Synchronization

/// Writes the body of a long answer. A reader that leaves what was sent unread for longer than the patience loses its
/// connection: what it left unread is at most what the socket's buffers hold, and never grows.
struct PatientWriter: Sendable {
    private let writer: Unchecked<any ResponseBodyWriter>
    private let progress = Progress()

    /// When the write began that is still waiting; nil between two writes.
    private final class Progress: Sendable {
        let state = Mutex((waitingSince: ContinuousClock.Instant?.none, lastWrite: ContinuousClock.now))
    }

    /// The reader did not read.
    struct Impatience: Error {}

    private init(_ writer: any ResponseBodyWriter) { self.writer = Unchecked(value: writer) }

    /// Writes a piece; waits while the reader is behind.
    func write(_ bytes: ByteBuffer) async throws {
        progress.state.withLock { $0.waitingSince = .now }
        // What is behind it is the connection's NIOAsyncChannelOutboundWriter, which any number of tasks may write to.
        var writer = writer.value
        try await writer.write(bytes)
        progress.state.withLock { $0 = (nil, .now) }
    }

    /// An answer of `type` that `write` writes. Ends when `write` returns, when the server stops, when the reader goes
    /// away, or when it does not read. A sign of life is sent when nothing else is, where there is one.
    static func response(
        to request: Request, headers: HTTPFields, length: Int? = nil, signOfLife: ByteBuffer? = nil,
        slot: StreamSlot, limits: ControlLimits,
        _ write: @escaping @Sendable (PatientWriter) async throws -> Void
    ) -> Response {
        let body = ResponseBody(contentLength: length) { bodyWriter in
            let writer = PatientWriter(bodyWriter)
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await writer.watch(limits, signOfLife) }
                    group.addTask { try await write(writer) }
                    group.addTask { await slot.untilClosed() }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
            try await bodyWriter.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Runs until the reader was too slow.
    private func watch(_ limits: ControlLimits, _ signOfLife: ByteBuffer?) async throws {
        let pause = min(limits.heartbeat, limits.patience) / 2
        while true {
            try await Task.sleep(for: pause)
            let (waitingSince, lastWrite) = progress.state.withLock { $0 }
            if let waitingSince {
                if ContinuousClock.now - waitingSince > limits.patience { throw Impatience() }
            } else if let signOfLife, ContinuousClock.now - lastWrite > limits.heartbeat {
                try await write(signOfLife)
            }
        }
    }
}
