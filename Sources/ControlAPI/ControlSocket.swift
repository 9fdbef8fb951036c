import NIOCore
import NIOPosix
import SystemCalls

/// Where the server listens: a file that only root, the daemon's user and one group can open.
public struct ControlSocket: Sendable {
    public var path: String
    /// A group of this machine whose members may connect; nil is nobody but root and the daemon's user.
    public var group: String?
    /// Whether everybody on this machine may connect and `ControlAccess` alone decides, as a second group needs it.
    public var isOpen: Bool

    public init(path: String, group: String? = nil, isOpen: Bool = false) {
        self.path = path
        self.group = group
        self.isOpen = isOpen
    }

    /// Bytes of a path that sockaddr_un holds (unix(7)), less what the name has in front of its place.
    private static let longestPath = 107 - ".new".utf8.count

    /// The name under which the socket is made; it gets its own when its permissions are right.
    var birthPath: String { path + ".new" }

    private var folder: String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Makes the folder where it is missing, and makes sure that nobody listens there.
    func prepare() async throws(ControlServerError) {
        guard path.utf8.count <= Self.longestPath else {
            throw ControlServerError(
                """
                \(path): the path of a socket has at most \(Self.longestPath) bytes, this one has \
                \(path.utf8.count); choose a shorter folder (--home)
                """)
        }
        let group = try groupNumber
        let status = try Self.attempt { () throws(SystemCallError) in
            if try Paths.status(folder) == nil {
                try Folders.makeAll(folder, permissions: 0o750)
                try Paths.setPermissions(of: folder, to: isOpen ? 0o755 : 0o750)
                if let group { try Paths.setGroup(of: folder, to: group) }
            }
            return try Paths.status(path)
        }
        guard let status else { return }
        guard status.kind == .other else {
            throw ControlServerError("\(path) is there and is no socket; remove it, or choose another --home")
        }
        if await isListening() {
            throw ControlServerError(
                """
                another daemon listens at \(path) already: stop it first (gatelog status --socket \(path) shows it), \
                or choose another --home
                """)
        }
    }

    /// Gives the bound socket its permissions and its name, in place of a stale one, and returns its node.
    func publish() throws(ControlServerError) -> UInt64 {
        let group = try groupNumber
        return try Self.attempt { () throws(SystemCallError) in
            try Paths.setPermissions(of: birthPath, to: isOpen ? 0o666 : 0o660)
            if let group { try Paths.setGroup(of: birthPath, to: group) }
            try Paths.rename(birthPath, to: path)
            return try Paths.status(path)?.node ?? 0
        }
    }

    /// Removes the socket, unless somebody else has put another one there.
    func remove(node: UInt64) {
        guard let status = try? Paths.status(path), status.node == node else { return }
        try? Paths.unlink(path)
    }

    private var groupNumber: UInt32? {
        get throws(ControlServerError) {
            guard let group else { return nil }
            if let number = UserDatabase.group(named: group) { return number }
            throw ControlServerError(
                "there is no group \"\(group)\" on this machine: make it (groupadd \(group)), or change the settings")
        }
    }

    private static func attempt<Value>(
        _ work: () throws(SystemCallError) -> Value
    ) throws(ControlServerError) -> Value {
        do {
            return try work()
        } catch {
            throw ControlServerError("the socket of the API cannot be made: \(error)")
        }
    }

    /// A socket file whose process is gone refuses connections.
    private func isListening() async -> Bool {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(2))
                .connect(unixDomainSocketPath: path).get()
            try? await channel.close()
            return true
        } catch let error as IOError {
            return error.errnoCode != Errno.connectionRefused.rawValue && error.errnoCode != Errno.noSuchFile.rawValue
        } catch {
            return true
        }
    }
}

/// The server could not begin.
public struct ControlServerError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
