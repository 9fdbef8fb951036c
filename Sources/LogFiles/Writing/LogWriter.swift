public import LogIndex
public import Primitives
public import Records
import Synchronization
public import SystemCalls

/// A log of the daemon: its files, and the one thread that writes them.
///
/// Workers write packets through producers; everything else says its lines by `append`. A line is written whole or not
/// at all, and every line that is not written is counted and told of in the log itself. Where the disk is full or fails,
/// the log is suspended: lines wait as far as there is room for them, it is tried again by itself, and when it goes on
/// it says what is missing.
public final class LogWriter: Sendable {
    /// "debug".
    public let name: String
    /// The path of the file that is written.
    public var path: String { names.live }
    /// What had to be mended when the log was opened.
    public let recovery: LogRecovery

    let names: LogFileNames
    private let queue: LogQueue
    private let observers: LogObservers
    private let configuration: Mutex<LogConfiguration>
    private let thread: Thread
    private let ending: Mutex<LogCloseReport?>
    private let loop: LogWriterLoop

    /// Opens the log `name` in `folder`, mends what a crash has left there, and starts its writer.
    ///
    /// `budget` compresses rotated files and keeps the size of all logs that share it. `report` is told of what the
    /// program's owner should know; on the log's own thread, so it must not wait for this log.
    public init(
        name: String, folder: String, configuration: LogConfiguration, budget: LogBudget? = nil,
        clock: LogClock = .system, report: @escaping @Sendable (LogEvent) -> Void = { _ in }
    ) throws(LogFileError) {
        self.name = name
        names = LogFileNames(log: name, in: folder)
        queue = LogQueue()
        observers = LogObservers()
        loop = try LogWriterLoop(
            names, configuration, queue: queue, observers: observers, budget: budget, clock: clock, report: report)
        recovery = loop.recovery
        self.configuration = Mutex(configuration)
        ending = Mutex(nil)
        let loop = loop
        do {
            thread = try Thread(name: "log \(name)") { loop.run() }
        } catch {
            throw LogFileError(error, names.live)
        }
    }

    deinit {
        _ = close()
    }

    /// A producer for a worker, made on the worker's thread. `waits`: lines are never dropped, the worker waits for the
    /// disk; for reading files only. A limit holds for this producer alone.
    public func producer(waits: Bool = false, limit: RateLimit? = nil) -> LogProducer {
        LogProducer(queue, configuration.withLock { $0 }, limit: limit, seed: .random(in: 0 ... .max), waits: waits)
    }

    /// Writes one line, from any thread: `text` without the time and without a line end; what is no text in it is escaped.
    /// `fields` are the members of its record, for the index. Returns at once.
    public func append(kind: RecordKind, time: Timestamp, _ text: String, fields: RecordFields = RecordFields()) {
        queue.append(kind: kind, time: time, text: text, fields: fields)
    }

    /// Lets `configuration` hold for what is written from now on. Producers that are there keep the form of their times.
    public func configure(_ configuration: LogConfiguration) {
        self.configuration.withLock { $0 = configuration }
        try? queue.perform(.configure(configuration))
    }

    /// Empties the log: its file and all rotated ones, with what was handed over before. Also where the disk is full.
    public func clear() throws(LogFileError) {
        try queue.perform(.clear)
    }

    /// Opens the file by its name again: somebody may have moved it away (`logrotate`, signal USR1).
    public func reopen() throws(LogFileError) {
        try queue.perform(.reopen)
    }

    /// Waits until everything that was handed over before is in the file; where the log is suspended, throws why.
    public func flush() throws(LogFileError) {
        try queue.perform(.flush)
    }

    /// Lets producers that wait for the disk count what finds no room from now on, as the others do: a worker has to
    /// end though the disk is full.
    public func endWaiting() { queue.endWaiting() }

    /// Whether the log's thread comes round; a disk that is full does not hold it, one that does not answer does.
    public var heartbeat: Heartbeat { loop.heartbeat }

    /// What was written and lost so far.
    public var state: LogWriterState {
        var state = queue.published
        state.segments = loop.shelf.count
        state.bytes = loop.shelf.bytes + loop.shelf.liveBytes.load(ordering: .relaxed)
        return state
    }

    /// The log's position now and whenever it went on: for followers in this process. Positions that nobody waited for
    /// are passed over; the stream ends when the log is closed.
    public func observe() -> AsyncStream<LogPosition> { observers.observe() }

    /// Writes what was handed over, synchronizes the files with the disk and ends the thread. What comes later is
    /// counted as lost. A second time is nothing, with the same report.
    @discardableResult
    public func close() -> LogCloseReport {
        ending.withLock { report in
            if let report { return report }
            try? queue.perform(.close)
            thread.join()
            report = loop.ending
            return loop.ending
        }
    }
}
