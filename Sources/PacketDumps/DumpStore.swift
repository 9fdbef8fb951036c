import Primitives
import Synchronization
public import SystemCalls

/// Packet dumps in a folder: many at once, each with a name, limits, and a pcapng or a ring of them.
///
/// A dump is a folder of its name. Its files get their names when they are whole and on the disk (fsync); what is under
/// way is hidden. One thread writes all dumps, another puts whole files on the disk, so that a slow disk does not hold
/// up what other dumps write. Safe from any thread; only `stop` and `shutdown` wait.
public final class DumpStore: Sendable {
    struct State {
        var running: [String: RunningDump] = [:]
        var finished: [String: FinishedDump] = [:]
        var nextID: UInt64 = 1
        /// Names that are being started or removed at this moment.
        var busy: Set<String> = []
        var isClosed = false
    }

    /// A dump that has ended.
    struct FinishedDump {
        var report: DumpReport
        var files: [WholeFile]
    }

    /// The folder that the dumps are in.
    public let folder: String
    /// Whether the thread that writes comes round.
    public let heartbeat: Heartbeat
    let surroundings: DumpSurroundings
    let state = Mutex(State())
    let inbox: WriterInbox
    let pool: ChunkPool
    let closer: Closer
    private let threads: [Thread]

    /// Opens the folder, which is made where it is not there; call `recover` before anything else.
    public init(folder: String, _ surroundings: DumpSurroundings = DumpSurroundings()) throws(DumpError) {
        self.folder = folder
        self.surroundings = surroundings
        do {
            try Folders.makeAll(folder, permissions: 0o750)
            let inbox = try WriterInbox()
            let pool = try ChunkPool()
            let closer = try Closer()
            let heartbeat = Heartbeat(name: "dumps")
            let closing = try Thread(name: "gatelog-dump-end") { closer.run() }
            threads = [
                try Thread(name: "gatelog-dumps") {
                    var writer = DumpWriter(inbox, pool, closer, heartbeat)
                    writer.run()
                    closer.end()
                },
                closing,
            ]
            self.heartbeat = heartbeat
            self.inbox = inbox
            self.pool = pool
            self.closer = closer
        } catch {
            throw .system(error)
        }
    }

    deinit {
        inbox.send(.quit)
        for thread in threads { thread.join() }
    }

    /// A worker's end of a running dump; where the dump has ended, one that takes nothing (`isOpen`). With `waits` it
    /// waits for a writer that does not keep up, in place of losing packets: for replayed files.
    public func producer(for id: DumpID, waits: Bool = false) -> DumpProducer {
        let dump = state.withLock { state in state.running.values.first { $0.id == id } }
        return DumpProducer(dump?.isClosing == false ? dump : nil, waits: waits)
    }

    /// All dumps, by their names.
    public func list() -> [DumpReport] {
        let reports = state.withLock { state in
            settle(&state)
            return state.running.values.map { $0.report() } + state.finished.values.map(\.report)
        }
        return reports.sorted { $0.order.name < $1.order.name }
    }

    /// Tells how many packets the kernel has lost since the dump began; the end of a file says it.
    public func setLostInKernel(_ count: UInt64, for id: DumpID) {
        let dump = state.withLock { state in state.running.values.first { $0.id == id } }
        dump?.lostInKernel.store(count, ordering: .relaxed)
    }

    /// The paths of the files that a dump consists of, the oldest first. Each is whole.
    public func files(_ name: String) throws(DumpError) -> [String] {
        let found = state.withLock { state in
            settle(&state)
            return state.running[name]?.namedFiles ?? state.finished[name]?.files
        }
        guard let found else { throw .unknown(name) }
        let place = DumpFolder(parent: folder, name: name)
        return found.map { "\(place.path)/\(place.fileName($0.sequence))" }
    }

    /// Moves what has ended to the finished ones.
    func settle(_ state: inout State) {
        for (name, dump) in state.running {
            let report = dump.report()
            guard report.phase == .finished else { continue }
            state.running[name] = nil
            state.finished[name] = FinishedDump(report: report, files: dump.namedFiles)
        }
    }
}
