import Synchronization
import Users

/// Who is logged in where, shared by all who tell of it and all who ask: the API, RADIUS, time-outs, workers.
final class LoginBoard: Sendable {
    private let counts = Mutex(0)

    /// Takes over changes, in their order, from any thread. Does not wait for a worker or for the engine; a batch costs
    /// one lock, so that who has many hands them over together.
    func take(_ changes: [LoginChange]) {
        counts.withLock { $0 += changes.count }
    }
}
