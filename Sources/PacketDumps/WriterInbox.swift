import Synchronization
import SystemCalls

/// What the writer's thread is told, in the order in which it was told.
enum WriterMessage: Sendable {
    case begin(DumpWriting)
    case joined(RunningDump, DumpLane)
    case chunk(RunningDump, DumpLane, DumpChunk)
    /// A producer has gone; what it lost last, by the number of the interface.
    case left(RunningDump, DumpLane, lost: [UInt64])
    case stop(RunningDump, StopRequest)
    case quit
}

/// Somebody who waits for the end of a dump.
struct StopRequest: Sendable {
    var reason: String
    var continuation: CheckedContinuation<DumpReport, Never>?
}

/// The writer's queue: taken whole, so that its lock is held for a moment only.
final class WriterInbox: Sendable {
    private let messages = Mutex<[WriterMessage]>([])
    private let wakeup: Wakeup

    init() throws(SystemCallError) { wakeup = try Wakeup() }

    func send(_ message: WriterMessage) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        if isFirst { wakeup.signal() }
    }

    /// Waits until there are messages, at most `nanoseconds`, negative without end.
    func wait(nanoseconds: Int64) {
        let isEmpty = messages.withLock { $0.isEmpty }
        if isEmpty { wakeup.wait(nanoseconds: nanoseconds) }
    }

    /// All messages.
    func takeAll() -> [WriterMessage] {
        messages.withLock { messages in
            var taken: [WriterMessage] = []
            swap(&taken, &messages)
            return taken
        }
    }
}
