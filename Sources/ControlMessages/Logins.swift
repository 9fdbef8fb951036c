/// Somebody who is logged in at an address. Times are RFC 3339 in UTC.
public struct LoginState: Codable, Hashable, Sendable {
    public var user: String
    public var address: String
    /// "settings", "command" or "radius".
    public var origin: String
    /// The account that gave the command, or the RADIUS client's name; nil for the settings.
    public var by: String?
    public var since: String
    /// When it was heard of last.
    public var heard: String
    /// When it ends unless it is heard of again; nil is never.
    public var until: String?
    public var groups: [String] = []
    /// Who was there before, where somebody was logged in just now.
    public var replaced: String?

    public init(user: String, address: String, origin: String, by: String?, since: String, heard: String) {
        self.user = user
        self.address = address
        self.origin = origin
        self.by = by
        self.since = since
        self.heard = heard
    }
}

/// A user is at an address from now on.
public struct UserLoginRequest: Codable, Hashable, Sendable {
    public var user: String
    public var address: String

    public init(user: String, address: String) {
        self.user = user
        self.address = address
    }
}

/// Nobody is at an address any more. With a user, only if it is he who is there.
public struct UserLogoutRequest: Codable, Hashable, Sendable {
    public var address: String
    public var user: String?

    public init(address: String, user: String? = nil) {
        self.address = address
        self.user = user
    }
}

/// Which log-ins are wanted. Everything that is set must hold.
public struct LoginQuery: Codable, Hashable, Sendable {
    /// The user's name.
    public var user: String?
    /// A group that the user is in.
    public var group: String?
    public var address: String?
    /// Where the page begins: `LoginPage.next` of the one before.
    public var after: String?

    public init() {}

    /// The query as names and values of a URL's query; what is not set has none.
    public var items: [(name: String, value: String)] {
        [("user", user), ("group", group), ("address", address), ("after", after)].compactMap { name, value in
            value.map { (name, $0) }
        }
    }

    /// Reads the names and values of a URL's query; a name that is not known is an error.
    public init(items: some Sequence<(name: String, value: String)>) throws(ControlError) {
        self.init()
        for (name, value) in items {
            switch name {
            case "user": user = value
            case "group": group = value
            case "address": address = value
            case "after": after = value
            default:
                throw ControlError(
                    .invalid, "a query of log-ins has no \"\(name)\"; it takes user, group, address, after")
            }
        }
    }
}

/// Some of the log-ins, in no order over several pages.
public struct LoginPage: Codable, Hashable, Sendable {
    public var items: [LoginState]
    /// Where the next page begins; nil where this is the last one.
    public var next: String?

    public init(_ items: [LoginState], next: String?) {
        self.items = items
        self.next = next
    }
}

/// A group of users, as `user:"[name]"` sees it.
public struct UserGroupState: Codable, Hashable, Sendable {
    public var name: String
    /// Users who were heard of and are in it.
    public var members: Int
    /// Whether the settings name it, and whether the system has members in it.
    public var inSettings: Bool
    public var inSystem: Bool
    /// The first thousand of them, where one group was asked for.
    public var users: [String] = []

    public init(name: String, members: Int, inSettings: Bool, inSystem: Bool) {
        self.name = name
        self.members = members
        self.inSettings = inSettings
        self.inSystem = inSystem
    }

    enum CodingKeys: String, CodingKey {
        case name, members, users
        case inSettings = "in_settings"
        case inSystem = "in_system"
    }
}

/// What the engine knows of users and what it counted.
public struct UsersState: Codable, Hashable, Sendable {
    /// Addresses where somebody is logged in.
    public var loggedIn = 0
    /// Users who were heard of.
    public var known = 0
    public var logins: UInt64 = 0
    public var logouts: UInt64 = 0
    public var timeouts: UInt64 = 0
    /// Changes without a usable name or address.
    public var malformed: UInt64 = 0
    /// Changes that found no room.
    public var refused: UInt64 = 0
    /// News older than what was known, and ends of what had ended.
    public var late: UInt64 = 0

    public init() {}

    enum CodingKeys: String, CodingKey {
        case known, logins, logouts, timeouts, malformed, refused, late
        case loggedIn = "logged_in"
    }
}
