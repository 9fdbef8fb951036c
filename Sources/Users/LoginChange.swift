public import Primitives

/// Who said that somebody is, or is no longer, at an address.
public enum LoginOrigin: Hashable, Sendable {
    /// The settings: holds as long as they say so, and never times out.
    case settings
    /// The command line or the API, and whose command it was.
    case command(by: String)
    /// A RADIUS client's accounting (RFC 2866), by the client's name in the settings and its session.
    case radius(client: String, session: String)
}

/// One change of who is where, whoever learned of it.
public struct LoginChange: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        /// The user is at the address from now on; whoever was there before is not.
        case login
        /// Still there: the time-out begins anew. A user who is not known to be there is logged in.
        case refresh
        /// No longer there.
        case logout
    }

    public var action: Action
    /// The user's name as it was told, control characters and all; empty for a log-out of whoever is there.
    public var user: String
    public var address: IPAddress
    public var origin: LoginOrigin
    public var time: Timestamp

    public init(_ action: Action, user: String, address: IPAddress, origin: LoginOrigin, time: Timestamp) {
        self.action = action
        self.user = user
        self.address = address
        self.origin = origin
        self.time = time
    }
}
