import Patterns
import Primitives

/// One thread of a search.
struct LogSearchWorker: ~Copyable {
    private let queue: LogSearchQueue
    private var selector: LineSelector
    private var texts = TextScan()
    private var blocks: BlockScan
    private var selected: SelectedLines
    private var losses: [LogLoss] = []

    init(_ queue: LogSearchQueue, _ selection: LogSelection, scanner: PatternScanner?) {
        self.queue = queue
        selector = LineSelector(selection, scanner: scanner)
        blocks = BlockScan(selection)
        selected = SelectedLines(selection.wantsRecords ? .records : .text)
    }

    /// Works until there is no more.
    consuming func run(into sink: any LogSearchSink) {
        do throws(LogReadError) {
            var path: String?
            while let work = queue.take() {
                path = work.source.path
                try scan(work)
                guard queue.deliver(work.ticket, selected, to: sink) else { break }
            }
            if selector.untimed > 0, let path {
                losses.merge([LogLoss(path, .noTimes, bytes: selector.untimed)])
            }
        } catch {
            queue.fail(error)
        }
        queue.add(losses, exhausted: selector.exhausted)
    }

    private mutating func scan(_ work: LogSearchQueue.Work) throws(LogReadError) {
        var text = try SegmentText.reading(work.source)
        selected.removeAll()
        for piece in work.pieces {
            if let index = work.index, piece.block != nil {
                try blocks.scan(piece, index, &text, &selector, into: &selected, losses: &losses)
            } else {
                try texts.scan(
                    &text, piece.starts, &selector, knowsTimes: piece.knowsTimes,
                    includesPartial: work.includesPartial, into: &selected)
                losses.merge(texts.takeLosses())
            }
        }
    }
}
