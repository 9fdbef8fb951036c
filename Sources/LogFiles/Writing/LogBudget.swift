import Primitives
import Synchronization
import SystemCalls

/// What all logs share: the room that they may take together, and one thread that works in the background. It removes
/// the oldest rotated files of all logs, whichever they belong to, until there is room; it compresses those that are
/// not yet, at the lowest priority.
///
/// The files that are being written are never removed. So that the budget can be kept nevertheless, each of them is
/// rotated at an eighth of it, where its own size does not say less.
public final class LogBudget: Sendable {
    struct State: Sendable {
        var bytes: Int64?
        var shelves: [ObjectIdentifier: LogShelf] = [:]
        var isAsked = false
        var isClosed = false
        /// Whose file the thread has in hand.
        var busy: ObjectIdentifier?
        var removed: UInt64 = 0
        var error: LogFileError?
    }

    let monitor: Monitor<State>
    private let thread: Mutex<Thread?>

    /// Keeps all files of all logs below `bytes`, as far as rotated ones can be removed; nil: only compresses.
    public init(bytes: Int64? = nil) {
        monitor = Monitor(State(bytes: bytes))
        thread = Mutex(nil)
    }

    /// Another limit, from now on.
    public func configure(bytes: Int64?) {
        monitor.withLock { $0.bytes = bytes }
        look()
    }

    /// Files that were removed since the budget was used up.
    public var removedFiles: UInt64 { monitor.withLock { $0.removed } }

    /// Why a file could not be removed or compressed the last time that this failed.
    public var problem: LogFileError? { monitor.withLock { $0.error } }

    /// Ends the thread. What is being compressed stays as it was.
    public func close() {
        monitor.withLock { $0.isClosed = true }
        monitor.notify()
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }

    /// At which size a live file is rotated, whatever its own settings are.
    var liveLimit: Int64? { monitor.withLock { $0.bytes.map { max($0 / 8, 1 << 16) } } }

    func add(_ shelf: LogShelf) {
        monitor.withLock { $0.shelves[ObjectIdentifier(shelf)] = shelf }
        look()
    }

    /// The log is closed: its files are let go of before this returns.
    func remove(_ shelf: LogShelf) {
        let id = ObjectIdentifier(shelf)
        monitor.withLock { _ = $0.shelves.removeValue(forKey: id) }
        _ = monitor.wait { $0.busy == id ? nil : true }
    }

    /// Something has changed: there may be work.
    func look() {
        monitor.withLock { $0.isAsked = true }
        thread.withLock { thread in
            if thread == nil, monitor.withLock({ !$0.isClosed }) {
                thread = try? Thread(name: "log files") { [self] in run() }
            }
        }
        monitor.notify()
    }

    private func run() {
        Thread.yieldToOthers()
        while wait() {
            enforce()
            finishAll()
        }
    }

    /// Synchronizes and compresses what is to be, of whichever log.
    private func finishAll() {
        var isWorking = true
        while isWorking {
            isWorking = false
            for shelf in monitor.withLock({ Array($0.shelves.values) }) {
                let id = ObjectIdentifier(shelf)
                let isOpen = monitor.withLock { state in
                    if state.shelves[id] != nil { state.busy = id }
                    return state.busy == id
                }
                guard isOpen else { continue }
                defer {
                    monitor.withLock { $0.busy = nil }
                    monitor.notify()
                }
                do {
                    let didWork = try shelf.finishOne { [self] in
                        enforce()
                        return monitor.withLock { !$0.isClosed && $0.shelves[id] != nil }
                    }
                    isWorking = isWorking || didWork
                } catch {
                    monitor.withLock { $0.error = error }
                }
            }
            if monitor.withLock({ $0.isClosed }) { return }
        }
    }

    private func wait() -> Bool {
        monitor.wait { state -> Bool? in
            if state.isClosed { return false }
            guard state.isAsked else { return nil }
            state.isAsked = false
            return true
        } ?? false
    }

    /// Removes the oldest files of all logs until there is room.
    func enforce() {
        while true {
            let (limit, shelves) = monitor.withLock { ($0.bytes, Array($0.shelves.values)) }
            guard let limit else { return }
            let sum = shelves.reduce(Int64(0)) { $0 + $1.bytes + $1.liveBytes.load(ordering: .relaxed) }
            guard sum > limit else { return }
            let oldest = shelves.compactMap { shelf in shelf.oldest.map { (shelf, $0) } }.min { $0.1 < $1.1 }
            guard let (shelf, _) = oldest else { return }
            do {
                try shelf.removeOldest()
                monitor.withLock { $0.removed += 1 }
            } catch {
                monitor.withLock { $0.error = LogFileError(error, shelf.names.folder) }
                return
            }
        }
    }
}
