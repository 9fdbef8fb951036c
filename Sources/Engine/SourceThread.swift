import LiveCapture
import LogFiles
import PacketDecoding
import Records
import SystemCalls

/// A worker on a thread of its own: one source, one plan, its sinks.
final class SourceThread: Sendable {
    let orders: WorkerOrders
    private let thread: Thread

    /// What a worker writes into. Producers are made on the worker's thread.
    struct Sinks: Sendable {
        var debug: LogWriter
        var filter: LogWriter
        var ipl: IPLogFeed?
        /// A file loses nothing by waiting.
        var waits = false
        var seed: UInt64
    }

    /// Starts a thread that serves `source` by `plan` until it is told to stop or the source ends. `adopt` and `look`
    /// are as in `runWorker`.
    init<Source: PacketSource & SendableMetatype & ~Copyable>(
        _ source: consuming Source, _ plan: consuming WorkerPlan, orders: WorkerOrders, sinks: Sinks,
        record: PacketRecord.Source,
        adopt: @escaping @Sendable (inout Source, borrowing WorkerPlan) throws(SourceError) -> Void,
        look: @escaping @Sendable (inout Source, inout PacketWorker) -> Void = { _, _ in }
    ) throws(SystemCallError) {
        let source = Handover(source)
        let plan = Handover(plan)
        self.orders = orders
        thread = try Thread(name: orders.name) {
            guard var source = source.take(), let plan = plan.take() else { return }
            Self.serve(&source, plan, orders, sinks, record, adopt: adopt, look: look)
        }
    }

    private static func serve<Source: PacketSource & SendableMetatype & ~Copyable>(
        _ source: inout Source, _ plan: consuming WorkerPlan, _ orders: WorkerOrders, _ sinks: Sinks,
        _ record: PacketRecord.Source,
        adopt: (inout Source, borrowing WorkerPlan) throws(SourceError) -> Void,
        look: (inout Source, inout PacketWorker) -> Void
    ) {
        do throws(SourceError) {
            try adopt(&source, plan)
            let number = plan.plan.number
            let filter: LogProducer? =
                orders.feed == .firewallLog ? sinks.filter.producer(waits: sinks.waits) : nil
            var worker = PacketWorker(
                plan, feed: orders.feed, source: record, debugLog: sinks.debug.producer(waits: sinks.waits),
                filterLog: filter, ipl: sinks.ipl, seed: sinks.seed)
            orders.publish { report in
                report.state = .running
                report.plan = number
            }
            try runWorker(&source, &worker, orders, adopt: adopt, look: look)
            orders.publish { $0.state = .ended }
        } catch {
            orders.publish { $0.state = .failed(error) }
        }
    }

    /// Tells the worker to stop; `join` waits for it.
    func stop() { orders.stop() }

    func join() { thread.join() }
}
