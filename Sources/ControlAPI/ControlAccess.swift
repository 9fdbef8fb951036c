public import ControlMessages
import SystemCalls

/// What a request brings to show who sends it.
public struct ControlCredentials: Sendable {
    /// The process at the other end of the socket; the kernel vouches for it.
    public var peer: SocketPeer
    /// The Authorization header, as it stands.
    public var authorization: String?
    /// For whom it is sent, as the Gatelog-Client header says: an address.
    public var client: String?

    public init(peer: SocketPeer, authorization: String? = nil, client: String? = nil) {
        self.peer = peer
        self.authorization = authorization
        self.client = client
    }
}

/// Decides who may: the one place that looks at credentials.
public protocol ControlAccess: Sendable {
    /// Who it is that asks; `ControlError.forbidden` for whom nobody let in, with what would let them in.
    func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller
}

/// Access by the user and the groups of the process at the other end: root and the daemon's own user may everything,
/// members of two groups what these may, and the page's process no more than say who asks it.
public struct PeerAccess: ControlAccess {
    /// The user of the daemon itself.
    private let ownUser: UInt32
    private let groups: @Sendable () -> Groups

    /// Names of groups and of a user of this machine; nil is nobody.
    public struct Groups: Hashable, Sendable {
        /// Its members may everything.
        public var administrators: String?
        /// Its members may look.
        public var readers: String?
        /// The user of the page's process.
        public var door: String?

        public init(administrators: String? = nil, readers: String? = nil, door: String? = nil) {
            self.administrators = administrators
            self.readers = readers
            self.door = door
        }
    }

    /// `ownUser` is this process's where it is not said. `groups` is asked for each request, so that changed settings hold at once.
    public init(ownUser: UInt32? = nil, groups: @escaping @Sendable () -> Groups = { Groups() }) {
        self.ownUser = ownUser ?? Processes.userID
        self.groups = groups
    }

    public func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller {
        let peer = credentials.peer
        let actor = Self.actor(peer)
        let name = actor.name
        if peer.userID == 0 || peer.userID == ownUser {
            return ControlCaller(actor: actor, scopes: ControlRole.administrator.scopes, isDoor: true)
        }
        let groups = groups()
        if let door = groups.door, UserDatabase.user(named: door) == peer.userID {
            return ControlCaller(actor: actor, scopes: [], isDoor: true)
        }
        if let group = groups.administrators, isMember(peer, of: group) {
            return ControlCaller(actor: actor, scopes: ControlRole.administrator.scopes)
        }
        if let group = groups.readers, isMember(peer, of: group) {
            return ControlCaller(actor: actor, scopes: ControlRole.auditor.scopes)
        }
        let named = [groups.administrators, groups.readers].compactMap(\.self).map { "\"\($0)\"" }
        let owner = UserDatabase.name(ofUser: ownUser) ?? "uid \(ownUser)"
        let allowed = named.isEmpty ? "" : ", and members of \(named.joined(separator: " or "))"
        throw ControlError(
            .forbidden, "\(name) may not talk to this daemon; root and \(owner) may\(allowed)")
    }

    /// The user of the process at the other end.
    static func actor(_ peer: SocketPeer) -> ControlActor {
        ControlActor(
            name: UserDatabase.name(ofUser: peer.userID) ?? "uid \(peer.userID)",
            from: "unix socket, pid \(peer.processID)")
    }

    private func isMember(_ peer: SocketPeer, of group: String) -> Bool {
        UserDatabase.group(named: group).map { peer.groups.contains($0) } ?? false
    }
}
