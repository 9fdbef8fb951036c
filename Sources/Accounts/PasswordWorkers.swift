import Synchronization
import SystemCalls

/// Hashes passwords on threads of their own, two at a time: each takes 32 MiB and a third of a second, and must hold
/// up neither the engine nor the API.
final class PasswordWorkers: Sendable {
    static let atOnce = 2
    /// Further ones that wait; beyond, they are refused.
    static let waiting = 16

    private struct State {
        var running = 0
        var tickets: UInt64 = 0
        /// Resumed with true when it is their turn, with false when nobody waits for them any more.
        var queue: [(ticket: UInt64, turn: CheckedContinuation<Bool, Never>)] = []
    }

    private let state = Mutex(State())

    /// Runs `work` on a thread when it is its turn.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(AccountError) -> Value {
        guard await enter() else { throw AccountError.busy }
        defer { leave() }
        let result: Result<Value, AccountError> = await withCheckedContinuation { continuation in
            do throws(SystemCallError) {
                _ = try Thread(name: "password") { continuation.resume(returning: .success(work())) }
            } catch {
                continuation.resume(returning: .failure(.system(error)))
            }
        }
        return try result.get()
    }

    /// Whoever asked may have gone, or been told that it took too long: then his place goes to others.
    private func enter() async -> Bool {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.running < Self.atOnce {
                        state.running += 1
                        return true
                    }
                    guard state.queue.count < Self.waiting else { return false }
                    state.queue.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let turn = state.withLock { state in
                state.queue.firstIndex { $0.ticket == ticket }.map { state.queue.remove(at: $0).turn }
            }
            turn?.resume(returning: false)
        }
    }

    /// The place goes on to the next one.
    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.queue.isEmpty else { return state.queue.removeFirst().turn }
            state.running -= 1
            return nil
        }
        next?.resume(returning: true)
    }
}
