import CaptureFiles
public import PacketDecoding
import Primitives
import Synchronization
import SystemCalls

/// A worker's end of a dump: builds blocks in a chunk, and hands whole chunks to the writer.
///
/// One worker owns it; several may feed one dump. A packet costs a copy; nothing is allocated, and a lock is taken once
/// a chunk. Where the writer does not keep up, packets are counted and left out, unless the producer `waits`. When it
/// goes away it hands over what it has.
public struct DumpProducer: ~Copyable {
    // Behind a pointer, since a struct's end may not change the struct: what is gathered is handed over there.
    private let state: UnsafeMutablePointer<ProducerState>

    /// A producer of `dump`; of none it takes packets and forgets them.
    init(_ dump: RunningDump?, waits: Bool) {
        state = .allocate(capacity: 1)
        state.initialize(to: ProducerState(dump, waits: waits))
    }

    deinit {
        state.pointee.leave()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Whether the dump still wants packets; when not, this producer can go.
    public var isOpen: Bool { state.pointee.isOpen }

    /// Takes a packet that was chosen. `rule` says which of its bytes name the firewall's rule.
    @inline(__always)
    public mutating func append(_ frame: Frame, _ bytes: RawSpan, rule: Range<Int> = 0..<0) {
        state.pointee.append(frame, bytes, rule: rule)
    }

    /// Ends a batch: hands over what has waited for half a second, and all where the dump has ended.
    public mutating func endBatch() { state.pointee.endBatch() }
}

/// What a producer is made of.
struct ProducerState: ~Copyable {
    /// Nanoseconds after which a chunk is handed over though it is not full, so that quiet dumps are on the disk too.
    private static let patience: Int64 = 500_000_000
    /// Nanoseconds that a packet may be late between the kernel's time stamp and a worker.
    private static let lateness: Int64 = 250_000_000

    private var dump: RunningDump?
    private let waits: Bool
    private let snapLength: Int
    /// The chunk's buffer while there is a chunk, else an empty one.
    private var buffer = ByteBuffer(capacity: 64)
    private var chunk: DumpChunk?
    private let lane = DumpLane()
    /// Bytes that the buffer may hold; 0 without a chunk.
    private var capacity = 0
    private var cache = NumberCache()
    /// The latest time of a packet so far.
    private var lastTime = Int64.min
    /// Since when packets wait; 0 before the first batch's end.
    private var since: Int64 = 0
    /// Packets lost since the last chunk began, by the number of the interface.
    private var lost: [UInt64] = []
    /// Those of them that the dump's counter does not have yet.
    private var lostUntold: UInt64 = 0

    init(_ dump: RunningDump?, waits: Bool) {
        self.waits = waits
        snapLength = dump?.snapLength ?? 0
        dump?.attached.add(1, ordering: .sequentiallyConsistent)
        dump?.pool.adapt(producers: 1)
        if let dump { dump.inbox.send(.joined(dump, lane)) }
        self.dump = dump
    }

    var isOpen: Bool { dump.map { !$0.isClosing } ?? false }

    mutating func append(_ frame: Frame, _ bytes: RawSpan, rule: Range<Int>) {
        guard let dump else { return }
        let gate = dump.gate.load(ordering: .relaxed)
        guard gate == RunningDump.Gate.open else {
            if gate == RunningDump.Gate.suspended { lose(frame, dump) }
            return
        }
        let captured = min(snapLength, bytes.byteCount)
        // A rule's name takes at most four bytes a byte when it is escaped, and a comment six beside it.
        let room = PcapngBlock.packetOverhead &+ captured &+ 3 &+ (rule.isEmpty ? 0 : 16 &+ rule.count &* 4)
        if buffer.count &+ room > capacity, buffer.count > 0 || capacity == 0 {
            guard nextChunk(dump) else { return lose(frame, dump) }
        }
        let number = cache.number(frame, in: dump.numbers)
        lastTime = max(lastTime, frame.time.nanoseconds)
        let kept = bytes.extracting(0..<captured)
        if rule.isEmpty {
            PcapngBlock.appendPacket(frame, kept, interface: number, into: &buffer)
        } else {
            appendCommented(frame, bytes, kept, rule, number)
        }
    }

    private mutating func appendCommented(
        _ frame: Frame, _ bytes: RawSpan, _ kept: RawSpan, _ rule: Range<Int>, _ number: UInt32
    ) {
        guard bytes.holds(rule.count, at: rule.lowerBound), rule.count <= 4_096 else {
            return PcapngBlock.appendPacket(frame, kept, interface: number, into: &buffer)
        }
        PcapngBlock.appendPacket(
            frame, kept, interface: number, comment: "rule: ", escaping: bytes.extracting(rule), into: &buffer)
    }

    mutating func endBatch() {
        guard let dump else { return }
        tell(dump)
        if dump.isClosing { return leave() }
        guard buffer.count > 0 else {
            lane.quietUntil.store(Clocks.wall.nanoseconds &- Self.lateness, ordering: .releasing)
            return
        }
        let now = Clocks.monotonic
        if since == 0 { since = now }
        if now - since >= Self.patience { handOver(dump) }
    }

    /// Hands over all that there is, and is no producer any more.
    mutating func leave() {
        guard let dump = dump.take() else { return }
        tell(dump)
        handOver(dump)
        capacity = 0
        dump.pool.adapt(producers: -1)
        dump.inbox.send(.left(dump, lane, lost: lost))
    }

    /// Hands over the chunk, if there is one.
    private mutating func handOver(_ dump: RunningDump) {
        guard let full = chunk.take() else { return }
        var blocks = ByteBuffer(capacity: 0)
        swap(&buffer, &blocks)
        capacity = 0
        since = 0
        full.count = blocks.count
        full.lastTime = lastTime
        full.buffer = consume blocks
        if full.count == 0, full.lost.isEmpty { return dump.pool.giveBack(full) }
        dump.inbox.send(.chunk(dump, lane, full))
    }

    @inline(never)
    private mutating func nextChunk(_ dump: RunningDump) -> Bool {
        handOver(dump)
        var next = dump.pool.take()
        // A full disk is not waited for: the worker would be nobody's until somebody makes room.
        while next == nil, waits, dump.gate.load(ordering: .acquiring) == RunningDump.Gate.open {
            dump.pool.waitForFree()
            next = dump.pool.take()
        }
        guard let next else { return false }
        if var blocks = next.buffer.take() { swap(&buffer, &blocks) }
        swap(&lost, &next.lost)
        capacity = DumpLimits.chunkBytes
        chunk = next
        return true
    }

    @inline(never)
    private mutating func lose(_ frame: Frame, _ dump: RunningDump) {
        let number = Int(cache.number(frame, in: dump.numbers))
        while lost.count <= number { lost.append(0) }
        lost[number] += 1
        lostUntold += 1
    }

    private mutating func tell(_ dump: RunningDump) {
        guard lostUntold > 0 else { return }
        dump.lost.add(lostUntold, ordering: .relaxed)
        lostUntold = 0
    }
}
