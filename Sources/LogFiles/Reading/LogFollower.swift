import Expressions
import LogIndex
import Patterns
import Primitives
import SystemCalls

/// Follows a log: the selected lines as they are written, through rotation, compression and Clear Log. From inside of
/// the daemon or from another process, it only looks at the files.
///
/// Nothing is kept for a follower: it reads when it is asked, and what it has not read stays in the files. One that falls
/// too far behind, where it is made to keep up, passes lines over and says how many.
public struct LogFollower: ~Copyable {
    private let selection: LogSelection
    private let matcher: BlockMatcher?
    /// Bytes that it may be behind; nil: any number.
    private let greatestLag: Int64?
    private var walk: SegmentWalk
    private var selector: LineSelector
    private var texts = TextScan()
    private var blocks: BlockScan
    private var selected = SelectedLines(.places)
    /// How far the open file was read.
    private var offset: Int64
    private var resume = SegmentResume()
    private var changes: LogChanges

    /// Losses that were told already.
    private var told: [LogLoss] = []

    /// Follows the log of `reader` from `place` on, or from its present end; a place that is not there any more is an
    /// error.
    ///
    /// - Parameter greatestLag: bytes that it may be behind the end (16 MiB suit a live view); nil reads everything.
    public init(
        _ reader: LogReader, _ selection: LogSelection, from place: LogPlace? = nil, greatestLag: Int64? = nil
    ) throws(LogReadError) {
        let matcher = selection.expression.map { BlockMatcher($0.tree, directory: selection.directory) }
        let selector = LineSelector(selection, scanner: try selection.scanner(reader.path))
        var walk = try Self.walk(reader, place)
        let end = try walk.text.wholeLength()
        self.selection = selection
        self.matcher = matcher
        self.greatestLag = greatestLag
        self.selector = selector
        self.walk = walk
        offset = place.map { min($0.offset, end) } ?? end
        blocks = BlockScan(selection)
        changes = LogChanges(path: reader.path)
    }

    private static func walk(_ reader: LogReader, _ place: LogPlace?) throws(LogReadError) -> SegmentWalk {
        guard let place else { return try SegmentWalk.newest(reader.path, isSingle: reader.isSingle) }
        guard let walk = try SegmentWalk.at(place, reader.path, isSingle: reader.isSingle) else {
            throw LogReadError(reader.path, .placeGone)
        }
        return walk
    }

    /// Waits at most `milliseconds` until there may be something new; a signal ends it early.
    public mutating func wait(milliseconds: Int32) { changes.wait(milliseconds: milliseconds) }

    /// The selected lines since the last call, at most `limit`; none where nothing was written. `more` says that it can
    /// be asked again at once.
    public mutating func next(limit: Int = 10_000) throws(LogReadError) -> LogLines {
        var page = LogLines()
        if let greatestLag { try keepUp(greatestLag, &page) }
        while true {
            // Asked before the file is read: one that was rotated by then does not grow any more.
            let isFinished = try walk.isFinished()
            try noticeClearing(&page)
            page.more = try !gather(limit, isFinished: isFinished, &page)
            guard !page.more, isFinished, try goToNewer(&page) else { break }
        }
        page.next = walk.text.hasIdentity ? walk.text.place(at: offset) : nil
        page.exhausted = selector.exhausted
        page.losses.removeAll { loss in told.contains { $0.path == loss.path && $0.reason == loss.reason } }
        told.merge(page.losses)
        return page
    }

    private mutating func goToNewer(_ page: inout LogLines) throws(LogReadError) -> Bool {
        guard try walk.goToNewer() else { return false }
        if walk.wasRemoved { page.wasCut = true }
        offset = 0
        resume = SegmentResume()
        return true
    }

    /// Begins again where the file was emptied.
    private mutating func noticeClearing(_ page: inout LogLines) throws(LogReadError) {
        guard try walk.text.wasCleared(behind: offset) else { return }
        page.wasCut = true
        walk = try SegmentWalk.newest(walk.path, isSingle: walk.isSingle)
        offset = 0
        resume = SegmentResume()
    }

    /// Gathers from the open file; false where the page is full.
    private mutating func gather(
        _ limit: Int, isFinished: Bool, _ page: inout LogLines
    ) throws(LogReadError) -> Bool {
        try walk.text.learnIdentity()
        let plan = try SegmentPlan(&walk, selection, matcher, &selector, resume: resume, losses: &page.losses)
        // Lines come before what the index says of them.
        let asksIndex = (selection.needsIndex || selection.wantsRecords) && plan.isOurs
        let whole = isFinished ? plan.length : try walk.text.wholeLength()
        let end = max(offset, asksIndex && !isFinished ? plan.resume.covered : min(plan.length, whole))
        for piece in plan.pieces {
            let starts = piece.starts.clamped(to: offset..<end)
            guard !starts.isEmpty else { continue }
            selected.removeAll()
            if let index = plan.index, piece.block != nil {
                try blocks.scan(piece, index, &walk.text, &selector, into: &selected, losses: &page.losses)
                guard take(starts, limit, &page) else { return false }
            } else {
                guard try gatherText(piece, starts, plan, limit, &page) else { return false }
            }
        }
        offset = end
        resume = plan.resume
        return true
    }

    private mutating func gatherText(
        _ piece: SegmentPiece, _ starts: Range<Int64>, _ plan: SegmentPlan, _ limit: Int, _ page: inout LogLines
    ) throws(LogReadError) -> Bool {
        for start in stride(from: starts.lowerBound, to: starts.upperBound, by: 1 << 20) {
            selected.removeAll()
            let part = start..<min(start + 1 << 20, starts.upperBound)
            // A line that is not whole yet comes when it is.
            try texts.scan(
                &walk.text, part, &selector, knowsTimes: piece.knowsTimes, includesPartial: false, into: &selected)
            page.losses.merge(texts.takeLosses())
            guard take(part, limit, &page) else { return false }
        }
        return true
    }

    /// Takes what was selected into the page; false once it is full, and then it goes on behind its last line.
    private mutating func take(_ starts: Range<Int64>, _ limit: Int, _ page: inout LogLines) -> Bool {
        for mark in selected.marks where starts.contains(mark.offset) {
            let line = selected.line(mark, walk.text)
            page.lines.append(line)
            if page.lines.count >= limit {
                offset = line.next.offset
                return false
            }
        }
        return true
    }
}

// MARK: Keeping up

extension LogFollower {
    /// Passes lines over and counts them, where it is too far behind.
    private mutating func keepUp(_ greatestLag: Int64, _ page: inout LogLines) throws(LogReadError) {
        guard try walk.bytesBehind(offset) > greatestLag else { return }
        while try walk.isFinished() {
            page.missed += try walk.text.countLines(offset..<walk.text.length())
            guard try goToNewer(&page) else { return }
        }
        let target = try walk.text.wholeLength() - greatestLag / 4
        guard target > offset else { return }
        let lines = try walk.text.countLines(offset..<target)
        page.missed += lines
        // The line that was counted last ends behind the target, or before it.
        offset = try walk.text.lineStart(behind: target)
        resume = SegmentResume()
    }
}

/// Tells that a log's files have changed: by the kernel's word, or where it gives none, by waiting a little.
private struct LogChanges: ~Copyable {
    /// Without the kernel's word it is looked this often; it is also how often it is looked in any case, for files on
    /// network drives change without it.
    private static let pollInterval: Int32 = 200

    private var watch = FileWatch()
    private let isWatching: Bool

    init(path: String) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        isWatching = (try? watch.add(folder, tellsGrowing: true)) != nil
    }

    mutating func wait(milliseconds: Int32) {
        let most = min(max(milliseconds, 0), Self.pollInterval)
        if isWatching {
            _ = try? watch.next(milliseconds: most)
        } else {
            var nothing = Poll()
            _ = try? nothing.wait(milliseconds: most)
        }
    }
}
