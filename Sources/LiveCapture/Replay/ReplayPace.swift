import Primitives

/// How fast a capture file is replayed.
public enum ReplayPace: Hashable, Sendable {
    /// As fast as it is read.
    case unbounded
    /// So many times as fast as it was recorded: 1 is its own speed, 0.5 half of it. At least 0.001, a million at most.
    case speed(Double)
}

/// Which time stamps the packets of a replayed file bear.
public enum ReplayTimes: Hashable, Sendable {
    /// Those of the file. They begin anew with each loop.
    case recorded
    /// The present: when the packet is handed out, as if it were just captured.
    case present
}

/// Which packets of a recording are due, by the differences of their time stamps: a pure value, told the time.
///
/// Packets whose time stamps go backwards are due at once; sums saturate, since time stamps of a file are hostile.
struct ReplayClock: Sendable {
    private let speed: Double?
    private var begun: (recorded: Timestamp, now: Int64)?

    init(_ pace: ReplayPace) {
        switch pace {
        case .unbounded: speed = nil
        // A speed that is no number runs at the file's own.
        case .speed(let times): speed = times.isNaN ? 1 : min(max(times, 0.001), 1_000_000)
        }
    }

    /// The recording begins (anew) with a packet of that time, at `now` (monotonic nanoseconds).
    mutating func begin(with recorded: Timestamp, now: Int64) { begun = (recorded, now) }

    /// Begins where nothing has begun since `stop`.
    mutating func beginIfNeeded(with recorded: Timestamp, now: Int64) {
        if begun == nil { begin(with: recorded, now: now) }
    }

    /// The recording is over; the next packet begins it anew.
    mutating func stop() { begun = nil }

    /// The time stamp up to which packets are due at `now`.
    func horizon(now: Int64) -> Timestamp {
        guard let speed, let begun else { return Timestamp(nanoseconds: .max) }
        let elapsed = Double(max(0, now &- begun.now)) * speed
        return begun.recorded.adding(elapsed)
    }

    /// Nanoseconds from `now` until a packet of that time is due; 0 where it is.
    func wait(for recorded: Timestamp, now: Int64) -> Int64 {
        guard let speed, let begun else { return 0 }
        let (difference, overflow) = recorded.nanoseconds.subtractingReportingOverflow(begun.recorded.nanoseconds)
        let due = Double(overflow ? (recorded < begun.recorded ? .min : .max) : difference) / speed
        let left = due - Double(max(0, now &- begun.now))
        return left <= 0 ? 0 : Int64(min(left, 1e18).rounded(.up))
    }
}

extension Timestamp {
    fileprivate func adding(_ nanoseconds: Double) -> Timestamp {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(Int64(min(nanoseconds, 9e18)))
        return Timestamp(nanoseconds: overflow ? .max : sum)
    }
}
