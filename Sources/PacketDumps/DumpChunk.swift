import CaptureFiles
import Primitives
import Synchronization
import SystemCalls

/// Whole blocks on their way from a worker to the writer, and what the worker had to leave out before them.
///
/// Not checked by the compiler, but owned: by the producer that fills it, then by the queue, then by the writer, then by
/// the pool. Each hand-over goes through a `Mutex`.
final class DumpChunk: @unchecked Sendable {
    /// The blocks; nil while somebody has them out of here.
    var buffer: ByteBuffer?
    /// Packets that were lost before this chunk's first, by the number of their interface.
    var lost: [UInt64] = []
    /// Bytes of the blocks, and the latest time of a packet in them, once it is handed over.
    var count = 0
    var lastTime = Int64.min

    init(capacity: Int) { buffer = ByteBuffer(capacity: capacity) }

    func empty() {
        buffer?.removeAll()
        lost.removeAll(keepingCapacity: true)
        count = 0
        lastTime = .min
    }

    /// The time of the packet whose block is at `place`; the furthest one where none is.
    func time(at place: Int) -> Int64 {
        guard let buffer = buffer.take() else { return .max }
        let time = Self.time(in: buffer, at: place)
        self.buffer = consume buffer
        return time
    }

    private static func time(in buffer: borrowing ByteBuffer, at place: Int) -> Int64 {
        PcapngPacketBlock(in: buffer.bytes, at: place)?.time.nanoseconds ?? .max
    }

    /// Appends the blocks from `start` on to `out` as long as they are not later than `until`, one at least; returns the
    /// place behind them.
    func copyRun(from start: Int, until: Int64, into out: inout ByteBuffer) -> Int {
        guard let buffer = buffer.take() else { return count }
        let end = Self.copyRun(of: buffer, from: start, until: until, into: &out)
        self.buffer = consume buffer
        // What is no block ends the chunk.
        return end > start ? end : count
    }

    private static func copyRun(
        of buffer: borrowing ByteBuffer, from start: Int, until: Int64, into out: inout ByteBuffer
    ) -> Int {
        let bytes = buffer.bytes
        var end = start
        while let block = PcapngPacketBlock(in: bytes, at: end), end == start || block.time.nanoseconds <= until {
            end += block.length
        }
        if end > start { out.append(bytes.extracting(start..<end)) }
        return end
    }
}

/// The chunks that are nobody's: a bounded number, made when they are first needed.
final class ChunkPool: Sendable {
    private struct State {
        var free: [DumpChunk] = []
        var made = 0
        var limit = DumpLimits.chunks
    }

    private let state = Mutex(State())
    private let waiting = Atomic(0)
    private let freed: Wakeup

    init() throws(SystemCallError) { freed = try Wakeup() }

    /// Makes room for a producer more, or one less.
    func adapt(producers: Int) {
        state.withLock { $0.limit += producers * DumpLimits.chunksEach }
    }

    /// A free chunk; nil where all are under way.
    func take() -> DumpChunk? {
        state.withLock { state in
            if let chunk = state.free.popLast() { return chunk }
            guard state.made < state.limit else { return nil }
            state.made += 1
            return DumpChunk(capacity: DumpLimits.chunkBytes)
        }
    }

    /// Waits a moment for a chunk to become free; it may be taken by somebody else.
    func waitForFree() {
        waiting.add(1, ordering: .sequentiallyConsistent)
        freed.wait(nanoseconds: 5_000_000)
        waiting.subtract(1, ordering: .sequentiallyConsistent)
    }

    func giveBack(_ chunk: DumpChunk) {
        chunk.empty()
        state.withLock { state in
            if state.made > state.limit {
                state.made -= 1
            } else {
                state.free.append(chunk)
            }
        }
        if waiting.load(ordering: .sequentiallyConsistent) > 0 { freed.signal() }
    }
}
