import CaptureFiles
import Primitives
import Synchronization

/// A producer's place in its dump, shared with the writer.
final class DumpLane: Sendable {
    /// No packet with an earlier time will come from this producer any more (nanoseconds since 1970), as far as the
    /// producer knows: said while it has nothing that it has not handed over.
    let quietUntil = Atomic<Int64>(.min)
}

/// Brings the packets that several workers chose for one dump into the order of their times.
///
/// Each worker's packets come in chunks, in the order in which it saw them. A packet goes out when no other worker can
/// have an earlier one: it has handed over a later one, or was quiet since. Nobody is waited for longer than
/// `patience`, and not with more than `limit` chunks: then what is there goes out as it is.
struct DumpMerge {
    /// Nanoseconds that a chunk waits for the other workers.
    /// - Limit: what a dump waits for to bring several workers into order | ns | goes out as it came
    static let patience: Int64 = 2_000_000_000
    /// Chunks that wait.
    /// - Limit: chunks that wait for that |  | the same
    static let limit = 48
    /// Bytes that are gathered before they are written.
    static let gathered = 256 << 10

    private struct Lane {
        let lane: DumpLane
        /// The first is read at `place`.
        var chunks: [DumpChunk] = []
        var place = 0
        /// The time of the packet at `place`.
        var head = Int64.max
        /// No earlier packet will come.
        var progress = Int64.min
        var isAttached = true
    }

    /// Why gathering stopped.
    enum Stop {
        /// There is more; what was gathered is to be written first.
        case full
        /// The next chunk begins behind packets that its producer lost.
        case lost([UInt64])
        /// Nothing can go out now.
        case done
    }

    private var lanes: [Lane] = []
    /// Chunks that wait.
    private(set) var count = 0
    private var oldest = Int64.max

    /// Whether there is anything to bring into order: one worker's chunks are in theirs.
    var isNeeded: Bool { lanes.count > 1 || count > 0 }

    mutating func join(_ lane: DumpLane) { lanes.append(Lane(lane: lane)) }

    mutating func leave(_ lane: DumpLane) {
        guard let index = index(of: lane) else { return }
        lanes[index].isAttached = false
        if lanes[index].chunks.isEmpty { lanes.remove(at: index) }
    }

    /// Looks how far the quiet producers are. Must come before their chunks are taken from the queue: what was handed
    /// over before the word is then in the queue.
    mutating func lookAtProgress() {
        for index in lanes.indices {
            let quiet = lanes[index].lane.quietUntil.load(ordering: .acquiring)
            lanes[index].progress = max(lanes[index].progress, quiet)
        }
    }

    mutating func add(_ chunk: DumpChunk, from lane: DumpLane, now: Int64) {
        guard let index = index(of: lane) else { return }
        lanes[index].progress = max(lanes[index].progress, chunk.lastTime)
        lanes[index].chunks.append(chunk)
        if lanes[index].chunks.count == 1 { lanes[index].head = chunk.time(at: 0) }
        count += 1
        oldest = min(oldest, now)
    }

    /// Whether what waits may not wait any longer.
    func isOverdue(_ now: Int64) -> Bool { count > Self.limit || count > 0 && now - oldest > Self.patience }

    /// Appends packets to `out` in the order of their times, and returns chunks that are empty by that to `pool`. With
    /// `all`, everything that is there.
    mutating func gather(all: Bool, into out: inout ByteBuffer, _ pool: ChunkPool) -> Stop {
        while count > 0 {
            let horizon = all ? Int64.max : horizon
            guard let first = lanes.indices.min(by: { lanes[$0].head < lanes[$1].head }) else { break }
            guard lanes[first].head <= horizon, let chunk = lanes[first].chunks.first else { break }
            if lanes[first].place == 0, !chunk.lost.isEmpty {
                defer { chunk.lost.removeAll() }
                return .lost(chunk.lost)
            }
            var until = horizon
            for index in lanes.indices where index != first { until = min(until, lanes[index].head) }
            lanes[first].place = chunk.copyRun(from: lanes[first].place, until: until, into: &out)
            settle(first, pool)
            if out.count >= Self.gathered { return .full }
        }
        return .done
    }

    /// Goes on to the next chunk of a lane where one is at its end.
    private mutating func settle(_ index: Int, _ pool: ChunkPool) {
        var lane = lanes[index]
        if let chunk = lane.chunks.first, lane.place >= chunk.count {
            lane.chunks.removeFirst()
            lane.place = 0
            count -= 1
            pool.giveBack(chunk)
            if count == 0 { oldest = .max }
        }
        lane.head = lane.chunks.first?.time(at: lane.place) ?? .max
        lanes[index] = lane
        if lane.chunks.isEmpty, !lane.isAttached { lanes.remove(at: index) }
    }

    /// Up to what time everything is there.
    private var horizon: Int64 {
        lanes.reduce(Int64.max) { $1.isAttached ? min($0, $1.progress) : $0 }
    }

    private func index(of lane: DumpLane) -> Int? { lanes.firstIndex { $0.lane === lane } }

    /// Gives all chunks back unread.
    mutating func removeAll(_ pool: ChunkPool) {
        for lane in lanes { for chunk in lane.chunks { pool.giveBack(chunk) } }
        lanes.removeAll()
        count = 0
    }
}
