import ControlMessages
import Synchronization
import SystemCalls

/// Runs searches of logs on threads of their own, a few at a time: they read files, and must hold up neither the
/// engine nor other requests.
final class QueryThreads: Sendable {
    /// Searches that run at one time; a further one is refused.
    /// - Limit: searches at a time |  | `unavailable`
    static let limit = 8

    private let running = Mutex(0)

    /// Runs `body` on a thread and waits for what it finds.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Result<Value, ControlError>
    ) async throws(ControlError) -> Value {
        let isAdmitted = running.withLock { running in
            guard running < Self.limit else { return false }
            running += 1
            return true
        }
        guard isAdmitted else {
            throw ControlError(.unavailable, "\(Self.limit) searches are running; try again in a moment")
        }
        let result: Result<Value, ControlError> = await withCheckedContinuation { continuation in
            do {
                _ = try Thread(name: "search") { continuation.resume(returning: body()) }
            } catch {
                continuation.resume(
                    returning: .failure(ControlError(.unavailable, "a search could not be started: \(error)")))
            }
        }
        running.withLock { $0 -= 1 }
        return try result.get()
    }
}
