import CLinux

/// Who is at the other end of a local socket of ours, as the kernel knows it from when the connection was made
/// (SO_PEERCRED).
public struct LocalPeer: Hashable, Sendable {
    public var processID: Int32
    public var userID: UInt32
    /// The primary group, and the others where the kernel tells them.
    public var groups: [UInt32]

    public init(processID: Int32, userID: UInt32, groups: [UInt32] = []) {
        self.processID = processID
        self.userID = userID
        self.groups = groups
    }

    /// "process 812 (ipmon) of root"; names where they are known.
    public var description: String {
        let user = UserDatabase.name(ofUser: userID) ?? "user \(userID)"
        guard let name = try? Paths.contents("/proc/\(processID)/comm", limit: 64) else {
            return "process \(processID) of \(user)"
        }
        let text = String(decoding: name.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
        return "process \(processID) (\(text)) of \(user)"
    }
}

/// Sockets of this machine (unix(7)) whose messages stay whole and in order (SOCK_SEQPACKET).
extension Socket {
    /// A socket that listens at `path`, which must be free and short enough for a socket's address (107 bytes).
    public static func listening(
        sequencedAt path: String, backlog: Int32 = 128
    ) throws(SystemCallError) -> Socket {
        let socket = try sequenced(waits: false)
        let number = socket.number
        _ = try checked("bind", path) { unsafe gatelog_bind_local(number, path) }
        _ = try checked("listen", path) { listen(number, backlog) }
        return socket
    }

    /// A socket that is connected to who listens at `path`.
    public static func connected(sequencedTo path: String) throws(SystemCallError) -> Socket {
        let socket = try sequenced()
        let number = socket.number
        _ = try checked("connect", path) { unsafe gatelog_connect_local(number, path) }
        return socket
    }

    private static func sequenced(waits: Bool = true) throws(SystemCallError) -> Socket {
        let flags = waits ? 0 : Int32(SOCK_NONBLOCK.rawValue)
        return try Socket(domain: AF_UNIX, type: Int32(SOCK_SEQPACKET.rawValue) | flags)
    }

    /// A connection that somebody made, if one waits; nil where none does.
    public func accept() throws(SystemCallError) -> Socket? {
        let number = number
        do {
            return Socket(owning: try checked("accept") { gatelog_accept(number) })
        } catch  where error.errno == .wouldBlock {
            return nil
        }
    }

    /// Who is at the other end.
    public var peer: LocalPeer? {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
        guard unsafe gatelog_peer(number, &process, &user, &group) == 0 else { return nil }
        var groups = [UInt32](repeating: group, count: 256)
        let count = unsafe groups.withUnsafeMutableBufferPointer { buffer in
            unsafe gatelog_peer_groups(number, buffer.baseAddress, Int32(buffer.count))
        }
        return LocalPeer(processID: process, userID: user, groups: [group] + groups.prefix(Int(max(count, 0))))
    }
}
