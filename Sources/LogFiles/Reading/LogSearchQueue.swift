import Expressions
import LogIndex
import Primitives
import SystemCalls

/// Hands out the pieces of a log to the threads of a search, and keeps their results in order.
final class LogSearchQueue: @unchecked Sendable {
    /// Bytes of text that a thread takes at a time.
    private static let length: Int64 = 4 << 20

    /// Some pieces of one file.
    struct Work {
        /// Its place in the order of all.
        let ticket: Int
        let source: SegmentSource
        let index: SegmentIndex?
        let includesPartial: Bool
        let pieces: [SegmentPiece]
    }

    private struct Turns: Sendable {
        /// Whose results are wanted next.
        var turn = 0
        var failure: LogReadError?
        var isStopped = false
        var outcome = LogSearchOutcome()
    }

    private let turns = Monitor(Turns())
    private let selection: LogSelection
    private let matcher: BlockMatcher?
    // These are only touched with the lock of `turns` held.
    private var walk: SegmentWalk
    private var selector: LineSelector
    private var plan: SegmentPlan
    private var next = 0
    private var rest: SegmentPiece?
    private var tickets = 0

    init(_ walk: consuming SegmentWalk, _ selection: LogSelection) throws(LogReadError) {
        self.selection = selection
        matcher = selection.expression.map { BlockMatcher($0.tree, directory: selection.directory) }
        var selector = LineSelector(selection, scanner: nil)
        var walk = walk
        var losses: [LogLoss] = []
        plan = try SegmentPlan(&walk, selection, matcher, &selector, losses: &losses)
        self.walk = walk
        self.selector = selector
        turns.withLock { $0.outcome.losses = losses }
    }

    /// The next work; nil where there is no more, or none is wanted.
    func take() -> Work? {
        turns.withLock { turns in
            guard turns.failure == nil, !turns.isStopped else { return nil }
            do throws(LogReadError) {
                return try takeNext(&turns.outcome.losses)
            } catch {
                turns.failure = error
                return nil
            }
        }
    }

    private func takeNext(_ losses: inout [LogLoss]) throws(LogReadError) -> Work? {
        while rest == nil, next == plan.pieces.count {
            // What was still written when it was planned is the end of what the search was asked about: lines that
            // came since must not be found without those before them.
            guard plan.isFinished, try walk.goToNewer() else { return nil }
            plan = try SegmentPlan(&walk, selection, matcher, &selector, losses: &losses)
            next = 0
        }
        var taken: [SegmentPiece] = []
        var length: Int64 = 0
        while length < Self.length, let piece = takePiece(Self.length - length) {
            taken.append(piece)
            length += Int64(piece.starts.count)
        }
        tickets += 1
        return Work(
            ticket: tickets - 1, source: walk.text.source, index: plan.index, includesPartial: plan.includesPartial,
            pieces: taken)
    }

    /// The next piece, cut off where it is longer than `most` and can be cut.
    private func takePiece(_ most: Int64) -> SegmentPiece? {
        guard var piece = rest ?? (next < plan.pieces.count ? plan.pieces[next] : nil) else { return nil }
        if rest == nil { next += 1 }
        rest = nil
        guard piece.block == nil, Int64(piece.starts.count) > most else { return piece }
        let cut = piece.starts.lowerBound + most
        rest = SegmentPiece(starts: cut..<piece.starts.upperBound, block: nil, knowsTimes: piece.knowsTimes)
        piece.starts = piece.starts.lowerBound..<cut
        return piece
    }

    /// Waits for the ticket's turn and gives `lines` to `sink`; false where nothing more is wanted.
    func deliver(_ ticket: Int, _ lines: borrowing SelectedLines, to sink: any LogSearchSink) -> Bool {
        let isWanted = turns.wait { turns -> Bool? in
            if turns.failure != nil || turns.isStopped { return false }
            return turns.turn == ticket ? true : nil
        }
        guard isWanted == true else { return false }
        let goesOn = lines.count == 0 || sink.take(lines.text.bytes)
        turns.withLock { turns in
            turns.turn += 1
            turns.isStopped = !goesOn
            turns.outcome.found += lines.count
        }
        turns.notify()
        return goesOn
    }

    /// Ends the search: a thread could not go on.
    func fail(_ error: LogReadError) {
        turns.withLock { $0.failure = $0.failure ?? error }
        turns.notify()
    }

    /// What a thread had to leave out, once it is done.
    func add(_ losses: [LogLoss], exhausted: Int) {
        turns.withLock { turns in
            turns.outcome.losses.merge(losses)
            turns.outcome.exhausted += exhausted
        }
    }

    /// What all came to, once all threads are done.
    func outcome() throws(LogReadError) -> LogSearchOutcome {
        let (outcome, failure) = turns.withLock { ($0.outcome, $0.failure) }
        if let failure { throw failure }
        return outcome
    }
}

extension [LogLoss] {
    /// Adds losses; those of the same file and reason are one.
    mutating func merge(_ more: [LogLoss]) {
        for loss in more {
            if let place = firstIndex(where: { $0.path == loss.path && $0.reason == loss.reason }) {
                self[place].bytes += loss.bytes
            } else {
                append(loss)
            }
        }
    }
}
