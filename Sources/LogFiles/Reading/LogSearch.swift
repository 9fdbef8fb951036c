import Expressions
import LogIndex
import Patterns
import SystemCalls

/// Takes the lines that a search has found, in their order.
public protocol LogSearchSink: Sendable {
    /// Takes whole lines, the oldest first, from any thread, never from two at once. False: no more are wanted.
    func take(_ lines: RawSpan) -> Bool
}

/// What a search came to.
public struct LogSearchOutcome: Sendable {
    /// Lines that were found.
    public var found = 0
    /// What could not be looked at.
    public var losses: [LogLoss] = []
    /// Lines on which the regular expression gave up; they count as not matching.
    public var exhausted = 0
}

extension LogReader {
    /// Finds all selected lines, the oldest first, on `threads` threads (this one among them), and gives them to `sink`
    /// in big batches: the lines, or with `wantsRecords` their records as JSON objects, one a line. Memory is some
    /// megabytes a thread, whatever is found.
    public func search(
        _ selection: LogSelection, threads: Int = 2, into sink: any LogSearchSink
    ) throws(LogReadError) -> LogSearchOutcome {
        let walk = try SegmentWalk.oldest(path, isSingle: isSingle)
        let queue = try LogSearchQueue(walk, selection)
        let scanner = try selection.scanner(path)
        var others: [Thread] = []
        for number in 1..<max(threads, 1) {
            guard let twin = try? scanner?.twin(),
                let thread = try? Thread(
                    name: "search \(number)", { LogSearchWorker(queue, selection, scanner: twin).run(into: sink) })
            else { break }
            others.append(thread)
        }
        LogSearchWorker(queue, selection, scanner: scanner).run(into: sink)
        for thread in others { thread.join() }
        return try queue.outcome()
    }
}
