import Synchronization

/// Where a log is: how far a follower may read.
public struct LogPosition: Hashable, Sendable {
    /// Times that a new file was begun in this run.
    public var rotations: UInt64 = 0
    /// Times that the log was cleared in this run.
    public var clears: UInt64 = 0
    /// Bytes of whole lines in the file that is being written.
    public var bytes: Int64 = 0
}

/// Tells followers of a log that it went on. Telling costs a lock where nobody listens, once a chunk.
final class LogObservers: Sendable {
    private struct State {
        var next = 0
        var position = LogPosition()
        var continuations: [Int: AsyncStream<LogPosition>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// The position now, and each later one; of those that nobody waited for only the last. Ends when the log is closed.
    func observe() -> AsyncStream<LogPosition> {
        let (stream, continuation) = AsyncStream.makeStream(of: LogPosition.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.next += 1
            state.continuations[state.next] = continuation
            continuation.yield(state.position)
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.continuations.removeValue(forKey: id) }
        }
        return stream
    }

    func tell(_ position: LogPosition) {
        state.withLock { state in
            guard state.position != position else { return }
            state.position = position
            for continuation in state.continuations.values { continuation.yield(position) }
        }
    }

    func finish() {
        let continuations = state.withLock { state in
            defer { state.continuations = [:] }
            return state.continuations
        }
        for continuation in continuations.values { continuation.finish() }
    }
}
