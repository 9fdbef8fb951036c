import LogIndex
public import Primitives
public import Records
import SystemCalls

/// Lines of a log that stand one behind the other.
public struct LogStretch: Sendable {
    /// Bytes of text in the file before the first of them.
    public var base: Int64
    /// Where reading goes on behind them.
    public var next: LogPlace
    /// Whether a block of the index speaks of them.
    public var hasBlock: Bool
}

/// The memory that stretches are read into: one for all who read on a thread.
public struct LogStretchBuffer: ~Copyable {
    /// Whole lines, each with its end.
    public internal(set) var text = ByteBuffer(capacity: 256 << 10)
    /// The block of the index that speaks of them.
    public internal(set) var block = ByteBuffer(capacity: 64 << 10)

    public init() {}
}

/// Reads a log forward for somebody who hands every line on and remembers how far he came: stretches of whole lines,
/// each with the place behind it, through rotation, compression and Clear Log. It only looks at the files; nothing is
/// kept for it, and what it has not read stays in them.
public struct LogTail: ~Copyable {
    /// A block of the index with more text than this is read as text alone.
    private static let longestBlock: Int64 = 8 << 20
    /// Bytes of a line; longer ones are cut there.
    /// - Limit: a line that is handed on by syslog | bytes | cut
    public static let longestLine = 1 << 20

    /// Where it begins.
    public enum Start: Sendable {
        /// Behind what is there.
        case end
        case place(LogPlace)
    }

    public let path: String
    /// Where reading goes on: what was handed out lies before it.
    public private(set) var place: LogPlace
    /// Whether lines were passed over that nobody will read: the log was cleared, or files were removed. Who counts
    /// lines takes notice and sets it back.
    public var isBehindGap = false

    private let wantsRecords: Bool
    private let selection: LogSelection
    private var walk: SegmentWalk
    private var selector: LineSelector
    private var times: LineTime
    private var offset: Int64
    private var resume = SegmentResume()
    private var index: SegmentIndex?
    /// What the index has of the open file, as far as it was asked; the first is read next.
    private var pieces: ArraySlice<SegmentPiece> = []
    private var piecesEnd: Int64 = 0

    /// A tail of the log whose present file is at `path`. A place that is not there any more (its file was removed) is
    /// before all that is. Local times are those of `zone`.
    public init(path: String, from start: Start, wantsRecords: Bool, zone: ZoneTable) throws(LogReadError) {
        self.path = path
        self.wantsRecords = wantsRecords
        var selection = LogSelection()
        selection.wantsRecords = wantsRecords
        selection.zone = zone
        self.selection = selection
        selector = LineSelector(selection, scanner: nil)
        times = LineTime(zone: zone)
        var isGone = false
        var walk: SegmentWalk
        switch start {
        case .end:
            walk = try SegmentWalk.newest(path, isSingle: false)
            // An empty file has no name for a place in it yet; the end of the one before is the same place.
            if !walk.text.hasIdentity { _ = try walk.goToOlder() }
            offset = try walk.text.wholeLength()
        case .place(let wanted):
            if let found = try SegmentWalk.at(wanted, path, isSingle: false) {
                walk = found
                offset = min(wanted.offset, try walk.text.wholeLength())
            } else {
                isGone = true
                walk = try SegmentWalk.oldest(path, isSingle: false)
                offset = 0
            }
        }
        place = walk.text.hasIdentity ? walk.text.place(at: offset) : .beginning
        isBehindGap = isGone
        self.walk = walk
    }

    /// The next lines, about `most` bytes of them where the index does not say otherwise; nil where nothing new is
    /// there.
    public mutating func next(
        atMost most: Int, into buffer: inout LogStretchBuffer
    ) throws(LogReadError) -> LogStretch? {
        buffer.text.removeAll()
        buffer.block.removeAll()
        while true {
            // Asked before the file is read: one that was rotated by then does not grow any more.
            let isFinished = try walk.isFinished()
            try noticeCut()
            if let stretch = try read(most, isFinished: isFinished, &buffer) { return stretch }
            guard isFinished, try goToNewer() else { return nil }
        }
    }

    /// The time at the beginning of a line.
    public mutating func time(of line: RawSpan) -> Timestamp? { times.read(line) }

    /// The time of the next line, where it begins with one.
    public mutating func nextTime() -> Timestamp? {
        var head = ByteBuffer(capacity: 64)
        _ = try? walk.text.read(at: offset, atMost: 64, into: &head)
        return times.read(head.bytes)
    }

    /// Bytes from here to the end of the log; of compressed files those that they take.
    public mutating func bytesBehind() throws(LogReadError) -> Int64 {
        try noticeCut()
        return max(try walk.bytesBehind(offset), 0)
    }

    /// Passes lines over until at most `most` bytes are left; says how many lines.
    public mutating func passOver(beyond most: Int64) throws(LogReadError) -> UInt64 {
        var lines: UInt64 = 0
        try noticeCut()
        while true {
            let excess = try walk.bytesBehind(offset) - most
            guard excess > 0 else { return lines }
            let isFinished = try walk.isFinished()
            let end = isFinished ? try walk.text.length() : try walk.text.wholeLength()
            if isFinished, end - offset <= excess {
                lines += try walk.text.countLines(offset..<max(end, offset))
                guard try goToNewer() else { return lines }
                continue
            }
            let target = min(try walk.text.lineStart(behind: offset + excess), end)
            guard target > offset else { return lines }
            lines += try walk.text.countLines(offset..<target)
            move(to: target)
            return lines
        }
    }

    // MARK: Moving

    private mutating func move(to target: Int64) {
        offset = target
        pieces = []
        resume = SegmentResume()
        if walk.text.hasIdentity { place = walk.text.place(at: offset) }
    }

    private mutating func goToNewer() throws(LogReadError) -> Bool {
        guard try walk.goToNewer() else { return false }
        if walk.wasRemoved { isBehindGap = true }
        index = nil
        move(to: 0)
        return true
    }

    /// Where the file was emptied everything in it is new; where only its end was cut (an append that failed was taken
    /// back), what was read of it stays read.
    private mutating func noticeCut() throws(LogReadError) {
        guard try walk.text.wasCleared(behind: offset) else { return }
        let before = place.firstLine
        try walk.text.learnIdentity(again: true)
        if walk.text.hasIdentity, walk.text.identity.firstLine == before {
            return move(to: min(offset, try walk.text.wholeLength()))
        }
        isBehindGap = true
        walk = try SegmentWalk.oldest(path, isSingle: false)
        index = nil
        move(to: 0)
        if !walk.text.hasIdentity { place = .beginning }
    }

    // MARK: Reading

    private mutating func read(
        _ most: Int, isFinished: Bool, _ buffer: inout LogStretchBuffer
    ) throws(LogReadError) -> LogStretch? {
        guard wantsRecords else { return try readText(most, before: .max, isFinished: isFinished, &buffer) }
        if pieces.isEmpty { try plan(isFinished: isFinished) }
        while let piece = pieces.first {
            let starts = piece.starts.clamped(to: offset..<max(piecesEnd, offset))
            guard !starts.isEmpty else {
                pieces.removeFirst()
                continue
            }
            if let block = piece.block, starts.count <= Self.longestBlock, let index {
                pieces.removeFirst()
                if let found = try readBlock(block, index, starts, &buffer) { return found }
                continue
            }
            if let found = try readText(most, before: starts.upperBound, isFinished: isFinished, &buffer) {
                return found
            }
            pieces.removeFirst()
        }
        return nil
    }

    /// Asks the index what it has of the open file behind what it told before.
    private mutating func plan(isFinished: Bool) throws(LogReadError) {
        var losses: [LogLoss] = []
        let plan = try SegmentPlan(&walk, selection, nil, &selector, resume: resume, losses: &losses)
        let whole = isFinished ? plan.length : try walk.text.wholeLength()
        // Lines come before what the index says of them.
        piecesEnd = max(offset, plan.isOurs && !isFinished ? plan.resume.covered : min(plan.length, whole))
        pieces = plan.pieces[...]
        resume = plan.resume
        index = plan.index
    }

    private mutating func readBlock(
        _ block: Range<Int64>, _ index: SegmentIndex, _ starts: Range<Int64>, _ buffer: inout LogStretchBuffer
    ) throws(LogReadError) -> LogStretch? {
        if block.count <= Self.longestBlock {
            try index.records.descriptor.appendAll(at: block.lowerBound, block.count, to: &buffer.block, index.path)
        }
        while buffer.text.count < starts.count {
            let at = starts.lowerBound + Int64(buffer.text.count)
            if try readPart(at: at, atMost: Int(starts.upperBound - at), &buffer.text) == 0 { break }
        }
        guard let end = buffer.text.bytes.lastIndex(of: UInt8(ascii: "\n"), before: buffer.text.count) else {
            // Damaged: what stands there is passed over.
            isBehindGap = true
            advance(to: starts.upperBound)
            return nil
        }
        buffer.text.truncate(to: end + 1)
        advance(to: starts.upperBound)
        return LogStretch(base: starts.lowerBound, next: place, hasBlock: buffer.block.count > 0)
    }

    /// Reads lines that begin before `limit`.
    private mutating func readText(
        _ most: Int, before limit: Int64, isFinished: Bool, _ buffer: inout LogStretchBuffer
    ) throws(LogReadError) -> LogStretch? {
        var wanted = Int(min(Int64(most), max(limit - offset, 0)))
        var base = offset
        while true {
            while buffer.text.count < wanted {
                let at = base + Int64(buffer.text.count)
                if try readPart(at: at, atMost: wanted - buffer.text.count, &buffer.text) == 0 { break }
            }
            if offset != base {
                // Behind damage.
                base = offset
                wanted = Int(min(Int64(most), max(limit - offset, 0)))
                continue
            }
            if let end = buffer.text.bytes.lastIndex(of: UInt8(ascii: "\n"), before: buffer.text.count) {
                buffer.text.truncate(to: end + 1)
                advance(to: base + Int64(end) + 1)
                return LogStretch(base: base, next: place, hasBlock: false)
            }
            let isShort = buffer.text.count < wanted
            if buffer.text.count == 0 || isShort && !isFinished { return nil }
            if isShort || buffer.text.count >= Self.longestLine { return try takePartial(base, &buffer) }
            wanted = min(wanted * 2, Self.longestLine)
        }
    }

    /// A last line without its end, or the beginning of one that is too long.
    private mutating func takePartial(
        _ base: Int64, _ buffer: inout LogStretchBuffer
    ) throws(LogReadError) -> LogStretch {
        advance(to: try walk.text.lineStart(behind: base + Int64(buffer.text.count)))
        buffer.text.append(UInt8(ascii: "\n"))
        return LogStretch(base: base, next: place, hasBlock: false)
    }

    private mutating func advance(to target: Int64) {
        offset = target
        if let place = try? placeHere() { self.place = place }
    }

    private mutating func placeHere() throws(LogReadError) -> LogPlace? {
        try walk.text.learnIdentity()
        return walk.text.hasIdentity ? walk.text.place(at: offset) : nil
    }

    /// Reads a part; what cannot be unpacked is passed over.
    private mutating func readPart(
        at offset: Int64, atMost most: Int, _ text: inout ByteBuffer
    ) throws(LogReadError) -> Int {
        do {
            return try walk.text.read(at: offset, atMost: most, into: &text)
        } catch {
            guard case .compression = error.reason else { throw error }
            isBehindGap = true
            guard text.count == 0, let next = walk.text.resume(after: offset) else { return 0 }
            self.offset = next
            return 0
        }
    }
}
