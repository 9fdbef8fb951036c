import LogFiles
import NIOCore
import Primitives
import Records
import Settings
import Synchronization
import SystemCalls

/// One receiver: its logs, its connection, and what became of both. Touched by the loop alone, but for `published`.
final class SyslogReceiver: @unchecked Sendable {
    /// What carries messages just now.
    enum Carrier {
        case none
        case connecting(StreamConnection)
        case stream(StreamConnection)
        case resolving
        case datagrams(DatagramSender)
        case pausing(until: Int64)
    }

    /// A message of somebody's own, and who waits for it.
    struct Test {
        var number: Int
        var text: String
        var isSent = false
        var deadline: Int64
        var answer: @Sendable (SyslogError?) -> Void
    }

    var target: SyslogTarget
    let loop: any EventLoop
    let workspace: SyslogWorkspaceOwner
    private let positions: String
    private var positionFile: PositionFile?
    /// In the order of the target's logs; nil where one cannot be read.
    private(set) var feeds: [LogFeed?] = []
    var carrier = Carrier.none
    var ledger = StreamLedger()
    /// The feed that is asked next.
    var turn = 0
    /// How long the next pause is.
    var pause = SyslogLimits.firstPause
    var isPumping = false
    var isLookScheduled = false
    var tests: [Test] = []
    var state: SyslogReceiverState
    /// When something was confirmed last, or nothing had to be.
    var progressedAt = Int64.min
    var isFinishing = false
    /// Our side of the connection is ended.
    var isOutputEnded = false
    var finished: (@Sendable () -> Void)?
    private var lostBefore: UInt64 = 0
    private var keptHouseAt = Int64.min
    private var connectionProblem: String?
    private var readingProblem: String?
    private var nextTest = 0
    private let board: Mutex<SyslogReceiverState>

    /// What everybody may know of it.
    var published: SyslogReceiverState { board.withLock { $0 } }

    /// `positions` is the path of the file that keeps how far it came.
    init(_ target: SyslogTarget, positions: String, loop: any EventLoop, workspace: SyslogWorkspaceOwner) {
        self.target = target
        self.positions = positions
        self.loop = loop
        self.workspace = workspace
        let state = SyslogReceiverState(name: target.name, address: target.address)
        self.state = state
        board = Mutex(state)
    }

    /// Opens positions and logs; from now on nothing that is written is missed.
    func open() {
        readingProblem = nil
        feeds = target.logs.map { _ in nil }
        do {
            positionFile = try PositionFile(path: positions)
        } catch {
            readingProblem = "how far it came cannot be kept: \(error)"
        }
        openFeeds()
        savePositions()
        keepHouse(Clocks.monotonic)
        publish()
    }

    private func openFeeds() {
        for (index, log) in target.logs.enumerated() where feeds[index] == nil {
            do {
                let entry = positionFile?.found?.first { $0.log == log.sender.log }
                feeds[index] = try LogFeed(log, entry, zone: target.zone)
            } catch {
                noteReading(error, of: log.sender.log)
            }
        }
    }

    /// Lets another target hold.
    func take(_ next: SyslogTarget) {
        disconnect()
        savePositions()
        lostBefore += feeds.reduce(0) { $0 + ($1?.lost ?? 0) }
        target = next
        state.address = next.address
        connectionProblem = nil
        pause = SyslogLimits.firstPause
        open()
    }

    /// Looks what there is to do; called every `SyslogLimits.tick`.
    func tick(_ now: Int64) {
        if now - keptHouseAt >= SyslogLimits.housekeeping { keepHouse(now) }
        switch carrier {
        case .none where target.isEnabled && !isFinishing: connect()
        case .pausing(let until) where now >= until && !isFinishing: connect()
        case .stream, .datagrams: pump()
        default: break
        }
        for test in tests where now >= test.deadline {
            answer(test.number, SyslogError(state.problem ?? "it was not taken within the time given"))
        }
        publish()
    }

    // MARK: Tests

    /// Sends a message of somebody's own; `answer` is told once it has arrived, or why it has not within `patience`.
    func test(_ text: String, patience: Int64, answer: @escaping @Sendable (SyslogError?) -> Void) {
        guard target.isEnabled else { return answer(SyslogError("it is not enabled (syslog.\(target.name).enabled)")) }
        nextTest += 1
        tests.append(Test(number: nextTest, text: text, deadline: Clocks.monotonic + patience, answer: answer))
        if case .pausing = carrier { connect() }
        pump()
    }

    func answer(_ number: Int, _ error: SyslogError?) {
        guard let index = tests.firstIndex(where: { $0.number == number }) else { return }
        tests.remove(at: index).answer(error)
    }

    // MARK: Looking after it

    private func keepHouse(_ now: Int64) {
        keptHouseAt = now
        if feeds.contains(where: { $0 == nil }) {
            readingProblem = nil
            openFeeds()
        }
        var total: Int64 = 0
        for feed in feeds { total += measure(feed) }
        // The longest queue gives way.
        for _ in feeds {
            guard let bound = target.queue, total > bound else { break }
            guard let longest = feeds.compactMap(\.self).max(by: { $0.waitingBytes < $1.waitingBytes }) else { break }
            let before = longest.waitingBytes
            do {
                let words = "queue: \(ByteSize(bytes: Int(clamping: bound)))"
                try longest.passOver(beyond: max(before - (total - bound), 0), queue: words)
            } catch {
                noteReading(error, of: longest.log)
                break
            }
            total -= before - longest.waitingBytes
        }
        savePositions()
    }

    private func measure(_ feed: LogFeed?) -> Int64 {
        guard let feed else { return 0 }
        do {
            try feed.measure()
        } catch {
            noteReading(error, of: feed.log)
        }
        return feed.waitingBytes
    }

    func noteReading(_ error: LogReadError, of log: String) {
        readingProblem = "the \(log) log cannot be read: \(error)"
        state.lastError = readingProblem
    }

    func noteConnection(_ problem: String?) {
        connectionProblem = problem
        if let problem { state.lastError = problem }
    }

    func savePositions() {
        guard let positionFile else { return }
        do {
            // A log that cannot be read just now keeps its place.
            let entries = zip(target.logs, feeds).compactMap { log, feed in
                feed?.entry ?? positionFile.found?.first { $0.log == log.sender.log }
            }
            try positionFile.write(entries)
        } catch {
            readingProblem = "how far it came cannot be kept: \(error)"
        }
    }

    func publish() {
        if !target.isEnabled { state.phase = .off }
        state.waitingBytes = UInt64(feeds.reduce(0) { $0 + ($1?.waitingBytes ?? 0) })
        state.waitingLines = feeds.reduce(0) { $0 + ($1?.waitingLines ?? 0) }
        state.lost = feeds.reduce(lostBefore) { $0 + ($1?.lost ?? 0) }
        state.oldest = ledger.unacknowledged.lazy.compactMap(\.firstTime).min() ?? feeds.compactMap { $0?.oldest }.min()
        let problem = connectionProblem ?? readingProblem
        if problem == nil { state.problemSince = nil } else if state.problem == nil { state.problemSince = Clocks.wall }
        state.problem = problem
        let isStalled =
            state.phase == .connected && !ledger.isSettled && Clocks.monotonic - progressedAt > SyslogLimits.stall
        if !isStalled {
            state.stalledSince = nil
        } else if state.stalledSince == nil {
            state.stalledSince = Clocks.wall
        }
        let published = state
        board.withLock { $0 = published }
    }

    // MARK: The end

    /// Sends what waits and ends the connection in order, then tells `done`, once; `end` makes it short.
    func finish(_ done: @escaping @Sendable () -> Void) {
        finished = done
        isFinishing = true
        switch carrier {
        case .stream, .datagrams: pump()
        default: end()
        }
    }

    /// Takes what is known for all that will ever be.
    func end() {
        isFinishing = true
        if case .stream(let connection) = carrier { connection.close() }
        carrier = .none
        settle()
        savePositions()
        for test in tests { answer(test.number, SyslogError("the daemon ends")) }
        let done = finished
        finished = nil
        done?()
    }

    /// The receiver is no more, and so is how far it came.
    func remove() {
        disconnect()
        for test in tests { answer(test.number, SyslogError("the receiver was removed from the settings")) }
        positionFile = nil
        try? Paths.unlink(positions)
    }
}
