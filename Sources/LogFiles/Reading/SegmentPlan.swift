import LogIndex
import Primitives
import SystemCalls

/// What of one file of a log has to be looked at for a selection, in pieces.
struct SegmentPlan: Sendable {
    /// Lines without an index are as exact as their seconds, and may stand a little out of order.
    private static let slack: Int64 = 2_000_000_000
    /// Below so many bytes lines are looked at one by one.
    private static let bisectionLimit: Int64 = 128 << 10
    private static let probeLength = 64 << 10

    let index: SegmentIndex?
    /// In the order of the text.
    let pieces: [SegmentPiece]
    /// Bytes of text, without a last line that is not whole where the log's writer is still at it.
    let length: Int64
    /// The log's writer keeps an index beside it.
    let isOurs: Bool
    /// It does not grow any more: another file is written, or will be.
    let isFinished: Bool
    /// A last line without a line end is a line.
    let includesPartial: Bool

    private let asksIndex: Bool

    /// So far everything was looked at: where the index decides and the file is still written, what it does not speak
    /// of yet comes later.
    var end: Int64 { asksIndex && isOurs && !isFinished ? min(resume.covered, length) : length }

    /// Where to go on when the file has grown.
    private(set) var resume: SegmentResume

    /// Plans the open file of `walk`, from where an earlier plan ended.
    init(
        _ walk: inout SegmentWalk, _ selection: LogSelection, _ matcher: BlockMatcher?, _ selector: inout LineSelector,
        resume start: SegmentResume = SegmentResume(), losses: inout [LogLoss]
    ) throws(LogReadError) {
        resume = start
        // Asked before anything is read: what is read of a finished file is all that it will ever have.
        let isRotated = walk.segment.number > 0 || walk.text.isCompressed
        isFinished = isRotated ? true : try walk.isFinished()
        let isLive = !isFinished
        asksIndex = selection.needsIndex
        let wantsIndex = selection.needsIndex || selection.hasTimes || selection.wantsRecords
        // A text that has lines has its index beside it, if it gets one at all.
        let isEmpty = wantsIndex && isLive ? try walk.text.length() == 0 : false
        // The index is read first: what it speaks of is then surely there.
        index = wantsIndex ? try walk.openIndex(from: start.directory) : nil
        isOurs = index != nil || Self.hasIndex(walk.segment)
        includesPartial = !isOurs
        length = try isEmpty ? 0 : isOurs ? walk.text.wholeLength() : walk.text.length()
        if let damage = walk.text.damage {
            losses.append(LogLoss(walk.segment.path, .damaged(damage), bytes: 0))
        }
        if let index {
            pieces = index.pieces(
                selection, matcher, length: length, isLive: isLive, textPath: walk.segment.path, resume: &resume,
                losses: &losses)
            return
        }
        if selection.needsIndex {
            if length > (isLive && isOurs ? SegmentIndex.tailLimit : 0) {
                losses.append(LogLoss(walk.segment.path, .noIndex, bytes: length))
            }
            pieces = []
            return
        }
        let starts = try Self.bounds(&walk.text, selection, &selector, length)
        pieces = [SegmentPiece(starts: starts, block: nil, knowsTimes: !selection.hasTimes)]
    }

    private static func hasIndex(_ segment: LogSegment) -> Bool {
        let status = try? Paths.status("\(segment.indexPath).idx")
        return status != nil
    }

    /// Where lines of the wanted times can stand, found by halving: a log's lines are in the order of their times.
    private static func bounds(
        _ text: inout SegmentText, _ selection: LogSelection, _ selector: inout LineSelector, _ length: Int64
    ) throws(LogReadError) -> Range<Int64> {
        guard selection.hasTimes, text.isRandomAccess else { return 0..<length }
        var lower: Int64 = 0
        var upper = length
        if let since = selection.since {
            let early = Timestamp(nanoseconds: since.nanoseconds.subtractingSaturated(slack))
            lower = try bisect(&text, &selector, 0..<length, early).lowerBound
        }
        if let until = selection.until {
            let late = Timestamp(nanoseconds: until.nanoseconds.addingSaturated(slack))
            upper = try bisect(&text, &selector, lower..<length, late).upperBound
        }
        return lower..<max(lower, upper)
    }

    /// A range within which lines go over from before `time` to `time` and later; short unless lines have no times.
    private static func bisect(
        _ text: inout SegmentText, _ selector: inout LineSelector, _ range: Range<Int64>, _ time: Timestamp
    ) throws(LogReadError) -> Range<Int64> {
        var (low, high) = (range.lowerBound, range.upperBound)
        var probe = ByteBuffer(capacity: probeLength)
        while high - low > bisectionLimit {
            let middle = low + (high - low) / 2
            probe.removeAll()
            do {
                _ = try text.read(at: middle, atMost: probeLength, into: &probe)
            } catch {
                guard case .compression = error.reason else { throw error }
                break
            }
            guard let found = firstTime(probe, &selector) else { break }
            if found < time { low = middle } else { high = middle }
        }
        return low..<high
    }

    private static func firstTime(_ probe: borrowing ByteBuffer, _ selector: inout LineSelector) -> Timestamp? {
        selector.firstTime(probe.bytes, isLineStart: false)
    }
}

extension Int64 {
    fileprivate func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    fileprivate func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? .min : difference
    }
}
