import IPLog
import Primitives
import SystemCalls

/// A unit at a socket: connections that ask (`SocketQuestion`), one of which reads.
final class SocketDoor: UnitDoor {
    /// Connections that a unit has at a time.
    /// - Limit: readers of an ipl unit at its socket |  | refused
    static let mostConnections = 16

    private let queue: UnitQueue
    private let listening: Socket
    private let node: UInt64
    private let path: String
    private let mayFlush: @Sendable (LocalPeer) -> Bool
    private var connections: [SocketConnection] = []
    private weak var reader: SocketConnection?
    private var answer: ByteBuffer
    private var failure: String?

    init(_ queue: UnitQueue, _ options: RecordDevice.Options) throws(IPLogDeviceError) {
        let path = "\(options.folder)/\(queue.unit.socketName)"
        self.queue = queue
        self.path = path
        mayFlush = options.mayFlush
        do {
            listening = try Self.open(path, group: options.group)
            node = try Paths.status(path)?.node ?? 0
        } catch {
            let remedy = error.errno == .busy ? "Another daemon hands the records out there: stop it." : nil
            throw IPLogDeviceError("the socket \(path)", "\(error)", remedy: remedy)
        }
        answer = ByteBuffer(capacity: queue.limit + 256)
    }

    /// A socket gets its name when it has its permissions. A stale one, whose owner is gone, makes room.
    private static func open(_ path: String, group: UInt32?) throws(SystemCallError) -> Socket {
        if let status = try Paths.status(path) {
            guard status.kind == .other else { throw SystemCallError(errno: .exists, call: "bind", path: path) }
            if (try? Socket.connected(sequencedTo: path)) != nil {
                throw SystemCallError(errno: .busy, call: "bind", path: path)
            }
        }
        let birth = "\(path).new"
        try? Paths.unlink(birth)
        let socket = try Socket.listening(sequencedAt: birth)
        try Paths.setPermissions(of: birth, to: 0o660)
        if let group { try Paths.setGroup(of: birth, to: group) }
        try Paths.rename(birth, to: path)
        return socket
    }

    var state: DoorState { DoorState(path: path, reader: reader?.name, failure: failure) }

    func prepare(_ poll: inout Poll) {
        poll.add(listening.number, for: .readable)
        // Who waits for records is only watched for its end.
        for connection in connections { poll.add(connection.number, for: connection.awaited == nil ? .readable : []) }
    }

    func look(_ poll: Poll, from place: inout Int) {
        let hasGuests = !poll[place].isEmpty
        place += 1
        for connection in connections {
            let readiness = poll[place]
            place += 1
            if readiness.contains(.readable) {
                hear(connection)
            } else if !readiness.isDisjoint(with: .fault) {
                connection.isOver = true
            }
        }
        if hasGuests { admit() }
        connections.removeAll { $0.isOver }
    }

    func serve() -> Bool {
        guard let reader, let length = reader.awaited, !reader.isOver else { return true }
        guard !queue.isEmpty else { return false }
        reader.awaited = nil
        give(length, to: reader)
        return true
    }

    func waitForRecords() -> Bool { queue.waitForRecords() }

    func close() {
        for connection in connections { connection.isOver = true }
        connections = []
        // Somebody else may have put another one there.
        guard let status = try? Paths.status(path), status.node == node else { return }
        try? Paths.unlink(path)
    }

    private func admit() {
        do {
            while let socket = try listening.accept() {
                let connection = SocketConnection(socket)
                if connections.count >= Self.mostConnections {
                    let names = "\(connections.count) connections"
                    refuse(connection, .busy, "there are \(names) to \(path) already; close one of them")
                } else {
                    connections.append(connection)
                }
            }
            failure = nil
        } catch {
            // Too many files: those who are there go on, and who comes waits.
            failure = "connections cannot be taken: \(error)"
            Clocks.sleep(nanoseconds: 10_000_000)
        }
    }

    private func hear(_ connection: SocketConnection) {
        switch connection.hear() {
        case .question(let question): reply(to: question, connection)
        case .rubbish:
            refuse(connection, .invalidArgument, "that is no question; there are R with a length of 4 bytes, N and F")
            connection.patience -= 1
            if connection.patience == 0 { connection.isOver = true }
        case .nothing: break
        case .end: connection.isOver = true
        }
    }

    private func reply(to question: SocketQuestion, _ connection: SocketConnection) {
        switch question {
        case .waiting: send(UInt32(clamping: queue.used), to: connection)
        case .flush:
            guard let peer = connection.peer, mayFlush(peer) else {
                return refuse(connection, .notPermitted, "only who may write \(path) flushes it")
            }
            send(UInt32(clamping: queue.flush()), to: connection)
        case .read(let length):
            if let reader, !reader.isOver, reader !== connection {
                return refuse(connection, .busy, "\(reader.name) reads \(path) already; one reader at a time")
            }
            reader = connection
            if length > 0, queue.isEmpty {
                connection.awaited = length
            } else {
                give(length, to: connection)
            }
        }
    }

    /// Sends as many whole records as fit; they are gone once the kernel has taken them.
    private func give(_ length: Int, to connection: SocketConnection) {
        answer.removeAll()
        do throws(RecordQueue.LengthTooSmall) {
            try queue.give(min(length, connection.capacity), into: &answer) { connection.send($0) }
        } catch {
            refuse(
                connection, .invalidArgument, "a read of \(error.asked) bytes; a record's header has \(error.least)")
        }
    }

    private func send(_ number: UInt32, to connection: SocketConnection) {
        answer.removeAll()
        answer.appendLittle(number)
        connection.send(answer)
    }

    private func refuse(_ connection: SocketConnection, _ errno: Errno, _ reason: String) {
        answer.removeAll()
        SocketRefusal(errno: errno.rawValue, reason: reason).append(to: &answer)
        connection.send(answer)
    }
}
