import CLinux
import Synchronization

/// A thread of the kernel's, for work that waits for a disk or a ring and must not hold up anybody else.
///
/// Its body runs once; `join` waits for its end. Signals are left to the threads that were there before.
public final class Thread: Sendable {
    private let handle: Mutex<pthread_t?>

    /// Starts `body` on a new thread of that name, of which the kernel shows 15 bytes.
    public init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemCallError) {
        let work = unsafe Unmanaged.passRetained(ThreadWork(name: String(name.prefix(15)), body: body))
        var thread = pthread_t()
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        // A new thread inherits the mask.
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        let failure = unsafe pthread_create(&thread, nil, runThread, work.toOpaque())
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        guard failure == 0 else {
            unsafe work.release()
            throw SystemCallError(errno: Errno(rawValue: failure), call: "pthread_create")
        }
        handle = Mutex(thread)
    }

    deinit {
        if let thread = handle.withLock({ $0 }) { pthread_detach(thread) }
    }

    /// Waits until the body has ended. A second time is nothing.
    public func join() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let thread { pthread_join(thread, nil) }
    }
}

private final class ThreadWork {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

// A plain function: a closure that is handed to C can be taken for one of the main actor's.
private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let work = unsafe Unmanaged<ThreadWork>.fromOpaque(context).takeRetainedValue()
    unsafe gatelog_name_thread(work.name)
    work.body()
    return nil
}
