public import IPLog
public import SystemCalls

/// Hands out the records of all units: as the character devices `/dev/ipl`, `/dev/ipnat`, `/dev/ipstate` where the
/// kernel has CUSE, else at sockets `ipl`, `ipnat`, `ipstate` in a folder. One thread serves all readers; whatever
/// they do, nobody waits for them but that thread, and it for none of them.
public final class RecordDevice: Sendable {
    /// By what the records are handed out.
    public enum Kind: String, CaseIterable, Sendable {
        case device, socket
    }

    public struct Options: Sendable {
        /// Nil takes the device where the kernel has it.
        public var kind: Kind?
        /// Where sockets stand.
        public var folder: String
        /// The group that may connect to sockets.
        public var group: UInt32?
        /// Who may flush through a socket: whoever could open the device for writing.
        public var mayFlush: @Sendable (LocalPeer) -> Bool

        public init(kind: Kind? = nil, folder: String) {
            self.kind = kind
            self.folder = folder
            mayFlush = { $0.userID == 0 || $0.userID == Processes.userID }
        }
    }

    /// What a unit is doing.
    public struct UnitState: Hashable, Sendable {
        public var unit: IPLogUnit
        /// "/dev/ipl", or the path of the socket.
        public var path: String
        public var counts: RecordCounts
        /// Bytes that wait, and may wait.
        public var used: Int
        public var limit: Int
        /// "process 812 (ipmon) of root"; nil without one.
        public var reader: String?
        /// Why nobody can read it any more; nil where all is well.
        public var failure: String?

        /// The state of a queue that is handed out at `path`; empty as long as it is not.
        public init(_ queue: UnitQueue, path: String) {
            unit = queue.unit
            self.path = path
            counts = queue.counts
            used = queue.used
            limit = queue.limit
        }
    }

    public let kind: Kind
    public let queues: [UnitQueue]
    private let bell: DeviceBell
    private let board = DeviceBoard()
    private let thread: Thread

    /// Whether this kernel has CUSE, and this process may use it.
    public static var hasDevices: Bool { CharacterDevice.isPossible }

    /// Opens the devices or sockets for `queues`, and serves them from now on.
    public init(_ queues: [UnitQueue], _ options: Options) throws(IPLogDeviceError) {
        let kind = options.kind ?? (Self.hasDevices ? .device : .socket)
        self.kind = kind
        self.queues = queues
        do {
            bell = try DeviceBell()
        } catch {
            throw IPLogDeviceError("the ipl log", error)
        }
        var doors: [any UnitDoor] = []
        for queue in queues {
            doors.append(kind == .device ? try CharacterDevice(queue) : try SocketDoor(queue, options))
        }
        board.publish(doors.map(\.state))
        let loop = HandedLoop(DeviceLoop(doors, bell, board))
        do {
            thread = try Thread(name: "ipl device") { loop.take()?.run() }
        } catch {
            throw IPLogDeviceError("the ipl log", error)
        }
        for queue in queues { queue.hang(bell) }
    }

    /// Closes devices and sockets; readers see their end. Records that nobody read are gone.
    public func stop() {
        bell.stop()
        thread.join()
        for queue in queues { queue.hang(nil) }
    }

    /// What each unit is doing just now.
    public var states: [UnitState] {
        zip(queues, board.states).map { queue, door in
            var state = UnitState(queue, path: door.path)
            state.reader = door.reader
            state.failure = door.failure
            return state
        }
    }
}
