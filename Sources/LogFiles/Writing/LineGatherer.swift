import Expressions
import LogIndex
import PacketDecoding
import Primitives
import Records

/// What a producer does; apart from it only since a value's last act may not change the value, but may hand on what it
/// is made of.
struct LineGatherer: ~Copyable {
    /// Dropped lines between two looks for a free chunk.
    private static let retry: UInt64 = 256

    private let queue: LogQueue
    private let waits: Bool
    private let latency: Int64
    private var notes: NoteRenderer
    private var limit: RateLimit?
    private var text = ByteBuffer(capacity: LogChunk.textLength + 16 << 10)
    private var block = ByteBuffer(capacity: 4 << 10)
    private var builder: IndexBlockBuilder
    private var counts = LineCounts()
    /// When `endBatch` first saw the lines that are here, in the clock that never jumps.
    private var waitingSince: Int64?
    private var lost = LineLoss()
    private var lossCause: String?
    private var suppressed = LineLoss()
    private var suppressedSince: Int64?
    /// A full chunk is here and could not be handed over, or the log is closed.
    private var isStuck = false
    private var isHeld: Bool

    init(_ queue: LogQueue, _ configuration: LogConfiguration, limit: RateLimit?, seed: UInt64, waits: Bool) {
        self.queue = queue
        self.waits = waits
        self.limit = limit
        isHeld = limit != nil
        latency = configuration.latency
        notes = NoteRenderer(configuration)
        builder = IndexBlockBuilder(seed: seed)
    }

    mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames,
        _ renderer: inout PacketLineRenderer, form: PacketLineRenderer.Form, kind: RecordKind
    ) {
        if isHeld, !admits(record.time) { return }
        let before = text.count
        renderer.append(record, bytes, names, form: form, to: &text)
        builder.append(record, bytes, names, kind: kind, lineLength: text.count - before)
        counts.lines &+= 1
        if text.count >= LogChunk.textLength || counts.lines >= LogChunk.lineCount { handOver() }
    }

    mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, facts: PacketFacts,
        _ renderer: inout PacketLineRenderer, form: PacketLineRenderer.Form, kind: RecordKind
    ) {
        if isHeld, !admits(record.time) { return }
        let before = text.count
        renderer.append(record, bytes, names, form: form, to: &text)
        builder.append(record, bytes, names, facts: facts, kind: kind, lineLength: text.count - before)
        counts.lines &+= 1
        if text.count >= LogChunk.textLength || counts.lines >= LogChunk.lineCount { handOver() }
    }

    mutating func append(
        _ record: ConnectionRecord, _ names: borrowing PacketNames, _ services: borrowing ServiceNames,
        _ renderer: inout ConnectionLineRenderer
    ) {
        if isHeld, !admits(record.time) { return }
        let before = text.count
        renderer.append(record, names, services, to: &text)
        builder.append(record, names, lineLength: text.count - before)
        counts.lines &+= 1
        if text.count >= LogChunk.textLength || counts.lines >= LogChunk.lineCount { handOver() }
    }

    mutating func setLimit(_ limit: RateLimit?) {
        self.limit = limit
        isHeld = limit != nil || isStuck
    }

    mutating func endBatch(now: Int64) {
        if suppressed.count > 0 {
            let since = suppressedSince ?? now
            suppressedSince = since
            if now - since >= NoteRenderer.pause { tellSuppressed() }
        }
        guard counts.lines > 0 || lost.count > 0 else { return }
        let since = waitingSince ?? now
        waitingSince = since
        if now - since >= latency || text.count >= LogChunk.textLength / 4 { handOver() }
    }

    mutating func handOver() {
        guard counts.lines > 0 || lost.count > 0 else { return }
        switch queue.takeChunk(waits: waits) {
        case .chunk(let chunk):
            if counts.lines > 0 { deliver(chunk) }
            isStuck = false
            // The next chunk begins with it.
            if lost.count > 0 { tellLost() }
        case .none(let suspension):
            lossCause = suspension?.cause ?? lossCause ?? "the disk did not keep up"
            isStuck = text.count >= LogChunk.textLength || counts.lines >= LogChunk.lineCount
        case .closed:
            giveUp()
        }
        isHeld = limit != nil || isStuck
    }
}

extension LineGatherer {
    /// The slow way of a line: a limit holds, or there is no room.
    private mutating func admits(_ time: Timestamp) -> Bool {
        if isStuck {
            if lost.count % LineGatherer.retry == LineGatherer.retry - 1 { handOver() }
            guard !isStuck else {
                lost.add(time)
                return false
            }
        }
        guard limit != nil else { return true }
        if limit!.admits(at: time) { return true }
        suppressed.add(time)
        if time.nanoseconds &- suppressed.first.nanoseconds >= NoteRenderer.pause { tellSuppressed() }
        return false
    }

    private mutating func tellSuppressed() {
        guard !isStuck else { return }
        let before = text.count
        notes.appendSuppressed(suppressed, to: &text)
        builder.append(kind: .suppressed, time: suppressed.last, lineLength: text.count - before)
        counts += LineCounts(lines: 1, notes: 1, suppressed: suppressed.count)
        suppressed = LineLoss()
        suppressedSince = nil
    }

    /// Begins the chunk that comes behind the gap.
    private mutating func tellLost() {
        let before = text.count
        notes.appendLost(lost, cause: lossCause ?? "the disk did not keep up", to: &text)
        builder.append(kind: .gap, time: lost.last, lineLength: text.count - before)
        counts += LineCounts(lines: 1, notes: 1, lost: lost.count)
        lost = LineLoss()
        lossCause = nil
    }

    private mutating func deliver(_ chunk: LogChunk) {
        builder.finish(into: &block)
        swap(&text, &chunk.text)
        swap(&block, &chunk.block)
        chunk.counts = counts
        counts = LineCounts()
        waitingSince = nil
        if !queue.give(chunk) { queue.lose(chunk.counts.asLost) }
    }

    /// The log was closed before its producer.
    private mutating func giveUp() {
        queue.lose(counts.asLost)
        queue.lose(LineCounts(lost: lost.count, suppressed: suppressed.count))
        counts = LineCounts()
        lost = LineLoss()
        suppressed = LineLoss()
        text.removeAll()
        if builder.count > 0 { builder.finish(into: &block) }
        block.removeAll()
        isStuck = true
    }

    mutating func handOverLast() {
        handOver()
        if suppressed.count > 0 { tellSuppressed() }
        handOver()
        giveUp()
    }
}

extension LineCounts {
    /// What these counts are where the lines themselves are lost.
    var asLost: LineCounts { LineCounts(lost: lines - notes + lost, suppressed: suppressed) }
}
