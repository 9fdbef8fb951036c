import ControlMessages
import Synchronization

/// Counts the live streams and downloads, and knows whether the server is going.
final class StreamSlots: Sendable {
    private struct State {
        var taken = 0
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// How many streams there are.
    var count: Int { state.withLock { $0.taken } }

    /// Takes a place; it is free again when what is returned goes away.
    func take() throws(ControlError) -> StreamSlot {
        let refusal: ControlError? = state.withLock { state in
            if state.isClosed { return ControlError(.unavailable, "the daemon is shutting down") }
            guard state.taken < limit else {
                return ControlError(.tooMany, "\(limit) live views and downloads are open already; close one")
            }
            state.taken += 1
            return nil
        }
        if let refusal { throw refusal }
        return StreamSlot(self)
    }

    /// Refuses further streams.
    func close() { state.withLock { $0.isClosed = true } }

    fileprivate func free() { state.withLock { $0.taken -= 1 } }
}

/// The place of one stream.
final class StreamSlot: Sendable {
    private let slots: StreamSlots

    fileprivate init(_ slots: StreamSlots) { self.slots = slots }

    deinit { slots.free() }
}
