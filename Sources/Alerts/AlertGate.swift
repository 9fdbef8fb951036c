/// A line that an alert was about to tell.
public struct AlertLine: Hashable, Sendable {
    /// The line as text, without its end.
    public var text: String
    /// Its record as a JSON object; nil where it is not known.
    public var record: String?

    public init(text: String, record: String? = nil) {
        self.text = text
        self.record = record
    }
}

/// One message of an alert.
public struct AlertEvent: Hashable, Sendable {
    /// Nil where it only tells what was held back.
    public var line: AlertLine?
    /// Lines since the message before that the rate held back, or that could not be read in time.
    public var heldBack: UInt64 = 0
    /// Some of them, the oldest first.
    public var samples: [String] = []
    /// Somebody tries whether messages arrive.
    public var isTest = false

    public init(line: AlertLine?) { self.line = line }
}

/// Lets as many messages through as the rate allows, and keeps count of the others: the next message tells of them, or
/// one of its own as soon as the rate allows it. Time comes as nanoseconds of a clock that never goes back.
public struct AlertGate: Sendable {
    /// Lines that were held back and are told as samples: so many of the first, and of the last.
    public static let samples = 5
    /// Characters of a sample.
    public static let sampleLength = 1000

    private let interval: Double
    private let burst: Double
    private var tokens: Double
    private var refilled: Int64
    /// Lines that were held back and not told yet.
    public private(set) var heldBack: UInt64 = 0
    private var first: [String] = []
    private var last: [String] = []

    /// `rate` messages a minute, `burst` at once; both from 1 on. What `earlier` held back is still to be told.
    public init(rate: Int, burst: Int, at now: Int64, after earlier: AlertGate? = nil) {
        interval = 60e9 / Double(max(rate, 1))
        self.burst = Double(max(burst, 1))
        tokens = min(self.burst, earlier?.tokens ?? self.burst)
        refilled = now
        guard let earlier else { return }
        heldBack = earlier.heldBack
        first = earlier.first
        last = earlier.last
    }

    /// The message for a line; nil where the rate holds it back.
    public mutating func take(_ line: AlertLine, at now: Int64) -> AlertEvent? {
        refill(now)
        guard tokens >= 1 else {
            hold(line.text)
            return nil
        }
        tokens -= 1
        return release(AlertEvent(line: line))
    }

    /// Counts lines that nobody saw.
    public mutating func miss(_ lines: UInt64) { heldBack &+= lines }

    /// A message of what was held back, where one is due.
    public mutating func digest(at now: Int64) -> AlertEvent? {
        refill(now)
        guard heldBack > 0, tokens >= 1 else { return nil }
        tokens -= 1
        return release(AlertEvent(line: nil))
    }

    /// A message was not delivered and will be made anew: what it told of is still to be told.
    public mutating func take(back event: AlertEvent) {
        heldBack &+= event.heldBack
        first = Array(event.samples.prefix(Self.samples))
        last = Array(event.samples.dropFirst(Self.samples))
        tokens = min(burst, tokens + 1)
    }

    private mutating func hold(_ text: String) {
        heldBack &+= 1
        let sample = String(text.prefix(Self.sampleLength))
        if first.count < Self.samples {
            first.append(sample)
        } else {
            if last.count == Self.samples { last.removeFirst() }
            last.append(sample)
        }
    }

    private mutating func release(_ event: AlertEvent) -> AlertEvent {
        var event = event
        event.heldBack = heldBack
        event.samples = first + last
        heldBack = 0
        first = []
        last = []
        return event
    }

    private mutating func refill(_ now: Int64) {
        tokens = min(burst, tokens + Double(max(now &- refilled, 0)) / interval)
        refilled = max(now, refilled)
    }
}
