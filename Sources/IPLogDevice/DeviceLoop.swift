import Synchronization
import SystemCalls

/// What wakes the device's thread: records for those who wait, or the order to stop.
final class DeviceBell: Sendable {
    let wakeup: Wakeup
    private let stopping = Atomic<Bool>(false)

    init() throws(SystemCallError) { wakeup = try Wakeup() }

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    func stop() {
        stopping.store(true, ordering: .releasing)
        wakeup.signal()
    }
}

/// By what one unit is read: a device or a socket. Used on the device's thread only.
protocol UnitDoor: AnyObject {
    var state: DoorState { get }

    /// Adds what is to be waited for.
    func prepare(_ poll: inout Poll)

    /// Answers those who wait, as far as there are records; false where somebody still waits.
    func serve() -> Bool

    /// Whether there are records for those who wait, after writers were told to ring; true where nobody waits.
    func waitForRecords() -> Bool

    /// Looks at what was waited for: `place` is that of its first descriptor.
    func look(_ poll: Poll, from place: inout Int)

    func close()
}

/// What others see of a door.
struct DoorState: Hashable, Sendable {
    var path: String
    var reader: String?
    var failure: String?
}

/// Where the device's thread says what it does.
final class DeviceBoard: Sendable {
    private let current = Mutex<[DoorState]>([])

    var states: [DoorState] { current.withLock { $0 } }

    func publish(_ states: [DoorState]) { current.withLock { $0 = states } }
}

/// A loop on its way to its thread.
final class HandedLoop: Sendable {
    private let loop: Mutex<DeviceLoop?>

    init(_ loop: sending DeviceLoop) { self.loop = Mutex(loop) }

    func take() -> DeviceLoop? {
        loop.withLock { loop in
            let taken = loop
            loop = nil
            return taken
        }
    }
}

/// Serves all doors on one thread. No reader can hold up another: nothing here waits but for all of them.
final class DeviceLoop {
    private let doors: [any UnitDoor]
    private let bell: DeviceBell
    private let board: DeviceBoard
    private var told: [DoorState] = []

    init(_ doors: [any UnitDoor], _ bell: DeviceBell, _ board: DeviceBoard) {
        self.doors = doors
        self.bell = bell
        self.board = board
    }

    func run() {
        while !bell.isStopping {
            var isReady = false
            for door in doors where !door.serve() {
                if !door.waitForRecords() { isReady = true }
            }
            tell()
            var poll = Poll(readable: bell.wakeup.number)
            for door in doors { door.prepare(&poll) }
            // A descriptor that cannot be waited for shows by the next answer; the pause keeps that from spinning.
            guard (try? poll.wait(milliseconds: isReady ? 0 : 1000)) != nil else {
                Clocks.sleep(nanoseconds: 10_000_000)
                continue
            }
            if poll[0].contains(.readable) { bell.wakeup.clear() }
            var place = 1
            for door in doors { door.look(poll, from: &place) }
        }
        for door in doors { door.close() }
    }

    private func tell() {
        let states = doors.map(\.state)
        guard states != told else { return }
        told = states
        board.publish(states)
    }
}
