public import Primitives

/// What the tables of users may grow to; beyond, a change is refused and counted.
public enum LoginLimits {
    /// Addresses where somebody is logged in.
    /// - Limit: addresses where somebody is logged in |  | a log-in is refused, counted and said
    public static let logins = 1 << 20
    /// Users whose names are known, logged in or not.
    /// - Limit: users whose names are known |  | the same
    public static let users = 1 << 20
    /// Groups whose names are known.
    /// - Limit: groups of users |  | left out and counted
    public static let groups = 65_536
    /// Groups of one user.
    /// - Limit: groups of one user |  | left out and counted
    public static let groupsOfUser = 1_024
    /// Bytes of a user's name (RADIUS allows 253, directories 256).
    /// - Limit: the name of a user who logs in | bytes | refused and counted
    public static let nameBytes = 256
    /// Bytes of the name of who said it: an account, a RADIUS client. Longer ones are cut.
    /// - Limit: the name of who told of a log-in | bytes | cut
    public static let sourceBytes = 128
    /// Different ones of them; further ones are told as "others".
    /// - Limit: accounts and RADIUS clients that log-ins are told of |  | told as "others"
    public static let sources = 4_096
    /// Seconds by which what a RADIUS client says may be older than what is known of the address and still count as
    /// late; beyond, the clock was set.
    public static let lateness: Int64 = 600
}

/// Why nobody was logged in, or out.
public enum LoginRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case noName
    case longName(bytes: Int)
    /// Nobody can be at such an address: unspecified, multicast, broadcast.
    case noHost(IPAddress)
    case tooManyLogins
    case tooManyUsers
    /// Newer news of the address are there.
    case late
    /// Somebody else's session, or nobody, is there.
    case notThere(IPAddress)
    /// The settings say who is there.
    case settled(IPAddress)

    public var description: String {
        switch self {
        case .noName: "a user needs a name"
        case .longName(let bytes):
            "the name has \(bytes) bytes; a user's name has \(LoginLimits.nameBytes) at most"
        case .noHost(let address):
            "nobody can be at \(address): it is no host's address; give the one that the user's packets come from"
        case .tooManyLogins:
            "users are logged in at \(LoginLimits.logins) addresses already, and there is room for no more; log some out"
        case .tooManyUsers: "\(LoginLimits.users) users are known already, and there is room for no more"
        case .late: "newer news of the address are there"
        case .settled(let address):
            "the settings say who is at \(address) (users:); change them, or log somebody else in there"
        case .notThere(let address): "nobody is logged in at \(address); `gatelog user list` shows who is where"
        }
    }
}

/// When a log-in ends by itself.
public struct LoginRules: Hashable, Sendable {
    /// Seconds without news of it; nil is never.
    public var idle: Int64?
    /// Seconds after it began, whatever was heard of it; nil is never.
    public var limit: Int64?

    public init(idle: Int64? = nil, limit: Int64? = nil) {
        self.idle = idle
        self.limit = limit
    }

    /// The second at which it ends.
    func end(since: Int64, heard: Int64) -> Int64? {
        switch (idle.map { heard + $0 }, limit.map { since + $0 }) {
        case (let idle?, let limit?): min(idle, limit)
        case (let end, nil), (nil, let end): end
        }
    }
}

extension IPAddress {
    /// An IPv4 address that stands in one of IPv6 (RFC 4291, 2.5.5.2) is the IPv4 address: packets bring it so.
    var unmapped: IPAddress {
        guard case .v6(let address) = self, address.high == 0, address.low >> 32 == 0xFFFF else { return self }
        return .v4(IPv4Address(UInt32(truncatingIfNeeded: address.low)))
    }

    /// Whether a host can have it as its own.
    var isHost: Bool {
        switch self {
        // Neither "this network", nor multicast, nor what is reserved; 255.255.255.254 in RADIUS is "any" (RFC 2865, 5.8).
        case .v4(let address): address.number >> 24 != 0 && address.number >> 28 < 0xE
        case .v6(let address): address.number != 0 && address.high >> 56 != 0xFF
        }
    }
}
