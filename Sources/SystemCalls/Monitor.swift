import CLinux

/// State behind a lock that threads can wait on: a mutex and a condition variable (pthread_cond_wait(3)).
///
/// For hand-overs that happen a few thousand times a second, never for each packet. `notify` without anybody
/// waiting costs no system call.
@safe
public final class Monitor<State: Sendable>: @unchecked Sendable {
    // At addresses that never change, as pthreads want it. `state` is only touched with the lock held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    public init(_ state: State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        let isReady = unsafe pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(condition, &attributes) == 0
        unsafe pthread_condattr_destroy(&attributes)
        precondition(isReady, "a mutex and a condition variable need nothing but their memory")
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` with the lock held. Not recursive.
    public func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Waits until `ready`, which runs with the lock held now and after each `notify`, has an answer; nil once
    /// `Clocks.monotonic` has reached `deadline` and there is still none.
    public func wait<Result>(until deadline: Int64 = .max, for ready: (inout State) -> Result?) -> Result? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = ready(&state) { return result }
            if deadline == .max {
                unsafe pthread_cond_wait(condition, mutex)
            } else {
                guard Clocks.monotonic < deadline else { return nil }
                var moment = timespec()
                moment.tv_sec = Int(deadline / 1_000_000_000)
                moment.tv_nsec = Int(deadline % 1_000_000_000)
                _ = unsafe pthread_cond_timedwait(condition, mutex, &moment)
            }
        }
    }

    /// Lets all who wait look at the state again.
    public func notify() {
        unsafe pthread_cond_broadcast(condition)
    }
}
