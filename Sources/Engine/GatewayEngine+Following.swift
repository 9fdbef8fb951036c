public import ControlMessages
import LogFiles
import Settings
import SystemCalls

extension GatewayEngine {
    public func followLog(
        _ name: String, _ query: LogQuery
    ) async throws(ControlError) -> AsyncStream<LogPage> {
        let writer = logs[try log(named: name)]
        let selected = try selection(query)
        let follower = LogFollower(
            writer: writer, reader: LogReader(path: writer.path), selection: selected,
            isWhole: query.grep == nil && query.match == nil && query.kinds.isEmpty)
        let place = try Self.start(query)
        let first = try await queries.run { follower.begin(at: place, limit: query.limit) }
        let (stream, continuation) = AsyncStream.makeStream(
            of: LogPage.self, bufferingPolicy: .bufferingOldest(LogFollower.pages))
        let task = Task { await follower.follow(from: first, into: continuation) }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}

/// Follows a log for one listener. Memory is bounded: where the listener does not keep up, pages are left out, and the
/// next one says how many lines that were.
struct LogFollower: Sendable {
    /// Pages that wait for the listener.
    static let pages = 16
    /// Lines of a page.
    static let lines = 500
    /// A listener that is this many lines behind goes on at the end.
    static let longestLag: UInt64 = 100_000

    let writer: LogWriter
    let reader: LogReader
    let selection: LogSelection
    /// Every line is selected.
    let isWhole: Bool

    /// The first page, which may have no line, and where to go on.
    struct Start: Sendable {
        var page: LogPage
        var place: LogPlace?
        /// Lines of the log when it was made.
        var written: UInt64
    }

    /// The last `limit` lines; or, for a listener who comes back, what is behind the place where it was cut off.
    func begin(at place: LogPageStart, limit: Int) -> Result<Start, ControlError> {
        let written = writer.state.lines
        do {
            let found = try reader.page(selection, place, limit: max(limit, 1))
            var page = LogPage(found)
            if limit == 0, case .end = place { page.lines = [] }
            return .success(Start(page: page, place: found.next, written: written))
        } catch {
            return .failure(ControlError(error))
        }
    }

    func follow(from start: Start, into listener: AsyncStream<LogPage>.Continuation) async {
        if !start.page.lines.isEmpty { listener.yield(start.page) }
        var place = start.place
        var missed: UInt64 = 0
        /// Lines of the log that are behind the listener.
        var passed = start.written
        for await _ in writer.observe() {
            var more = true
            while more, !Task.isCancelled {
                if isWhole, writer.state.lines > passed &+ Self.longestLag {
                    let now = writer.state.lines
                    missed &+= now &- passed
                    passed = now
                    place = (try? reader.page(selection, .end, limit: 1))?.next
                }
                guard let found = next(behind: &place) else { break }
                more = found.more
                guard !found.lines.isEmpty else { continue }
                passed &+= UInt64(found.lines.count)
                var page = LogPage(found)
                page.missed &+= missed
                switch listener.yield(page) {
                case .enqueued: missed = 0
                case .dropped: missed = page.missed &+ UInt64(page.lines.count)
                default: return
                }
                // A listener that is behind gets a moment.
                if missed > 0 { try? await Task.sleep(for: .milliseconds(50)) }
            }
            if Task.isCancelled { break }
        }
        listener.finish()
    }

    /// The next lines; from the log's beginning where it was cleared or what came next was removed.
    private func next(behind place: inout LogPlace?) -> LogLines? {
        let start: LogPageStart = place.map { .after($0) } ?? .beginning
        do {
            let found = try reader.page(selection, start, limit: Self.lines)
            if let next = found.next { place = next }
            return found
        } catch {
            place = nil
            return nil
        }
    }
}
