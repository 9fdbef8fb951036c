/// RADIUS accounting: where it is listened for, and what each client sent.
public struct RadiusState: Codable, Hashable, Sendable {
    /// "10.0.0.1:1813", "all addresses, port 1813".
    public var listening: [String] = []
    /// Sessions that are open.
    public var sessions: Int = 0
    /// Sessions that ended since nobody renewed them.
    public var timedOut: UInt64 = 0
    /// Packets from addresses that no client has.
    public var unknownClients: UInt64 = 0
    /// Packets that the kernel threw away since nobody took them in time.
    public var dropped: UInt64 = 0
    public var clients: [RadiusClientState] = []

    public init() {}

    enum CodingKeys: String, CodingKey {
        case listening, sessions, dropped, clients
        case timedOut = "timed_out"
        case unknownClients = "unknown_clients"
    }
}

/// What a RADIUS client sent, and what became of it.
public struct RadiusClientState: Codable, Hashable, Sendable {
    public var name: String
    public var requests: UInt64 = 0
    public var responses: UInt64 = 0
    public var starts: UInt64 = 0
    public var interims: UInt64 = 0
    public var stops: UInt64 = 0
    /// Accounting-On and -Off.
    public var restarts: UInt64 = 0
    /// Answered, with no effect on who is where.
    public var others: UInt64 = 0
    /// The same packet again within half a minute: answered, not applied.
    public var duplicates: UInt64 = 0
    /// The same packet again later: refused.
    public var replays: UInt64 = 0
    /// Refused for their own time, or for the lack of one.
    public var untimely: UInt64 = 0
    /// Overtaken by a stop, a restart or a newer login.
    public var stale: UInt64 = 0
    public var badAuthenticators: UInt64 = 0
    public var malformed: UInt64 = 0
    public var withoutAddress: UInt64 = 0
    /// Not answered, since there was no room for another session.
    public var refused: UInt64 = 0

    public init(name: String) { self.name = name }

    enum CodingKeys: String, CodingKey {
        case name, requests, responses, starts, interims, stops, restarts, others, duplicates, replays, untimely
        case stale, malformed, refused
        case badAuthenticators = "bad_authenticators"
        case withoutAddress = "without_address"
    }
}
