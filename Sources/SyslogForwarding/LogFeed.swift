import LogFiles
import LogIndex
import Primitives
import Records
import Settings

/// The memory that one stretch of a log and its messages take: shared by all receivers, since one is made at a time.
struct SyslogWorkspace: ~Copyable {
    var stretch = LogStretchBuffer()
    var index = IndexBlockReader()
    var stream = SyslogBatch(framing: .octetCounting, capacity: 384 << 10)

    init() {}
}

/// Who owns the memory. Touched by the loop alone.
final class SyslogWorkspaceOwner: @unchecked Sendable {
    var space = SyslogWorkspace()
}

/// One log on its way to one receiver: where it is read, and how far the receiver has confirmed it.
final class LogFeed {
    private static let removed = "they were removed before they were sent"

    let log: String
    private let path: String
    private let zone: ZoneTable
    private let written: @Sendable () -> UInt64
    private var tail: LogTail
    private var renderer: SyslogRenderer
    private var notes: SyslogRenderer
    /// Behind what the receiver's kernel has, and behind what the receiver has surely read.
    private(set) var acknowledged: LogPlace
    private var confirmed: LogPlace
    /// Lines that were there when this began, less those that had been written in this run.
    private var arrivedBefore: UInt64
    private var passed: UInt64 = 0
    /// Lines that are acknowledged and not confirmed, with their bytes.
    private var unsureLines: UInt64 = 0
    private var unsureBytes: Int64 = 0
    private var inFlightLines: UInt64 = 0
    private var inFlightBytes: Int64 = 0
    private var lastTime: Timestamp?
    /// The time of the first line that was not read, as of the last look.
    private(set) var oldest: Timestamp?
    private(set) var lost: UInt64 = 0
    /// Lost lines that the receiver was not told of, and why they are.
    private(set) var untold: UInt64
    private var cause = LogFeed.removed
    /// Bytes of the log behind what was read, as of the last look.
    private var behind: Int64 = 0

    /// Goes on at `entry`, or begins behind what is there now.
    init(_ target: SyslogTarget.Log, _ entry: PositionFile.Entry?, zone: ZoneTable) throws(LogReadError) {
        log = target.sender.log
        path = target.path
        self.zone = zone
        written = target.written
        renderer = SyslogRenderer(
            target.sender, zone: zone, services: target.service.map { ServiceNames($0) } ?? ServiceNames())
        var sender = target.sender
        sender.severity = .warning
        notes = SyslogRenderer(sender, zone: zone)
        let start: LogTail.Start = entry.map { .place($0.place) } ?? .end
        let counted = target.written()
        var count = try LogTail(path: path, from: start, wantsRecords: false, zone: zone)
        let isGone = count.isBehindGap
        confirmed = count.place
        acknowledged = count.place
        let waiting = try count.passOver(beyond: 0)
        arrivedBefore = waiting &- counted
        tail = try LogTail(path: path, from: .place(confirmed), wantsRecords: renderer.needsRecords, zone: zone)
        tail.isBehindGap = false
        untold = entry?.untold ?? 0
        // How many they were cannot be known any more; that they are missing is said.
        if isGone { untold = max(untold, 1) }
    }

    var entry: PositionFile.Entry { PositionFile.Entry(log: log, place: acknowledged, untold: untold) }

    /// Bytes of the log that are not confirmed.
    var waitingBytes: Int64 { behind + inFlightBytes }

    /// Lines that are not confirmed.
    var waitingLines: UInt64 {
        let arrived = arrivedBefore &+ written()
        let waiting = Int64(bitPattern: arrived &- passed)
        return waitingBytes == 0 && inFlightLines == 0 ? 0 : UInt64(max(waiting, Int64(inFlightLines)))
    }

    /// Goes back to what was confirmed: the connection is gone.
    func rewind() throws(LogReadError) {
        behind += inFlightBytes + unsureBytes
        passed &-= unsureLines
        (inFlightLines, inFlightBytes, unsureLines, unsureBytes) = (0, 0, 0, 0)
        acknowledged = confirmed
        tail = try LogTail(path: path, from: .place(confirmed), wantsRecords: renderer.needsRecords, zone: zone)
        try settleGap()
    }

    /// Makes messages of the next lines; nil where there are none.
    func fill(_ workspace: inout SyslogWorkspace, now: Timestamp) throws(LogReadError) -> SentStretch? {
        try render(
            &workspace.stretch, &workspace.index, atMost: SyslogLimits.stretch, now, into: &workspace.stream)
    }

    /// The same for datagrams, which their sender keeps until they are gone.
    func fill(
        _ workspace: inout SyslogWorkspace, datagrams: inout SyslogBatch, now: Timestamp
    ) throws(LogReadError) -> SentStretch? {
        try render(
            &workspace.stretch, &workspace.index, atMost: SyslogLimits.datagramStretch, now, into: &datagrams)
    }

    private func render(
        _ buffer: inout LogStretchBuffer, _ index: inout IndexBlockReader, atMost most: Int, _ now: Timestamp,
        into batch: inout SyslogBatch
    ) throws(LogReadError) -> SentStretch? {
        guard let stretch = try tail.next(atMost: most, into: &buffer) else {
            try settleGap()
            return nil
        }
        try settleGap()
        let before = (count: batch.count, bytes: batch.bytes.count)
        let first = tail.time(of: buffer.text.bytes.extracting(0..<min(buffer.text.count, 64)))
        if !renderer.needsRecords {
            _ = renderer.append(lines: buffer.text.bytes, now: now, to: &batch)
        } else {
            var end = 0
            if stretch.hasBlock {
                end = Self.appendRecords(stretch, buffer, &index, &renderer, to: &batch)
            }
            appendPlain(buffer.text.bytes, from: end, now, to: &batch)
        }
        let lines = UInt64(batch.count - before.count)
        inFlightLines += lines
        inFlightBytes += Int64(buffer.text.count)
        behind = max(behind - Int64(buffer.text.count), 0)
        return SentStretch(
            feed: 0, place: stretch.next, lines: lines, logBytes: Int64(buffer.text.count),
            bytes: batch.bytes.count - before.bytes, firstTime: first)
    }

    /// Lines that the index speaks of; says up to where of the text it did.
    private static func appendRecords(
        _ stretch: LogStretch, _ buffer: borrowing LogStretchBuffer, _ index: inout IndexBlockReader,
        _ renderer: inout SyslogRenderer, to batch: inout SyslogBatch
    ) -> Int {
        let text = buffer.text.bytes
        let block = buffer.block.bytes
        do {
            try index.open(block)
        } catch {
            return 0
        }
        let names = index.packetNames(block)
        var end = 0
        while let line = index.next(block) {
            let (start, overflows) = Int64(clamping: line.offset).subtractingReportingOverflow(stretch.base)
            // Sent before: a stretch may begin in the middle of a block.
            if overflows || start < 0 { continue }
            guard line.length > 0, Int(start) == end, text.holds(line.length, at: end),
                text.byte(at: end + line.length - 1) == UInt8(ascii: "\n")
            else { return end }
            let bytes = text.extracting(end..<end + line.length - 1)
            if let record = index.record(of: line, block) {
                renderer.append(bytes, record, block, names, kind: line.kind.name, to: &batch)
            } else if let record = index.connection(of: line, block) {
                renderer.append(bytes, record, names, to: &batch)
            } else {
                renderer.append(bytes, time: line.time, kind: line.kind.name, to: &batch)
            }
            end += line.length
        }
        return end
    }

    /// Lines of which only the text is known.
    private func appendPlain(_ text: RawSpan, from start: Int, _ now: Timestamp, to batch: inout SyslogBatch) {
        var start = start
        while start < text.byteCount {
            let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? text.byteCount
            let line = text.extracting(start..<end)
            lastTime = tail.time(of: line) ?? lastTime
            renderer.append(line, time: lastTime ?? now, kind: "text", to: &batch)
            start = end + 1
        }
    }

    /// The receiver's kernel has a stretch of this log.
    func acknowledge(_ stretch: SentStretch) {
        if let place = stretch.place { acknowledged = place }
        passed &+= stretch.lines
        inFlightLines -= min(stretch.lines, inFlightLines)
        inFlightBytes -= min(stretch.logBytes, inFlightBytes)
        unsureLines += stretch.lines
        unsureBytes += stretch.logBytes
        untold -= min(stretch.told, untold)
    }

    /// The receiver has read it.
    func confirm(_ stretch: SentStretch) {
        if let place = stretch.place { confirmed = place }
        unsureLines -= min(stretch.lines, unsureLines)
        unsureBytes -= min(stretch.logBytes, unsureBytes)
    }

    // MARK: What is lost

    /// Counts what nobody will read any more.
    private func settleGap() throws(LogReadError) {
        guard tail.isBehindGap else { return }
        tail.isBehindGap = false
        var rest = try LogTail(path: path, from: .place(tail.place), wantsRecords: false, zone: zone)
        let left = Int64(clamping: try rest.passOver(beyond: 0))
        let arrived = arrivedBefore &+ written()
        let waiting = Int64(bitPattern: arrived &- passed)
        lose(UInt64(max(waiting - Int64(inFlightLines) - left, 0)), Self.removed)
        passOn()
    }

    /// Goes over a gap: what is before it will not be sent again.
    private func passOn() {
        guard inFlightLines == 0 else { return }
        acknowledged = tail.place
        confirmed = tail.place
        (unsureLines, unsureBytes) = (0, 0)
    }

    private func lose(_ lines: UInt64, _ cause: String) {
        guard lines > 0 else { return }
        self.cause = cause
        lost += lines
        untold += lines
        passed &+= lines
    }

    /// Looks how much waits.
    func measure() throws(LogReadError) {
        // Asked first: lines are in the file before they are counted.
        let arrived = arrivedBefore &+ written()
        behind = try tail.bytesBehind()
        try settleGap()
        oldest = behind == 0 ? nil : tail.nextTime()
        guard waitingBytes == 0 else { return }
        // Where nothing waits, lines that did not pass were removed; those that others wrote were not counted.
        let missing = Int64(bitPattern: arrived &- passed)
        if missing > 0 { lose(UInt64(missing), Self.removed) } else { passed = arrived }
    }

    /// Passes lines over until at most `bound` bytes wait; `queue` says the bound in words.
    func passOver(beyond bound: Int64, queue: String) throws(LogReadError) {
        let lines = try tail.passOver(beyond: max(bound - inFlightBytes, 0))
        try settleGap()
        lose(lines, "the queue was full (\(queue))")
        passOn()
        try measure()
    }

    /// Makes the message about lost lines that the receiver was not told of.
    func fillUntold(_ batch: inout SyslogBatch, now: Timestamp) -> SentStretch? {
        guard untold > 0 else { return nil }
        let before = batch.bytes.count
        let text = "\(untold) \(untold == 1 ? "line" : "lines") of the \(log) log lost: \(cause)"
        notes.append(text.utf8Span.span.bytes, time: now, kind: "gap", to: &batch)
        return SentStretch(
            feed: 0, place: nil, lines: 0, logBytes: 0, bytes: batch.bytes.count - before, told: untold)
    }

    /// Makes a message that somebody asked for.
    func fillTest(_ text: String, _ batch: inout SyslogBatch, now: Timestamp) -> SentStretch {
        let before = batch.bytes.count
        notes.append(text.utf8Span.span.bytes, time: now, kind: "test", to: &batch)
        return SentStretch(feed: 0, place: nil, lines: 0, logBytes: 0, bytes: batch.bytes.count - before)
    }
}
