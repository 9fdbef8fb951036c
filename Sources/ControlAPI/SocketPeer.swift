import Hummingbird
import NIOCore

/// The process at the other end of a unix socket, as it was when it connected (SO_PEERCRED, SO_PEERGROUPS; unix(7)).
public struct SocketPeer: Hashable, Sendable {
    public var processID: Int32
    public var userID: UInt32
    /// Its primary group, and the supplementary ones.
    public var groups: Set<UInt32>

    public init(processID: Int32, userID: UInt32, groups: Set<UInt32>) {
        self.processID = processID
        self.userID = userID
        self.groups = groups
    }

    /// Asks the kernel. Throws where `channel` is no socket, or is closed already.
    init(of channel: any Channel) async throws {
        guard let socket = channel as? any SocketOptionProvider else {
            throw ChannelError.operationUnsupported
        }
        let credentials: Credentials = try await Self.value(of: .peerCredentials, socket).get()
        processID = credentials.processID
        userID = credentials.userID
        // A process of more than 1,024 groups is known by its primary one.
        let supplementary: GroupList? = try? await Self.value(of: .peerGroups, socket).get()
        var groups: Set = [credentials.groupID]
        if let supplementary {
            // The list ends where the zeroes begin; group 0 itself counts as primary group only.
            for index in supplementary.indices where supplementary[index] != 0 { groups.insert(supplementary[index]) }
        }
        self.groups = groups
    }

    /// struct ucred of unix(7).
    private struct Credentials {
        var processID: Int32 = 0
        var userID: UInt32 = 0
        var groupID: UInt32 = 0
    }

    private typealias GroupList = InlineArray<1024, UInt32>

    private static func value<Value: Sendable>(
        of option: NIOBSDSocket.Option, _ socket: any SocketOptionProvider
    ) -> EventLoopFuture<Value> {
        socket.unsafeGetSocketOption(level: .socket, name: option)
    }
}

extension NIOBSDSocket.Option {
    /// SO_PEERCRED and SO_PEERGROUPS have these numbers on every architecture that Swift runs on.
    fileprivate static let peerCredentials = NIOBSDSocket.Option(rawValue: 17)
    fileprivate static let peerGroups = NIOBSDSocket.Option(rawValue: 59)
}
