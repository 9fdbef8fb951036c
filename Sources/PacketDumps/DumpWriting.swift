import CaptureFiles
import Primitives
import Synchronization
import SystemCalls

/// A dump as its writer knows it: the file under way, what is missing in it, and when it ends.
///
/// Not checked by the compiler, but owned: made by who starts the dump, then the writer's thread's alone.
final class DumpWriting: @unchecked Sendable {
    let dump: RunningDump
    let surroundings: DumpSurroundings
    let closer: Closer
    /// Nil only while the disk has no room for the next file of a ring.
    var file: DumpFile?
    var sequence: Int
    /// The files that are written, the oldest first, and their names.
    var whole: [WholeFile] = []
    var names: [DumpFileName] = []
    /// Bytes that a file may have.
    let byteLimit: UInt64
    /// Packets that the dump may still have, in this file and those that follow.
    var packetsLeft: UInt64
    /// When the dump ends (monotonic); never where there is no limit of time.
    let deadline: Int64
    /// Packets that are missing before the next one of an interface, by its number, and why.
    var missing: [UInt64] = []
    var missingReason = ""
    var isMissing = false
    /// What several producers handed over, and a buffer that it is brought into order in.
    var merge = DumpMerge()
    private var gathered: ByteBuffer?
    /// While the disk is full: the blocks that wait, and when they are tried again.
    var held = ByteBuffer(capacity: 64)
    var retryAt = Int64.max
    var isSuspended = false
    /// Whether what producers lost may be the disk's fault.
    var wasFull = false
    /// Since when it is to end, and why; who waits for that.
    var ending: Ending?
    var waiting: [CheckedContinuation<DumpReport, Never>] = []
    var isDone = false

    struct Ending {
        var reason: String
        var deadline: Int64
    }

    init(_ dump: RunningDump, _ file: DumpFile, _ surroundings: DumpSurroundings, _ closer: Closer) {
        self.dump = dump
        self.file = file
        self.surroundings = surroundings
        self.closer = closer
        sequence = file.sequence
        byteLimit = dump.order.bytesOfFile ?? .max
        packetsLeft = dump.order.maxPackets ?? .max
        deadline = Self.deadline(dump.order)
    }

    /// Takes a chunk, and writes what can be written now, or as much of it as the limits allow.
    func take(_ chunk: DumpChunk, from lane: DumpLane) {
        guard !isDone else { return dump.pool.giveBack(chunk) }
        guard merge.isNeeded else {
            note(lost: chunk.lost)
            if let blocks = chunk.buffer.take() {
                writeOrLose(blocks)
                chunk.buffer = consume blocks
            }
            dump.pool.giveBack(chunk)
            return publish()
        }
        let now = Clocks.monotonic
        merge.add(chunk, from: lane, now: now)
        drain(all: merge.isOverdue(now))
    }

    /// A producer has gone: nobody waits for its packets any more.
    func leave(_ lane: DumpLane, lost: [UInt64]) {
        merge.leave(lane)
        drain(all: false)
        note(lost: lost)
        endIfLeft()
    }

    /// Writes what several producers have handed over, as far as its order is known.
    func drain(all: Bool) {
        guard merge.count > 0 else { return }
        var out = gathered.take() ?? ByteBuffer(capacity: DumpMerge.gathered + DumpLimits.chunkBytes)
        gathering: while !isDone {
            let stop = merge.gather(all: all, into: &out, dump.pool)
            writeOrLose(out)
            out.removeAll()
            switch stop {
            case .full: continue
            case .lost(let lost): note(lost: lost)
            case .done: break gathering
            }
        }
        gathered = consume out
        publish()
    }

    private func writeOrLose(_ blocks: borrowing ByteBuffer) {
        if isSuspended {
            lose(blocks.bytes, from: 0)
        } else if isMissing {
            write(marked(blocks.bytes).bytes)
        } else {
            write(blocks.bytes)
        }
    }

    /// Writes blocks; where the disk is full, what is left of them waits.
    func write(_ bytes: RawSpan) {
        var place = 0
        while place < bytes.byteCount, !isDone {
            do {
                place = try writeSome(bytes, from: place)
            } catch {
                suspend(error.error)
                held.removeAll()
                held.append(bytes.extracting(error.end..<bytes.byteCount))
                return
            }
        }
    }

    /// Writes into the present file, and goes on to the next or ends where that has no room; returns the place behind
    /// what was written.
    private func writeSome(_ bytes: RawSpan, from start: Int) throws(PartlyWritten) -> Int {
        let file: DumpFile
        do {
            file = try presentFile()
            guard try describeInterfaces(in: file) else { return full(file, bytes, at: start) }
        } catch {
            throw PartlyWritten(end: start, error: error)
        }
        let end = file.reach(bytes, from: start, byteLimit: byteLimit, packetLimit: packetsLeft)
        if end > start {
            let before = file.packets
            defer { if packetsLeft != .max { packetsLeft -= file.packets - before } }
            try file.append(bytes, start..<end)
        }
        if packetsLeft == 0 {
            dump.close()
            self.end(reason: "packet limit reached")
            return end
        }
        return end == bytes.byteCount ? end : full(file, bytes, at: end)
    }

    /// A file has no room for the block at `place`: the dump ends, or the ring goes on. Returns the place to go on at.
    private func full(_ file: DumpFile, _ bytes: RawSpan, at place: Int) -> Int {
        guard dump.order.ring != nil else {
            dump.close()
            end(reason: "size limit reached")
            return place
        }
        guard file.packets == 0 else {
            rotate()
            return place
        }
        return skip(bytes, at: place)
    }

    /// Passes over a packet that even an empty file has no room for.
    private func skip(_ bytes: RawSpan, at place: Int) -> Int {
        guard let block = PcapngPacketBlock(in: bytes, at: place) else { return bytes.byteCount }
        lose(1, interface: Int(block.interface), "a file's share of the size limit is smaller than a packet")
        return place + block.length
    }

    /// Describes interfaces that are new; false where the file has no room for that.
    func describeInterfaces(in file: DumpFile) throws(SystemCallError) -> Bool {
        let fresh = dump.numbers.known(from: file.described)
        guard !fresh.isEmpty else { return true }
        var blocks = ByteBuffer(capacity: 4 << 10)
        for interface in fresh { append(interface, into: &blocks) }
        return try file.describe(blocks.bytes, count: fresh.count, byteLimit: byteLimit)
    }

    private func append(_ interface: DumpedInterface, into blocks: inout ByteBuffer) {
        let names = surroundings.interface(interface.id, interface.linkType)
        var description = CaptureInterface(id: interface.id, linkType: interface.linkType)
        description.name = names.name
        description.description = names.description
        PcapngBlock.appendInterface(description, snapLength: dump.snapLength, into: &blocks)
    }

    private static func deadline(_ order: DumpOrder) -> Int64 {
        guard let seconds = order.maxSeconds else { return .max }
        let end = Int128(Clocks.monotonic) + Int128(seconds) * 1_000_000_000
        return Int64(clamping: end)
    }

    /// Lets those who ask know how far it is.
    func publish() {
        let bytes = file?.size ?? 0
        let packets = file?.packets ?? 0
        let isWriting = file != nil
        dump.published.withLock { published in
            published.bytes = bytes
            published.packets = packets
            published.isWriting = isWriting
            if published.whole.count != whole.count || published.whole.last != whole.last { published.whole = whole }
        }
    }
}
