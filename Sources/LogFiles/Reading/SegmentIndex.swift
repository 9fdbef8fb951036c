import Expressions
import LogIndex
import Primitives
import SystemCalls

/// A stretch of a file's text that is looked at in one go.
struct SegmentPiece: Sendable {
    /// Where its lines begin.
    var starts: Range<Int64>
    /// What the index has of them, in the file of records, where lines are chosen by that.
    var block: Range<Int64>?
    /// Whether the times of the lines need no look: all are in the range, or none is asked for.
    var knowsTimes: Bool
}

/// How far an index was looked at: a follower goes on from there.
struct SegmentResume: Sendable {
    /// Bytes of the directory.
    var directory: Int64 = 0
    /// Bytes of text that the index speaks of.
    var covered: Int64 = 0
}

/// What the index says of one file of a log.
struct SegmentIndex: Sendable {
    /// Bytes of a directory that are read at most.
    private static let directoryLimit: Int64 = 1 << 30
    /// A writer appends lines first and what the index says of them next: so many bytes at the end of the file that is
    /// written are not missing but on their way.
    static let tailLimit: Int64 = 1 << 20

    /// The file of records.
    let records: SharedFile
    let path: String
    private let directory: [UInt8]

    /// Opens the index beside a file of a log; nil where there is none. Reads the directory from `start` on, where a
    /// record of it begins.
    init?(beside segment: LogSegment, from start: Int64 = 0) throws(LogReadError) {
        path = "\(segment.indexPath).rec"
        let directoryPath = "\(segment.indexPath).idx"
        do {
            records = try SharedFile(opening: path)
            let file = try FileDescriptor(reading: directoryPath)
            let size = try file.checkedStatus(directoryPath).size
            directory = try file.contents(of: min(start, size)..<min(size, start + Self.directoryLimit))
        } catch let error as SystemCallError {
            throw LogReadError(directoryPath, .call(error))
        } catch let error as LogReadError {
            if case .call(let failure) = error.reason, failure.errno == .noSuchFile { return nil }
            throw error
        } catch {
            return nil
        }
    }

    /// The pieces of a text of `length` bytes in which selected lines may be, in order.
    func pieces(
        _ selection: LogSelection, _ matcher: BlockMatcher?, length: Int64, isLive: Bool, textPath: String,
        resume: inout SegmentResume, losses: inout [LogLoss]
    ) -> [SegmentPiece] {
        var cutter = PieceCutter(selection, matcher, covered: resume.covered)
        defer {
            resume.covered = cutter.covered
            resume.directory += Int64(cutter.position)
        }
        let bytes = directory.span.bytes
        var walk = IndexDirectory()
        while let summary = walk.next(bytes) {
            // Behind the text: it was cleared since, or the index is another's.
            guard cutter.add(summary, bytes, length: length) else { break }
            cutter.position = walk.position
        }
        if let damage = walk.damage, !(isLive && damage.reason == .torn), cutter.covered < length {
            losses.append(
                LogLoss(textPath, .damagedIndex(damage.description), bytes: length - cutter.covered))
        } else if selection.needsIndex {
            let missing = cutter.gaps + length - cutter.covered
            if missing > (isLive ? Self.tailLimit : 0) { losses.append(LogLoss(textPath, .noIndex, bytes: missing)) }
        }
        return cutter.pieces(upTo: length)
    }
}

/// Cuts a text into pieces by what the directory of its index says.
private struct PieceCutter {
    private let selection: LogSelection
    private let matcher: BlockMatcher?
    private var pieces: [SegmentPiece] = []
    /// The index speaks of text up to here.
    private(set) var covered: Int64
    /// Bytes of the directory that were read.
    var position = 0
    /// Bytes before it that the index does not speak of.
    private(set) var gaps: Int64 = 0

    init(_ selection: LogSelection, _ matcher: BlockMatcher?, covered: Int64) {
        self.selection = selection
        self.matcher = matcher
        self.covered = covered
    }

    /// Takes the next block; false where it does not belong to the text.
    mutating func add(_ summary: BlockSummary, _ bytes: RawSpan, length: Int64) -> Bool {
        guard let start = Int64(exactly: summary.lineOffset), start >= covered, start <= length,
            Int64(clamping: summary.lineBytes) <= length - start,
            let record = Int64(exactly: summary.recordOffset), record <= .max - Int64(summary.recordLength)
        else { return false }
        addGap(to: start)
        let end = start + Int64(summary.lineBytes)
        covered = end
        guard mayMatch(summary, bytes) else { return true }
        let isInside =
            selection.since.map { summary.earliest >= $0 } ?? true
            && selection.until.map { summary.latest < $0 } ?? true
        if selection.needsIndex || selection.wantsRecords || !isInside {
            let block = record..<record + Int64(summary.recordLength)
            pieces.append(SegmentPiece(starts: start..<end, block: block, knowsTimes: isInside))
        } else {
            addPlain(start..<end, knowsTimes: true)
        }
        return true
    }

    /// The pieces, the rest of the text among them where the index is not needed.
    func pieces(upTo length: Int64) -> [SegmentPiece] {
        var whole = self
        whole.addGap(to: length)
        return whole.pieces
    }

    private func mayMatch(_ summary: BlockSummary, _ bytes: RawSpan) -> Bool {
        if let kinds = selection.kinds, kinds.isDisjoint(with: summary.kinds) { return false }
        if let since = selection.since, summary.latest < since { return false }
        if let until = selection.until, summary.earliest >= until { return false }
        return matcher?.mayMatch(summary, bytes) ?? true
    }

    private mutating func addGap(to end: Int64) {
        guard end > covered else { return }
        let gap = covered..<end
        covered = end
        gaps += Int64(gap.count)
        if !selection.needsIndex { addPlain(gap, knowsTimes: !selection.hasTimes) }
    }

    private mutating func addPlain(_ starts: Range<Int64>, knowsTimes: Bool) {
        guard !starts.isEmpty else { return }
        if let last = pieces.last, last.block == nil, last.knowsTimes == knowsTimes,
            last.starts.upperBound == starts.lowerBound
        {
            pieces[pieces.count - 1].starts = last.starts.lowerBound..<starts.upperBound
        } else {
            pieces.append(SegmentPiece(starts: starts, block: nil, knowsTimes: knowsTimes))
        }
    }
}
