import Expressions
import LogIndex
import Patterns
import Primitives
import SystemCalls

/// Gathers the lines of one page, forwards or backwards, over as many files as it takes.
struct PageGatherer: ~Copyable {
    /// Bytes that are looked at first, and at most, before it is looked whether they are enough.
    private static let firstStep: Int64 = 64 << 10
    private static let greatestStep: Int64 = 4 << 20

    private let selection: LogSelection
    private let limit: Int
    private let deadline: Int64
    private let matcher: BlockMatcher?
    private var selector: LineSelector
    private var texts = TextScan()
    private var blocks: BlockScan
    private var selected = SelectedLines(.places)
    private var step = firstStep
    private var page = LogLines()
    private var isBackward = false
    /// How far was looked, in the open file.
    private var reached: LogPlace?
    private var isOutOfPatience = false

    init(_ selection: LogSelection, _ path: String, limit: Int, deadline: Int64) throws(LogReadError) {
        self.selection = selection
        self.limit = limit
        self.deadline = deadline
        matcher = selection.expression.map { BlockMatcher($0.tree, directory: selection.directory) }
        selector = LineSelector(selection, scanner: try selection.scanner(path))
        blocks = BlockScan(selection)
    }

    /// Gathers from `offset` in the open file on.
    mutating func gatherForward(_ walk: inout SegmentWalk, from offset: Int64) throws(LogReadError) {
        var from = offset
        page.first = walk.text.place(at: offset)
        repeat {
            let plan = try SegmentPlan(&walk, selection, matcher, &selector, losses: &page.losses)
            for piece in plan.pieces {
                let starts = piece.starts.clamped(to: from..<max(from, plan.end))
                if try gather(piece, starts, plan, &walk) { return }
            }
            note(walk.text, at: max(from, plan.end))
            from = 0
            // What was still written may have grown, and been rotated since: the next page goes on in it.
            guard plan.isFinished else { return }
        } while try walk.goToNewer()
    }

    /// Gathers before `offset` in the open file, or before its end.
    mutating func gatherBackward(_ walk: inout SegmentWalk, to offset: Int64?) throws(LogReadError) {
        isBackward = true
        var to = offset
        repeat {
            let plan = try SegmentPlan(&walk, selection, matcher, &selector, losses: &page.losses)
            let end = min(to ?? plan.end, plan.end)
            if page.next == nil, walk.text.hasIdentity { page.next = walk.text.place(at: end) }
            for piece in plan.pieces.reversed() {
                if try gather(piece, piece.starts.clamped(to: 0..<end), plan, &walk) { return }
            }
            note(walk.text, at: 0)
            to = nil
        } while try walk.goToOlder()
    }

    /// The page, the oldest line first.
    mutating func finish() -> LogLines {
        page.more = page.lines.count > limit || isOutOfPatience
        if page.lines.count > limit {
            page.lines.removeLast(page.lines.count - limit)
            reached = isBackward ? page.lines.last?.place : page.lines.last?.next
        }
        if isBackward {
            page.lines.reverse()
            page.first = reached ?? page.next
        } else {
            page.next = reached ?? page.first
        }
        page.exhausted = selector.exhausted
        if selector.untimed > 0, let path = page.losses.first?.path ?? untimedPath {
            page.losses.append(LogLoss(path, .noTimes, bytes: selector.untimed))
        }
        return page
    }

    private var untimedPath: String?

    /// Looks at the lines that begin in `starts`; true once the page is full, or patience at its end.
    private mutating func gather(
        _ piece: SegmentPiece, _ starts: Range<Int64>, _ plan: SegmentPlan, _ walk: inout SegmentWalk
    ) throws(LogReadError) -> Bool {
        guard !starts.isEmpty else { return false }
        untimedPath = walk.segment.path
        if let index = plan.index, piece.block != nil {
            selected.removeAll()
            try blocks.scan(piece, index, &walk.text, &selector, into: &selected, losses: &page.losses)
            return take(starts, walk.text, reached: starts)
        }
        var rest = starts
        while !rest.isEmpty {
            let part =
                isBackward
                ? max(rest.lowerBound, rest.upperBound - step)..<rest.upperBound
                : rest.lowerBound..<min(rest.upperBound, rest.lowerBound + step)
            rest = isBackward ? rest.lowerBound..<part.lowerBound : part.upperBound..<rest.upperBound
            step = min(step * 2, Self.greatestStep)
            selected.removeAll()
            try texts.scan(
                &walk.text, part, &selector, knowsTimes: piece.knowsTimes, includesPartial: plan.includesPartial,
                into: &selected)
            page.losses += texts.takeLosses()
            if take(part, walk.text, reached: part) { return true }
        }
        return false
    }

    /// Takes what was selected into the page, in the direction of reading.
    private mutating func take(
        _ starts: Range<Int64>, _ text: borrowing SegmentText, reached: Range<Int64>
    ) -> Bool {
        for number in 0..<selected.marks.count {
            let mark = selected.marks[isBackward ? selected.marks.count - 1 - number : number]
            guard starts.contains(mark.offset) else { continue }
            page.lines.append(selected.line(mark, text))
            if page.lines.count > limit { return true }
        }
        note(text, at: isBackward ? reached.lowerBound : reached.upperBound)
        isOutOfPatience = Clocks.monotonic >= deadline
        return isOutOfPatience
    }
}

extension PageGatherer {
    /// Notes how far was looked. A file without a whole line has no places: what comes later is found from the end of
    /// the file before it.
    private mutating func note(_ text: borrowing SegmentText, at offset: Int64) {
        if text.hasIdentity { reached = text.place(at: offset) }
    }
}

extension LogSelection {
    /// What finds the lines that the pattern is met by.
    func scanner(_ path: String) throws(LogReadError) -> PatternScanner? {
        guard let pattern else { return nil }
        do {
            return try PatternScanner(pattern, ignoresCase: ignoresCase)
        } catch {
            throw LogReadError(path, .pattern(error))
        }
    }
}

extension SelectedLines {
    /// One line with the places around it.
    borrowing func line(_ mark: Mark, _ segment: borrowing SegmentText) -> LogLines.Line {
        let text = text.bytes.extracting(mark.start..<mark.start + mark.length)
        let record = records.bytes.extracting(mark.record)
        return LogLines.Line(
            text: text.array, record: record.byteCount > 0 ? record.array : nil, place: segment.place(at: mark.offset),
            next: segment.place(at: mark.offset + mark.fileLength))
    }
}

extension RawSpan {
    /// The bytes, copied.
    var array: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
