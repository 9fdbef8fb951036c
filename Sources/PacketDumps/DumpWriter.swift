import Synchronization
import SystemCalls

/// The one thread that writes all dumps.
struct DumpWriter {
    private let inbox: WriterInbox
    private let pool: ChunkPool
    private let closer: Closer
    private let heartbeat: Heartbeat
    private var dumps: [DumpID: DumpWriting] = [:]

    init(_ inbox: WriterInbox, _ pool: ChunkPool, _ closer: Closer, _ heartbeat: Heartbeat) {
        self.inbox = inbox
        self.pool = pool
        self.closer = closer
        self.heartbeat = heartbeat
    }

    /// Without anything to do it shows so often that it lives.
    private static let longestWait: Int64 = 10_000_000_000

    /// The thread's body: returns when it is told to quit.
    mutating func run() {
        defer { heartbeat.rest() }
        while true {
            let now = Clocks.monotonic
            let next = dumps.values.reduce(now + Self.longestWait) { min($0, $1.nextTick) }
            heartbeat.rest(until: next)
            inbox.wait(nanoseconds: max(0, next - now))
            heartbeat.work()
            for dump in dumps.values { dump.merge.lookAtProgress() }
            for message in inbox.takeAll() {
                heartbeat.work()
                guard obey(message) else { return }
            }
            let time = Clocks.monotonic
            for dump in dumps.values { dump.tick(time) }
            // What belongs to a dump that has ended is known by its absence.
            if dumps.values.contains(where: \.isDone) { dumps = dumps.filter { !$0.value.isDone } }
        }
    }

    private mutating func obey(_ message: WriterMessage) -> Bool {
        switch message {
        case .begin(let writing):
            dumps[writing.dump.id] = writing
        case .joined(let dump, let lane):
            dumps[dump.id]?.merge.join(lane)
        case .chunk(let dump, let lane, let chunk):
            if let writing = dumps[dump.id] {
                writing.take(chunk, from: lane)
            } else {
                pool.giveBack(chunk)
            }
        case .left(let dump, let lane, let lost):
            dump.attached.subtract(1, ordering: .sequentiallyConsistent)
            dumps[dump.id]?.leave(lane, lost: lost)
        case .stop(let dump, let request):
            guard let writing = dumps[dump.id], !writing.isDone else {
                stopLate(dump, request)
                break
            }
            writing.stop(request.reason, request.continuation)
        case .quit:
            return false
        }
        return true
    }

    /// Somebody waits for a dump that ends already: its files become whole on the closer's thread.
    private func stopLate(_ dump: RunningDump, _ request: StopRequest) {
        guard let continuation = request.continuation else { return }
        closer.add { continuation.resume(returning: dump.report()) }
    }
}
