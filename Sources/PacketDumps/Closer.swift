import Synchronization
import SystemCalls

/// A thread for what may take long and must not hold up the writer: putting whole files on the disk, one after the
/// other.
final class Closer: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isEnding = false
    }

    private let state = Mutex(State())
    private let wakeup: Wakeup

    init() throws(SystemCallError) { wakeup = try Wakeup() }

    func add(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        wakeup.signal()
    }

    /// Lets `run` return when all is done.
    func end() {
        state.withLock { $0.isEnding = true }
        wakeup.signal()
    }

    /// The thread's body.
    func run() {
        while true {
            let (jobs, isEnding) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isEnding)
            }
            for job in jobs { job() }
            if jobs.isEmpty {
                if isEnding { return }
                wakeup.wait()
            }
        }
    }
}
