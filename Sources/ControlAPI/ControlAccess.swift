public import ControlMessages
import SystemCalls

/// What a caller may do.
public enum ControlPermission: Int, Comparable, Sendable {
    /// Look at everything and change nothing.
    case read
    /// Everything.
    case change

    public static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// Somebody whom the server knows.
public struct ControlCaller: Hashable, Sendable {
    public var actor: ControlActor
    public var permission: ControlPermission

    public init(actor: ControlActor, permission: ControlPermission) {
        self.actor = actor
        self.permission = permission
    }
}

/// What a request brings to show who sends it.
public struct ControlCredentials: Sendable {
    /// The process at the other end of the socket; the kernel vouches for it.
    public var peer: SocketPeer
    /// The Authorization header, as it stands.
    public var authorization: String?

    public init(peer: SocketPeer, authorization: String? = nil) {
        self.peer = peer
        self.authorization = authorization
    }
}

/// Decides who may: the one place that looks at credentials.
public protocol ControlAccess: Sendable {
    /// Who it is that asks; `ControlError.forbidden` for whom nobody let in, with what would let them in.
    func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller
}

/// Access by the user and the groups of the process at the other end: root and the daemon's own user may everything,
/// members of two groups what these may.
public struct PeerAccess: ControlAccess {
    /// The user of the daemon itself.
    private let ownUser: UInt32
    private let groups: @Sendable () -> Groups

    /// Names of groups of this machine; nil is nobody.
    public struct Groups: Hashable, Sendable {
        /// Its members may everything.
        public var administrators: String?
        /// Its members may look.
        public var readers: String?

        public init(administrators: String? = nil, readers: String? = nil) {
            self.administrators = administrators
            self.readers = readers
        }
    }

    /// `ownUser` is this process's where it is not said. `groups` is asked for each request, so that changed settings hold at once.
    public init(ownUser: UInt32? = nil, groups: @escaping @Sendable () -> Groups = { Groups() }) {
        self.ownUser = ownUser ?? Processes.userID
        self.groups = groups
    }

    public func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller {
        let peer = credentials.peer
        let name = UserDatabase.name(ofUser: peer.userID) ?? "uid \(peer.userID)"
        let actor = ControlActor(name: name, from: "unix socket, pid \(peer.processID)")
        if peer.userID == 0 || peer.userID == ownUser { return ControlCaller(actor: actor, permission: .change) }
        let groups = groups()
        if let group = groups.administrators, isMember(peer, of: group) {
            return ControlCaller(actor: actor, permission: .change)
        }
        if let group = groups.readers, isMember(peer, of: group) {
            return ControlCaller(actor: actor, permission: .read)
        }
        let named = [groups.administrators, groups.readers].compactMap(\.self).map { "\"\($0)\"" }
        let owner = UserDatabase.name(ofUser: ownUser) ?? "uid \(ownUser)"
        let allowed = named.isEmpty ? "" : ", and members of \(named.joined(separator: " or "))"
        throw ControlError(
            .forbidden, "\(name) may not talk to this daemon; root and \(owner) may\(allowed)")
    }

    private func isMember(_ peer: SocketPeer, of group: String) -> Bool {
        UserDatabase.group(named: group).map { peer.groups.contains($0) } ?? false
    }
}
