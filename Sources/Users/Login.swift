public import Primitives

/// Somebody who is logged in at an address, as people are told.
public struct Login: Hashable, Sendable {
    public var user: String
    public var address: IPAddress
    /// Who said so; the name of a RADIUS session is not kept.
    public var origin: LoginOrigin
    public var since: Timestamp
    /// When it was heard of last.
    public var heard: Timestamp
    /// When it ends unless it is heard of again; nil is never.
    public var until: Timestamp?
    public var groups: [String]
}

/// What came of a change for an address.
public struct LoginEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case login, logout, timeout
    }

    public var kind: Kind
    public var address: IPAddress
    /// Who was there before; nil is nobody.
    public var old: String?
    /// Who is there now; nil is nobody.
    public var new: String?
    public var origin: LoginOrigin
    public var time: Timestamp
}

/// What others have to be told after changes.
public struct LoginEffects: Sendable {
    /// A user at an address from now on; 0 is nobody.
    public struct Place: Hashable, Sendable {
        public var address: IPAddress
        public var user: UInt32
    }

    public var places: [Place] = []
    /// Numbers of users who are new or whose groups are others now.
    public var users: [UInt32] = []
    public var events: [LoginEvent] = []

    public init() {}

    public var isEmpty: Bool { places.isEmpty && users.isEmpty && events.isEmpty }
}

/// What the settings say of a user.
public struct SettledUser: Hashable, Sendable {
    public var name: String
    public var groups: [String]
    /// Where he is logged in unless somebody else says that another user is.
    public var addresses: [IPAddress]

    public init(name: String, groups: [String] = [], addresses: [IPAddress] = []) {
        self.name = name
        self.groups = groups
        self.addresses = addresses
    }
}

/// What the registry did since it began.
public struct LoginCounters: Hashable, Sendable {
    public var logins: UInt64 = 0
    public var refreshes: UInt64 = 0
    public var logouts: UInt64 = 0
    public var timeouts: UInt64 = 0
    /// Changes without a usable name or address.
    public var malformed: UInt64 = 0
    /// Changes that found no room.
    public var refused: UInt64 = 0
    /// Older news than what was known, and ends of sessions that are not there any more.
    public var late: UInt64 = 0

    mutating func count(_ refusal: LoginRefusal) {
        switch refusal {
        case .noName, .longName, .noHost: malformed += 1
        case .tooManyLogins, .tooManyUsers: refused += 1
        case .late, .notThere, .settled: late += 1
        }
    }
}

extension Timestamp {
    /// Whole seconds since 1970, as the table keeps them: from 1 to the year 2106.
    var second: UInt32 { UInt32(clamping: max(1, nanoseconds / 1_000_000_000)) }

    init(second: Int64) { self.init(nanoseconds: second.multipliedReportingOverflow(by: 1_000_000_000).partialValue) }
}
