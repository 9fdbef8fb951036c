public import Primitives

/// What a client sent, and what became of it.
public struct AccountingCounters: Hashable, Sendable {
    /// Datagrams from its addresses.
    public var requests: UInt64 = 0
    public var responses: UInt64 = 0
    public var starts: UInt64 = 0
    public var interims: UInt64 = 0
    public var stops: UInt64 = 0
    /// Accounting-On and -Off.
    public var restarts: UInt64 = 0
    /// Statuses that have no effect on who is where, and Status-Server.
    public var others: UInt64 = 0
    /// The same packet again within half a minute: answered, not applied.
    public var duplicates: UInt64 = 0
    /// The same packet again later, or from elsewhere: neither.
    public var replays: UInt64 = 0
    /// Older by its own Event-Timestamp than is allowed, or as far ahead, or without one that is required.
    public var untimely: UInt64 = 0
    /// What was overtaken by a stop, a restart or a newer login.
    public var stale: UInt64 = 0
    public var badAuthenticators: UInt64 = 0
    public var malformed: UInt64 = 0
    /// Starts and updates without any address, or with prefixes only.
    public var withoutAddress: UInt64 = 0
    /// Not answered, since there was no room for another session.
    public var refused: UInt64 = 0

    public init() {}
}

/// Something that was refused, and when and whence it came last.
public struct AccountingIncident: Hashable, Sendable {
    public var time: Timestamp
    public var address: IPAddress
    /// Seconds by which the packet's own time is behind ours; negative is ahead.
    public var age: Int64?
}

/// What the server did so far.
public struct AccountingReport: Sendable {
    /// One client.
    public struct Client: Sendable {
        public var name: String
        public var counters = AccountingCounters()
        public var badAuthenticator: AccountingIncident?
        public var replay: AccountingIncident?
        public var untimely: AccountingIncident?
        public var refused: AccountingIncident?
    }

    public var clients: [Client] = []
    /// Datagrams from addresses that no client has.
    public var strangers: UInt64 = 0
    public var stranger: AccountingIncident?
    public var sessions = 0
    /// Sessions that ended since nobody renewed them.
    public var timedOut: UInt64 = 0
    /// Datagrams that the kernel threw away since nobody took them in time.
    public var dropped: UInt64 = 0
    /// Where it listens: "0.0.0.0:1813".
    public var listening: [String] = []
    /// Why it does not listen somewhere; nil where all is well.
    public var problem: String?
}
