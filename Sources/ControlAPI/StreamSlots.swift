import ControlMessages
import Synchronization

/// Counts the live streams and downloads, and ends them when the server goes.
final class StreamSlots: Sendable {
    private struct State {
        var ends: [Int: AsyncStream<Never>.Continuation] = [:]
        var next = 0
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// How many streams there are.
    var count: Int { state.withLock { $0.ends.count } }

    /// Takes a place; it is free again when what is returned goes away.
    func take() throws(ControlError) -> StreamSlot {
        let (closed, end) = AsyncStream.makeStream(of: Never.self)
        let place: Result<Int, ControlError> = state.withLock { state in
            if state.isClosed { return .failure(ControlError(.unavailable, "the daemon is shutting down")) }
            guard state.ends.count < limit else {
                return .failure(
                    ControlError(.tooMany, "\(limit) live views and downloads are open already; close one"))
            }
            state.next += 1
            state.ends[state.next] = end
            return .success(state.next)
        }
        return StreamSlot(self, number: try place.get(), closed: closed)
    }

    /// Ends all streams and refuses further ones.
    func close() {
        let ends = state.withLock { state in
            state.isClosed = true
            return state.ends.values.map(\.self)
        }
        for end in ends { end.finish() }
    }

    fileprivate func free(_ number: Int) {
        let end = state.withLock { $0.ends.removeValue(forKey: number) }
        end?.finish()
    }
}

/// The place of one stream.
final class StreamSlot: Sendable {
    private let slots: StreamSlots
    private let number: Int
    private let closed: AsyncStream<Never>

    fileprivate init(_ slots: StreamSlots, number: Int, closed: AsyncStream<Never>) {
        self.slots = slots
        self.number = number
        self.closed = closed
    }

    deinit { slots.free(number) }

    /// Returns when the server goes, or the task is cancelled.
    func untilClosed() async {
        for await _ in closed {}
    }
}
