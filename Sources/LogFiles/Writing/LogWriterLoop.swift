import LogIndex
import Primitives
import Synchronization
import SystemCalls

/// What the thread of a log does: takes chunks and cold lines out of the queue in their order and appends them, begins
/// new files, carries out orders. Made by who opens the log, then touched by the log's thread alone, until that has
/// ended.
final class LogWriterLoop: @unchecked Sendable {
    /// The writer looks at the clock at least this often, in nanoseconds.
    static let tick: Int64 = 10_000_000_000
    /// Between two tries of a log that is suspended.
    static let firstPause: Int64 = 100_000_000
    static let greatestPause: Int64 = 5_000_000_000

    let names: LogFileNames
    let queue: LogQueue
    let observers: LogObservers
    let budget: LogBudget?
    let clock: LogClock
    let report: @Sendable (LogEvent) -> Void
    let shelf: LogShelf
    let recovery: LogRecovery
    let heartbeat: Heartbeat

    var configuration: LogConfiguration
    var rotation: RotationClock
    /// Nil where a new file could not be opened: then the log is suspended.
    var live: LiveLogFile?
    var state = LogWriterState()
    var position = LogPosition()
    var ending = LogCloseReport()

    /// Items that are to be written; those before `head` are.
    private var pending: [LogQueue.Item] = []
    private var head = 0
    private var orders: [LogQueue.Order] = []
    private var done: UInt64 = 0
    var isClosing = false

    /// Cold lines on their way.
    var notes: NoteRenderer
    var coldText = ByteBuffer(capacity: 4 << 10)
    var coldBlock = ByteBuffer(capacity: 4 << 10)
    var coldBuilder = IndexBlockBuilder(seed: .random(in: 0 ... .max))
    var coldLoss = LineLoss()
    var lossCause: String?

    private var pause = LogWriterLoop.firstPause
    var retryAt = Int64.min
    /// No rotation before this: the last one failed.
    var rotationHeldUntil = Int64.min
    private var synchronizedAt: Int64
    var unsynchronized = false

    init(
        _ names: LogFileNames, _ configuration: LogConfiguration, queue: LogQueue, observers: LogObservers,
        budget: LogBudget?, clock: LogClock, report: @escaping @Sendable (LogEvent) -> Void
    ) throws(LogFileError) {
        self.names = names
        heartbeat = Heartbeat(name: "log \(names.log)")
        self.configuration = configuration
        self.queue = queue
        self.observers = observers
        self.budget = budget
        self.clock = clock
        self.report = report
        shelf = try LogShelf(names, permissions: configuration.permissions)
        shelf.compresses.store(configuration.compresses, ordering: .relaxed)
        notes = NoteRenderer(configuration)
        rotation = RotationClock(configuration.period, zone: configuration.zone)
        synchronizedAt = clock.monotonic()
        let live = try LiveLogFile(names, configuration)
        do throws(SystemCallError) {
            recovery = try live.recover()
            try shelf.trim(to: configuration.kept)
        } catch {
            throw LogFileError(error, names.live)
        }
        if live.textSize > 0 { rotation.begin(at: live.identity.modified) }
        position.bytes = live.textSize
        self.live = live
        budget?.add(shelf)
        publish()
        observers.tell(position)
    }

    /// Runs until the log is closed.
    func run() {
        defer { heartbeat.rest() }
        while !isClosing {
            let deadline = deadline
            heartbeat.rest(until: deadline)
            let taken = queue.takeAll(until: deadline)
            take(taken.items, taken.orders, taken.loss)
            work()
            if state.suspension == nil { rotateIfDue(before: 0) }
            synchronizeIfDue()
            publish()
            observers.tell(position)
        }
        end()
    }

    private func take(_ items: [LogQueue.Item], _ orders: [LogQueue.Order], _ loss: LineLoss) {
        pending.append(contentsOf: items)
        self.orders.append(contentsOf: orders)
        if loss.count > 0, lossCause == nil { lossCause = state.suspension?.cause }
        coldLoss.add(loss)
    }

    private var deadline: Int64 {
        let now = clock.monotonic()
        if state.suspension != nil { return Clocks.monotonic + max(retryAt - now, 0) }
        guard let interval = configuration.synchronizesEvery, unsynchronized else {
            return Clocks.monotonic + LogWriterLoop.tick
        }
        return Clocks.monotonic + max(min(LogWriterLoop.tick, synchronizedAt + interval - now), 0)
    }

    /// Writes what is pending and carries out orders when it is their turn; those to a suspended log at once.
    private func work() {
        while true {
            heartbeat.work()
            let hasWork = head < pending.count || coldLoss.count > 0 || live == nil
            if let order = orders.first, order.after <= done || !mayTry {
                orders.removeFirst()
                carryOut(order)
            } else if hasWork, mayTry {
                tryOne()
            } else {
                break
            }
        }
        if head == pending.count {
            pending.removeAll(keepingCapacity: true)
            head = 0
        }
    }

    /// Whether writing makes sense now.
    private var mayTry: Bool { state.suspension == nil || clock.monotonic() >= retryAt }

    private func tryOne() {
        do {
            try openIfClosed()
            if head < pending.count, case .chunk(let chunk) = pending[head], coldLoss.count == 0 {
                try write(chunk)
                head += 1
                done += 1
            } else {
                try writeColdLines()
            }
            resumeIfSuspended()
        } catch {
            suspend(error)
        }
    }

    private func write(_ chunk: LogChunk) throws(LogFileError) {
        let length = chunk.text.count
        rotateIfDue(before: length)
        try append(chunk.text, chunk.counts, &chunk.block)
        queue.giveBack(chunk, state)
        observers.tell(position)
    }

    /// All cold lines at the head of the queue, as one piece.
    private func writeColdLines() throws(LogFileError) {
        coldText.removeAll()
        coldBlock.removeAll()
        coldBuilder.removeAll()
        var counts = LineCounts()
        if coldLoss.count > 0 {
            notes.appendLost(coldLoss, cause: lossCause ?? "too many lines at once", to: &coldText)
            coldBuilder.append(kind: .gap, time: coldLoss.last, lineLength: coldText.count)
            counts = LineCounts(lines: 1, notes: 1, lost: coldLoss.count)
        }
        var end = head
        var bytes = 0
        while end < pending.count, coldText.count < LogChunk.textLength, end - head < LogChunk.lineCount,
            case .line(let kind, let time, let line, let fields) = pending[end]
        {
            let before = coldText.count
            notes.append(line, at: time, to: &coldText)
            coldBuilder.append(kind: kind, time: time, fields: fields, lineLength: coldText.count - before)
            counts.lines += 1
            bytes += LogQueue.coldBytes(line, fields)
            end += 1
        }
        guard counts.lines > 0 else { return }
        coldBuilder.finish(into: &coldBlock)
        rotateIfDue(before: coldText.count)
        try append(coldText, counts, &coldBlock)
        coldLoss = LineLoss()
        lossCause = nil
        done += UInt64(end - head)
        head = end
        queue.publish(state, coldBytesDone: bytes)
    }

    private func append(
        _ text: borrowing ByteBuffer, _ counts: LineCounts, _ block: inout ByteBuffer
    ) throws(LogFileError) {
        try settleDisturbance()
        guard let live else { throw LogFileError(names.live, .noFile) }
        do {
            try live.append(text.bytes, count: counts.lines, block: &block)
        } catch {
            throw LogFileError(error, names.live)
        }
        if rotation.current == nil { rotation.begin(at: clock.wall()) }
        unsynchronized = true
        state.lines += counts.lines
        state.notes += counts.notes
        state.lost += counts.lost
        state.suppressed += counts.suppressed
        state.textBytes += UInt64(text.count)
        position.bytes = live.textSize
        if isClosing {
            ending.lines += counts.lines
            ending.bytes += UInt64(text.count)
        }
    }

    // MARK: Suspended

    private func suspend(_ error: LogFileError) {
        let now = clock.monotonic()
        if state.suspension == nil {
            let suspension = LogSuspension(since: clock.wall(), error: error)
            state.suspension = suspension
            pause = LogWriterLoop.firstPause
            report(.suspended(suspension))
        } else {
            pause = min(pause * 2, LogWriterLoop.greatestPause)
        }
        retryAt = now + pause
        publish()
    }

    private func resumeIfSuspended() {
        guard let suspension = state.suspension else { return }
        state.suspension = nil
        publish()
        report(.resumed(after: suspension))
    }

    // MARK: The end

    /// Writes what is left, counts what cannot be written, and closes the files.
    private func end() {
        let rest = queue.close()
        take(rest.items, rest.orders, rest.loss)
        retryAt = .min
        while head < pending.count || coldLoss.count > 0 {
            tryOne()
            if state.suspension != nil { break }
        }
        for item in pending[head...] {
            switch item {
            case .chunk(let chunk):
                let lost = chunk.counts.asLost
                state.lost += lost.lost
                state.suppressed += lost.suppressed
                ending.lost += lost.lost
            case .line:
                state.lost += 1
                ending.lost += 1
            }
        }
        state.lost += coldLoss.count
        ending.lost += coldLoss.count
        if let live {
            do { try live.synchronize() } catch { ending.error = LogFileError(error, names.live) }
        }
        budget?.remove(shelf)
        publish()
        live = nil
        for order in orders { queue.finish(order, nil, state) }
        observers.finish()
    }

    func publish() {
        if let live { shelf.liveBytes.store(live.bytes, ordering: .relaxed) }
        queue.publish(state)
    }

    private func synchronizeIfDue() {
        guard let interval = configuration.synchronizesEvery, unsynchronized, let live else { return }
        let now = clock.monotonic()
        guard now - synchronizedAt >= interval else { return }
        synchronizedAt = now
        unsynchronized = false
        do {
            try live.synchronize()
        } catch {
            report(.failed(LogFileError(error, names.live)))
        }
    }
}
