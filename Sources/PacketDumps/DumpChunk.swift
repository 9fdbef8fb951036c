import Primitives
import Synchronization
import SystemCalls

/// Whole blocks on their way from a worker to the writer, and what the worker had to leave out before them.
///
/// Not checked by the compiler, but owned: by the producer that fills it, then by the queue, then by the writer, then by
/// the pool. Each hand-over goes through a `Mutex`.
final class DumpChunk: @unchecked Sendable {
    var buffer: ByteBuffer
    /// Packets that were lost before this chunk's first, by the number of their interface.
    var lost: [UInt64] = []

    init(capacity: Int) { buffer = ByteBuffer(capacity: capacity) }

    func empty() {
        buffer.removeAll()
        lost.removeAll(keepingCapacity: true)
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
