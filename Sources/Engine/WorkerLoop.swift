import Expressions
import LiveCapture
import PacketDecoding
import SystemCalls

/// Runs a worker over a source until it is told to stop or the source ends. The source and the worker belong to
/// the thread that calls this.
///
/// `adopt` gives the source what a new plan wants of it; `look` runs after each wait, for what a source learned
/// beside packets.
func runWorker<Source: PacketSource & ~Copyable>(
    _ source: inout Source, _ worker: inout PacketWorker, _ orders: WorkerOrders,
    adopt: (inout Source, borrowing WorkerPlan) throws(SourceError) -> Void,
    look: (inout Source, inout PacketWorker) -> Void = { _, _ in }
) throws(SourceError) {
    defer { orders.heartbeat.rest() }
    while !orders.isStopping {
        orders.heartbeat.work()
        if let next = orders.takePlan() {
            try adopt(&source, next)
            worker.adopt(next)
            let number = worker.plan.plan.number
            orders.publish { $0.plan = number }
        }
        let batch = try source.nextBatch()
        look(&source, &worker)
        worker.followUsers(isIdle: batch != .packets)
        if batch == .packets {
            while let frame = source.next() { worker.take(frame, source.bytes) }
        }
        worker.endBatch()
        let counters = source.counters()
        orders.publish { report in
            report.state = .running
            report.counters = counters
        }
        if batch == .ended { break }
    }
    worker.endBatch()
}
