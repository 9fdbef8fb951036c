import LiveCapture
import Synchronization
import SystemCalls

/// Where a worker and the control plane meet: a plan to take over, the order to stop, and what the worker counts.
/// Looked at once a batch.
final class WorkerOrders: Sendable {
    enum State: Hashable, Sendable {
        case starting, running, ended
        case failed(SourceError)
    }

    struct Report: Sendable {
        var state = State.starting
        var counters = SourceCounters()
        /// The number of the plan that the worker follows.
        var plan: UInt64 = 0
    }

    /// A wake-up that a class can have or not have.
    private final class Bell: Sendable {
        let wakeup: Wakeup

        init() throws(SystemCallError) { wakeup = try Wakeup() }
    }

    /// "capture 0", "firewall log".
    let name: String
    let feed: FeedKind
    /// Whether the worker comes round.
    let heartbeat: Heartbeat
    private let next = Mutex<WorkerPlan?>(nil)
    private let hasNext = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)
    private let current = Mutex(Report())

    /// Ends the wait of a source that can be woken, so that a plan is taken over at once.
    private let bell: Bell?
    /// The descriptor that such a source waits for beside its own.
    let wakeDescriptor: Int32?

    init(name: String, feed: FeedKind) {
        self.name = name
        self.feed = feed
        heartbeat = Heartbeat(name: name)
        // Without one (the process has too many files) a plan waits a fifth of a second.
        let made = try? Bell()
        bell = made
        wakeDescriptor = made?.wakeup.number
    }

    /// Hands a plan over; one that was not taken yet is replaced.
    func give(_ plan: consuming sending WorkerPlan) {
        var plan: WorkerPlan? = plan
        next.withLock { $0 = plan.take() }
        hasNext.store(true, ordering: .releasing)
        bell?.wakeup.signal()
    }

    /// The plan to take over, once. Costs one atomic load where there is none.
    func takePlan() -> WorkerPlan? {
        guard hasNext.load(ordering: .acquiring) else { return nil }
        hasNext.store(false, ordering: .relaxed)
        bell?.wakeup.clear()
        return next.withLock { $0.take() }
    }

    func stop() {
        stopping.store(true, ordering: .releasing)
        bell?.wakeup.signal()
    }

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    var report: Report { current.withLock { $0 } }

    /// Changes what is published.
    func publish(_ change: (inout sending Report) -> Void) { current.withLock { change(&$0) } }
}
