import Expressions
import LiveCapture
import PacketStages
import Primitives
import Records
import Synchronization
import Users

/// Who was at both ends of a connection when it began: looked up with its first event and remembered until its last.
/// Bounded; the keys are the network's.
struct ConnectionUsers: ~Copyable {
    /// Connections whose users are remembered; 5 MiB. The oldest make room.
    static let capacity = 65_536

    private var view: UserView
    private let board: LoginBoard
    /// Two users each.
    private var begun: SeededTable<UInt64>

    /// `names` get the names of all users that are known.
    init(_ board: LoginBoard, seed: UInt64, _ names: inout PacketNames) {
        let known = board.known
        view = UserView(known)
        self.board = board
        begun = SeededTable(capacity: Self.capacity, seed: seed, vacantValue: 0)
        for (index, user) in known.users.enumerated() { names.users.set(user.name, for: index + 1) }
    }

    /// Follows the news of users.
    mutating func follow(_ names: inout PacketNames) { view.follow(most: 1 << 16, &names.users) }

    /// Learns from an event, and tells a connection that is over who was there.
    mutating func settle(_ kind: ConnectionEvent.Kind, _ record: inout ConnectionRecord) {
        let (source, destination) = (
            record.address(record.original.source), record.address(record.original.destination)
        )
        switch kind {
        case .new:
            let (from, to) = view.users(at: source, and: destination)
            guard from | to != 0 else { return }
            begun.store(UInt64(from) << 32 | UInt64(to), for: record.key, at: record.time)
        case .updated: return
        case .destroyed:
            let key = record.key
            if let users = begun.value(of: key, at: record.time) {
                record.sourceUser = UInt32(truncatingIfNeeded: users >> 32)
                record.destinationUser = UInt32(truncatingIfNeeded: users)
                // As old as can be: it is found no more, and makes room first.
                begun.store(users, for: key, at: Timestamp(nanoseconds: .min))
                return
            }
            // It began while nobody listened, or with nobody there.
            guard record.present.contains(.started) else { return }
            let started = record.started
            let known = view.known
            (record.sourceUser, record.destinationUser) = board.ask { registry in
                (registry.user(at: source, at: started), registry.user(at: destination, at: started))
            }
            if record.sourceUser > known { record.sourceUser = 0 }
            if record.destinationUser > known { record.destinationUser = 0 }
        }
    }
}

extension ConnectionRecord {
    /// An end's address in its family.
    fileprivate func address(_ address: IPv6Address) -> IPAddress {
        present.contains(.ipv4) ? .v4(IPv4Address(UInt32(truncatingIfNeeded: address.low))) : .v6(address)
    }
}
