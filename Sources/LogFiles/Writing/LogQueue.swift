import LogIndex
import Primitives
import Records
import SystemCalls

/// Between the producers of a log and its writer: filled chunks and cold lines in one order, free chunks back.
///
/// The lock is held for a few stores, once or twice a chunk.
final class LogQueue: Sendable {
    /// Chunks that a log has at most; at 256 KiB of text each, 16 MiB wait before lines are lost. They are made when
    /// they are first needed.
    /// - Limit: chunks of lines on their way to a log | of 256 KiB or 4,096 lines | counted, and said in the log
    ///   before the next line
    static let chunkLimit = 64
    /// Bytes of cold lines that wait at most.
    /// - Limit: lines of the daemon's own that wait for a log | bytes | counted, and said in the log before the next
    ///   line
    static let coldLimit = 1 << 20

    enum Item: Sendable {
        case chunk(LogChunk)
        case line(kind: RecordKind, time: Timestamp, text: String, fields: RecordFields)
    }

    /// What the writer is asked to do, behind everything that was queued before.
    enum Command: Sendable {
        case flush, clear, reopen, close
        case configure(LogConfiguration)
    }

    struct Order: Sendable {
        var command: Command
        var ticket: UInt64
        /// Items that come before it.
        var after: UInt64
    }

    /// What a producer gets that asks for a chunk.
    enum Grant {
        case chunk(LogChunk)
        /// None is free: the writer is suspended, or just behind (nil).
        case none(LogSuspension?)
        case closed
    }

    struct State: Sendable {
        var free: [LogChunk] = []
        var made = 0
        var items: [Item] = []
        var queued: UInt64 = 0
        var orders: [Order] = []
        var tickets: UInt64 = 0
        /// The outcome of orders whose owners have not looked yet.
        var outcomes: [UInt64: LogFileError?] = [:]
        var coldBytes = 0
        var coldLoss = LineLoss()
        var isClosed = false
        /// Producers that would wait do not any more.
        var isHurrying = false
        var published = LogWriterState()
        /// Lines that the log says nothing of: they came when it was closed.
        var untold = LineCounts()
    }

    private let monitor = Monitor(State())

    // MARK: Producers

    /// A chunk to fill and hand over. With `waits`, waits until one is free.
    func takeChunk(waits: Bool) -> Grant {
        guard waits else {
            return monitor.withLock { state in LogQueue.grant(&state) ?? .none(state.published.suspension) }
        }
        return monitor.wait { state in
            LogQueue.grant(&state) ?? (state.isHurrying ? .none(state.published.suspension) : nil)
        } ?? .closed
    }

    /// Lets no producer wait any more.
    func endWaiting() {
        monitor.withLock { $0.isHurrying = true }
        monitor.notify()
    }

    private static func grant(_ state: inout State) -> Grant? {
        state.isClosed ? .closed : freeChunk(&state).map(Grant.chunk)
    }

    private static func freeChunk(_ state: inout State) -> LogChunk? {
        if let chunk = state.free.popLast() { return chunk }
        guard state.made < chunkLimit else { return nil }
        state.made += 1
        return LogChunk()
    }

    /// Hands a filled chunk to the writer; false where the log has been closed since it was taken.
    func give(_ chunk: LogChunk) -> Bool {
        let isTaken = monitor.withLock { state in
            guard !state.isClosed else { return false }
            state.items.append(.chunk(chunk))
            state.queued += 1
            return true
        }
        monitor.notify()
        return isTaken
    }

    /// Counts lines that nobody will ever be told of in the log: it was closed.
    func lose(_ counts: LineCounts) {
        monitor.withLock { state in
            state.untold += counts
        }
    }

    // MARK: Cold lines and orders

    /// Queues a line; where too many wait it is counted, and told of later.
    func append(kind: RecordKind, time: Timestamp, text: String, fields: RecordFields = RecordFields()) {
        let bytes = LogQueue.coldBytes(text, fields)
        monitor.withLock { state in
            guard !state.isClosed else {
                state.untold.lost += 1
                return
            }
            guard state.coldBytes + bytes <= LogQueue.coldLimit else {
                state.coldLoss.add(time)
                return
            }
            state.coldBytes += bytes
            state.items.append(.line(kind: kind, time: time, text: text, fields: fields))
            state.queued += 1
        }
        monitor.notify()
    }

    /// What a line counts for while it waits.
    static func coldBytes(_ text: String, _ fields: RecordFields) -> Int { text.utf8.count + fields.byteCount }

    /// Gives an order and waits for its outcome. An order to a closed log is done already.
    func perform(_ command: Command) throws(LogFileError) {
        let ticket: UInt64? = monitor.withLock { state in
            guard !state.isClosed else { return nil }
            state.tickets += 1
            state.orders.append(Order(command: command, ticket: state.tickets, after: state.queued))
            return state.tickets
        }
        guard let ticket else { return }
        monitor.notify()
        let outcome = monitor.wait { $0.outcomes.removeValue(forKey: ticket) }
        if let outcome, let error = outcome { throw error }
    }

    // MARK: The writer

    /// What has come since the last time; waits until something has, or until `deadline`.
    func takeAll(until deadline: Int64) -> (items: [Item], orders: [Order], loss: LineLoss) {
        let taken = monitor.wait(until: deadline) { state in
            state.items.isEmpty && state.orders.isEmpty ? nil : LogQueue.takeAll(&state)
        }
        return taken ?? monitor.withLock { LogQueue.takeAll(&$0) }
    }

    private static func takeAll(_ state: inout State) -> (items: [Item], orders: [Order], loss: LineLoss) {
        let taken = (state.items, state.orders, state.coldLoss)
        state.items = []
        state.items.reserveCapacity(chunkLimit)
        state.orders = []
        state.coldLoss = LineLoss()
        return taken
    }

    /// A chunk is written or given up; whoever waits for one may have it.
    func giveBack(_ chunk: LogChunk, _ published: LogWriterState) {
        chunk.text.removeAll()
        chunk.block.removeAll()
        chunk.counts = LineCounts()
        monitor.withLock { state in
            state.free.append(chunk)
            state.published = published
        }
        monitor.notify()
    }

    func publish(_ published: LogWriterState, coldBytesDone: Int = 0) {
        monitor.withLock { state in
            state.coldBytes -= coldBytesDone
            state.published = published
        }
    }

    func finish(_ order: Order, _ outcome: LogFileError?, _ published: LogWriterState) {
        monitor.withLock { state in
            state.outcomes[order.ticket] = .some(outcome)
            state.published = published
        }
        monitor.notify()
    }

    /// Takes no more. What is queued already is returned; orders among it must still be finished.
    func close() -> (items: [Item], orders: [Order], loss: LineLoss) {
        let rest = monitor.withLock { state in
            state.isClosed = true
            return LogQueue.takeAll(&state)
        }
        monitor.notify()
        return rest
    }

    /// What the writer said last, and what the queue itself had to refuse.
    var published: LogWriterState {
        monitor.withLock { state in
            var published = state.published
            published.lost += state.untold.lost
            published.suppressed += state.untold.suppressed
            return published
        }
    }
}
