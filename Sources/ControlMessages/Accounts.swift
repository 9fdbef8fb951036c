/// Somebody who wants to log in, as the page's process hands him on.
public struct LoginRequest: Codable, Hashable, Sendable {
    public var name: String
    public var password: String
    /// What he wants to use.
    public var service: Service
    /// The address that he comes from.
    public var client: String

    /// Where people log in.
    public enum Service: String, Codable, Hashable, Sendable, CaseIterable {
        /// The administration page.
        case webAdmin = "WebAdmin"
        /// The users' login page.
        case webInterface = "WebInterface"
    }

    public init(name: String, password: String, service: Service = .webAdmin, client: String) {
        self.name = name
        self.password = password
        self.service = service
        self.client = client
    }
}

/// A session that has begun.
public struct LoginAnswer: Codable, Hashable, Sendable {
    /// To be sent as `Authorization: Bearer TOKEN`; told once.
    public var token: String
    public var caller: CallerState
    /// Until it ends in any case.
    public var seconds: Int64

    public init(token: String, caller: CallerState, seconds: Int64) {
        self.token = token
        self.caller = caller
        self.seconds = seconds
    }
}

/// Who asks, and what he may.
public struct CallerState: Codable, Hashable, Sendable {
    public var name: String
    /// An address, or the socket and the process behind it.
    public var from: String
    /// "socket", "session" or "token".
    public var proof: String
    public var displayName: String?
    public var role: ControlRole?
    /// Sorted.
    public var scopes: [String]

    public init(_ caller: ControlCaller, displayName: String? = nil, role: ControlRole? = nil) {
        name = caller.actor.name
        from = caller.actor.from
        proof =
            switch caller.proof {
            case .peer: "socket"
            case .session: "session"
            case .token: "token"
            }
        self.displayName = displayName
        self.role = role
        scopes = caller.scopes.map(\.rawValue).sorted()
    }

    enum CodingKeys: String, CodingKey {
        case name, from, proof, role, scopes
        case displayName = "display_name"
    }
}

/// A local user.
public struct AccountState: Codable, Hashable, Sendable {
    public var name: String
    public var displayName: String
    public var role: ControlRole
    public var enabled: Bool
    public var createdAt: String
    public var lastLogin: String?
    /// Sessions that have not ended.
    public var sessions = 0

    public init(name: String, displayName: String, role: ControlRole, enabled: Bool, createdAt: String) {
        self.name = name
        self.displayName = displayName
        self.role = role
        self.enabled = enabled
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case name, role, enabled, sessions
        case displayName = "display_name"
        case createdAt = "created_at"
        case lastLogin = "last_login"
    }
}

/// A local user who shall be made.
public struct AccountRequest: Codable, Hashable, Sendable {
    public var name: String
    public var displayName: String?
    public var role: ControlRole
    public var password: String

    public init(name: String, displayName: String? = nil, role: ControlRole, password: String) {
        self.name = name
        self.displayName = displayName
        self.role = role
        self.password = password
    }

    enum CodingKeys: String, CodingKey {
        case name, role, password
        case displayName = "display_name"
    }
}

/// What shall change of a local user; what is nil stays.
public struct AccountChange: Codable, Hashable, Sendable {
    public var displayName: String?
    public var role: ControlRole?
    public var enabled: Bool?
    public var password: String?

    public init(
        displayName: String? = nil, role: ControlRole? = nil, enabled: Bool? = nil, password: String? = nil
    ) {
        self.displayName = displayName
        self.role = role
        self.enabled = enabled
        self.password = password
    }

    enum CodingKeys: String, CodingKey {
        case role, enabled, password
        case displayName = "display_name"
    }
}

/// Who is logged in changes his own password.
public struct PasswordChange: Codable, Hashable, Sendable {
    public var old: String
    public var new: String

    public init(old: String, new: String) {
        self.old = old
        self.new = new
    }
}

/// A session of a local user.
public struct SessionState: Codable, Hashable, Sendable {
    public var number: UInt64
    public var account: String
    public var service: String
    public var from: String
    public var begunAt: String

    public init(number: UInt64, account: String, service: String, from: String, begunAt: String) {
        self.number = number
        self.account = account
        self.service = service
        self.from = from
        self.begunAt = begunAt
    }

    enum CodingKeys: String, CodingKey {
        case number, account, service, from
        case begunAt = "begun_at"
    }
}

/// A token that shall be made.
public struct TokenRequest: Codable, Hashable, Sendable {
    public var name: String
    public var scopes: [String]
    /// From now on; nil never expires.
    public var expiresSeconds: Int64?

    public init(name: String, scopes: [String], expiresSeconds: Int64? = nil) {
        self.name = name
        self.scopes = scopes
        self.expiresSeconds = expiresSeconds
    }

    enum CodingKeys: String, CodingKey {
        case name, scopes
        case expiresSeconds = "expires_seconds"
    }
}

/// A token, without its value.
public struct TokenState: Codable, Hashable, Sendable {
    public var name: String
    /// Sorted.
    public var scopes: [String]
    /// The local user without whom it is worth nothing.
    public var owner: String?
    public var createdBy: String
    public var createdAt: String
    public var expiresAt: String?
    public var lastUse: String?
    public var lastFrom: String?

    public init(name: String, scopes: [String], owner: String?, createdBy: String, createdAt: String) {
        self.name = name
        self.scopes = scopes
        self.owner = owner
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case name, scopes, owner
        case createdBy = "created_by"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case lastUse = "last_use"
        case lastFrom = "last_from"
    }
}

/// A token that was made: the only time that its value is told.
public struct CreatedToken: Codable, Hashable, Sendable {
    public var token: String
    public var state: TokenState

    public init(token: String, state: TokenState) {
        self.token = token
        self.state = state
    }
}
