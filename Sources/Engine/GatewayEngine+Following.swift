public import ControlMessages
import LogFiles
import Synchronization
import SystemCalls

extension GatewayEngine {
    public func followLog(
        _ name: String, _ query: LogQuery
    ) async throws(ControlError) -> AsyncStream<LogPage> {
        let reader = LogReader(path: logs[try log(named: name)].path)
        let selected = try selection(query)
        let limit = query.limit
        let first = try await queries.run {
            do throws(LogReadError) {
                // Also where no line is wanted: it says where to go on.
                return .success(try reader.page(selected, .end, limit: max(limit, 1)))
            } catch {
                return .failure(ControlError(error))
            }
        }
        let (stream, continuation) = AsyncStream.makeStream(
            of: LogPage.self, bufferingPolicy: .bufferingOldest(LogListener.pages))
        let listener = LogListener(continuation)
        if limit > 0, !first.lines.isEmpty { continuation.yield(LogPage(first)) }
        let place = first.next
        do {
            _ = try Thread(name: "follow \(name)") {
                listener.follow(reader, selected, from: place)
            }
        } catch {
            throw ControlError(.unavailable, "the log cannot be followed: \(error)")
        }
        return stream
    }
}

/// One who follows a log, on a thread of its own. Memory is bounded: where the listener does not take its pages nothing
/// more is read, and where it falls far behind the follower passes lines over and says how many.
final class LogListener: Sendable {
    /// Pages that wait for the listener.
    static let pages = 16
    /// Lines of a page.
    private static let lines = 500
    /// Bytes that a listener may be behind.
    /// - Limit: how far a follower may be behind | bytes | passed over, and the next page says how many lines
    private static let greatestLag: Int64 = 16 << 20

    private let continuation: AsyncStream<LogPage>.Continuation
    private let isGone = StopFlag()

    init(_ continuation: AsyncStream<LogPage>.Continuation) {
        self.continuation = continuation
        let isGone = isGone
        continuation.onTermination = { _ in isGone.set() }
    }

    func follow(_ reader: LogReader, _ selection: LogSelection, from place: LogPlace?) {
        defer { continuation.finish() }
        do throws(LogReadError) {
            var follower = try LogFollower(reader, selection, from: place, greatestLag: Self.greatestLag)
            while !isGone.isSet {
                let found = try follower.next(limit: Self.lines)
                if !found.lines.isEmpty || found.missed > 0 { tell(LogPage(found)) }
                if !found.more { follower.wait(milliseconds: 200) }
            }
        } catch {
            // The log's folder is gone, or cannot be read any more: the stream ends, and who asks again is told why.
            return
        }
    }

    /// Hands a page over, waiting for the listener as long as it is there.
    private func tell(_ page: LogPage) {
        while !isGone.isSet {
            guard case .dropped = continuation.yield(page) else { return }
            Clocks.sleep(nanoseconds: 20_000_000)
        }
    }
}
