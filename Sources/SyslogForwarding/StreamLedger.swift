import LogFiles
import Primitives

/// What was sent on its way to a position: a stretch of a log that became messages.
struct SentStretch {
    /// Bytes of the stream up to its end.
    var end: UInt64 = 0
    /// Whose lines; -1 for a message of the receiver's own.
    var feed: Int
    /// Where the log goes on behind it.
    var place: LogPlace?
    var lines: UInt64
    /// Bytes of the log, and of the messages.
    var logBytes: Int64
    var bytes: Int
    /// The time of its first line.
    var firstTime: Timestamp?
    /// Lost lines that it told of.
    var told: UInt64 = 0
    /// A question that it answers.
    var test: Int?
    /// When it was handed over, in the clock that never jumps.
    var time: Int64 = 0
}

/// Reckons how much of a stream its other end has. Plain syslog has no acknowledgements of its own, so the kernel's are
/// used, in two steps:
///
/// - *acknowledged*: the receiver's kernel has it. That is where a new run of the daemon goes on.
/// - *confirmed*: the receiver has read it, for its kernel cannot hold more than came after it; or it ended the
///   connection in order, which a kernel tells apart from an end with unread bytes; or nothing was sent for a while and
///   its window is open again. What is not confirmed is sent again when a connection breaks: a receiver that hangs and
///   is killed loses nothing, and after each break at most `SyslogLimits.unreadMost` bytes come twice.
///
/// How much the other kernel can hold is not said anywhere. Its window is a part of it; four times the greatest window
/// that was seen is taken, within limits.
struct StreamLedger {
    private var stretches: [SentStretch] = []
    /// The first that is not confirmed, and the first that is not acknowledged.
    private var head = 0
    private var next = 0
    /// Bytes handed over, those that the other end's kernel has, and those that it has surely read.
    private(set) var sent: UInt64 = 0
    private(set) var acknowledged: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    private var greatestWindow: UInt64 = 0
    private var lastSent = Int64.min

    /// Bytes on their way.
    var inFlight: Int { Int(clamping: sent - acknowledged) }

    /// Whether everything is acknowledged.
    var isSettled: Bool { next == stretches.count }

    /// Whether everything is confirmed.
    var isEmpty: Bool { head == stretches.count }

    /// What is on its way.
    var unacknowledged: ArraySlice<SentStretch> { stretches[next...] }

    /// Notes what is handed over now; `settleLast` says afterwards how long the stream has become.
    mutating func add(_ stretch: SentStretch, sent: UInt64, now: Int64) {
        var stretch = stretch
        stretch.end = sent
        stretch.time = now
        stretches.append(stretch)
        self.sent = sent
        lastSent = now
    }

    /// The last stretch has been handed over: so many bytes have left since.
    mutating func settleLast(sent: UInt64) {
        guard !stretches.isEmpty, next < stretches.count else { return }
        stretches[stretches.count - 1].end = sent
        self.sent = sent
    }

    /// Takes what the kernel knows: bytes acknowledged, and the window that the other end gives, nil where unknown.
    mutating func observe(acknowledged: UInt64, window: UInt32?, now: Int64) {
        self.acknowledged = max(self.acknowledged, min(acknowledged, sent))
        greatestWindow = max(greatestWindow, UInt64(window ?? 0))
        var unread = min(max(greatestWindow * 4, UInt64(SyslogLimits.unreadLeast)), UInt64(SyslogLimits.unreadMost))
        if let window, lastSent < now - SyslogLimits.quiet { unread = greatestWindow - UInt64(window) }
        confirmed = max(confirmed, self.acknowledged - min(unread, self.acknowledged))
    }

    /// The other end has read all that it acknowledged: it ended the connection in order.
    mutating func confirmAcknowledged() { confirmed = acknowledged }

    /// Messages that were handed over before `time` have arrived, as far as anyone can know: datagrams.
    mutating func confirm(before time: Int64) {
        var place = next
        while place < stretches.count, stretches[place].time < time {
            acknowledged = stretches[place].end
            place += 1
        }
        confirmed = acknowledged
    }

    /// The next stretch that is acknowledged to its end.
    mutating func takeAcknowledged() -> SentStretch? {
        guard next < stretches.count, stretches[next].end <= acknowledged else { return nil }
        next += 1
        return stretches[next - 1]
    }

    /// The next stretch that is confirmed to its end; one that was taken as acknowledged before.
    mutating func takeConfirmed() -> SentStretch? {
        guard head < next, stretches[head].end <= confirmed else { return nil }
        head += 1
        let stretch = stretches[head - 1]
        if head == stretches.count || head >= 64 {
            stretches.removeFirst(head)
            next -= head
            head = 0
        }
        return stretch
    }
}
