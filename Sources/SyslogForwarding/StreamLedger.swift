import LogFiles

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
    /// Lost lines that it told of.
    var told: UInt64 = 0
    /// A question that it answers.
    var test: Int?
    /// When it was handed over, in the clock that never jumps.
    var time: Int64 = 0
}

/// Reckons how much of a stream its other end surely has. Plain syslog has no acknowledgements of its own, so the
/// kernel's are used: bytes that were not acknowledged, and bytes that were, but which the receiver's kernel still holds.
/// How many those are tells the window: it shrinks by each byte that the receiver has not read. What flows just now is
/// never taken for read to its last byte.
struct StreamLedger {
    private var stretches: [SentStretch] = []
    private var head = 0
    /// Bytes handed over, and those surely there.
    private(set) var sent: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    /// Bytes that the other end's kernel has.
    private(set) var acknowledged: UInt64 = 0
    private var greatestWindow: UInt64 = 0
    private var lastSent = Int64.min
    /// Since when everything is acknowledged and not everything read.
    private(set) var unreadSince: Int64?

    var inFlight: Int { Int(clamping: sent - confirmed) }

    var isEmpty: Bool { head == stretches.count }

    /// The first that is not confirmed.
    var first: SentStretch? { isEmpty ? nil : stretches[head] }

    /// Notes what was handed over; the stream has `sent` bytes with it.
    mutating func add(_ stretch: SentStretch, sent: UInt64, now: Int64) {
        var stretch = stretch
        stretch.end = sent
        stretch.time = now
        stretches.append(stretch)
        self.sent = sent
        lastSent = now
        unreadSince = nil
    }

    /// The last stretch has been handed over: so many bytes have left since.
    mutating func settleLast(sent: UInt64) {
        guard !isEmpty else { return }
        stretches[stretches.count - 1].end = sent
        self.sent = sent
    }

    /// Takes what the kernel knows: bytes acknowledged, and the window that the other end gives, nil where unknown.
    mutating func observe(acknowledged: UInt64, window: UInt32?, now: Int64) {
        self.acknowledged = max(self.acknowledged, min(acknowledged, sent))
        var unread: UInt64 = 0
        if let window {
            greatestWindow = max(greatestWindow, UInt64(window))
            unread = greatestWindow - UInt64(window)
        }
        let isFlowing = lastSent > now - SyslogLimits.quiet
        if isFlowing { unread = max(unread, UInt64(SyslogLimits.margin)) }
        confirmed = max(confirmed, self.acknowledged - min(unread, self.acknowledged))
        if self.acknowledged == sent, confirmed < sent {
            if unreadSince == nil { unreadSince = now }
        } else {
            unreadSince = nil
        }
    }

    /// The other end has read all that it acknowledged: it ended the connection in order.
    mutating func confirmAcknowledged() { confirmed = acknowledged }

    /// Messages that were handed over before `time` have arrived, as far as anyone can know: datagrams.
    mutating func confirm(before time: Int64) {
        var place = head
        while place < stretches.count, stretches[place].time < time {
            confirmed = stretches[place].end
            place += 1
        }
    }

    /// The next stretch that is confirmed to its end.
    mutating func takeConfirmed() -> SentStretch? {
        guard head < stretches.count, stretches[head].end <= confirmed else { return nil }
        head += 1
        let stretch = stretches[head - 1]
        if head == stretches.count {
            stretches.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64 {
            stretches.removeFirst(head)
            head = 0
        }
        return stretch
    }

    /// What is in flight, for who has to answer for it.
    var unconfirmed: ArraySlice<SentStretch> { stretches[head...] }
}
