import Expressions
import LogIndex
import Primitives

/// Selects lines by what the index holds of them. One for each thread.
struct BlockScan: ~Copyable {
    /// Bytes that a block and its lines may have; a writer's blocks have some hundred KiB.
    private static let limit = 64 << 20

    private var filter: StoredLineFilter
    private var reader = IndexBlockReader()
    private var block = ByteBuffer(capacity: 64)
    private var text = ByteBuffer(capacity: 64)
    private var lines: [StoredLine] = []
    private var renderer: StoredLineRenderer

    init(_ selection: LogSelection) {
        filter = StoredLineFilter(selection)
        renderer = StoredLineRenderer(selection)
    }

    /// Selects among the lines of a piece that has a block.
    mutating func scan(
        _ piece: SegmentPiece, _ index: SegmentIndex, _ segment: inout SegmentText, _ selector: inout LineSelector,
        into selected: inout SelectedLines, losses: inout [LogLoss]
    ) throws(LogReadError) {
        guard let place = piece.block else { return }
        if let damage = try read(place, index, knowsTimes: piece.knowsTimes) {
            losses.append(LogLoss(segment.path, .damagedIndex(damage.description), bytes: Int64(piece.starts.count)))
        }
        guard let first = lines.first, let last = lines.last else { return }
        let start = Int64(clamping: first.offset)
        let end = Int64(clamping: last.offset &+ UInt64(last.length))
        guard start >= piece.starts.lowerBound, end <= piece.starts.upperBound, start <= end,
            end - start <= Self.limit
        else {
            losses.append(LogLoss(segment.path, .damagedIndex("it speaks of lines elsewhere"), bytes: 0))
            return
        }
        text.removeAll()
        do {
            while text.count < Int(end - start) {
                let place = start + Int64(text.count)
                if try segment.read(at: place, atMost: Int(end - place), into: &text) == 0 { break }
            }
        } catch {
            guard case .compression(let failure) = error.reason else { throw error }
            losses.append(LogLoss(segment.path, .damaged(failure), bytes: end - start - Int64(text.count)))
        }
        Self.add(lines, from: start, text, block, &reader, &renderer, &selector, into: &selected)
    }

    /// Reads a block and gathers the lines that its records select; says what is wrong with it.
    private mutating func read(
        _ place: Range<Int64>, _ index: SegmentIndex, knowsTimes: Bool
    ) throws(LogReadError) -> IndexDamage? {
        lines.removeAll(keepingCapacity: true)
        guard place.count <= Self.limit else { return IndexDamage(.contradiction, at: 0) }
        block.removeAll()
        try index.records.descriptor.appendAll(at: place.lowerBound, place.count, to: &block, index.path)
        do {
            try Self.gather(&reader, &filter, block, knowsTimes: knowsTimes, into: &lines)
            return reader.damage
        } catch {
            return error
        }
    }

    private static func gather(
        _ reader: inout IndexBlockReader, _ filter: inout StoredLineFilter, _ block: borrowing ByteBuffer,
        knowsTimes: Bool, into lines: inout [StoredLine]
    ) throws(IndexDamage) {
        try reader.open(block.bytes)
        filter.begin(reader, block.bytes)
        while let line = reader.next(block.bytes) {
            if filter.selects(line, &reader, block.bytes, knowsTimes: knowsTimes) { lines.append(line) }
        }
    }

    /// Adds those of `lines` that meet the pattern; their text stands in `text`, which begins at `start`.
    private static func add(
        _ lines: [StoredLine], from start: Int64, _ text: borrowing ByteBuffer, _ block: borrowing ByteBuffer,
        _ reader: inout IndexBlockReader, _ renderer: inout StoredLineRenderer, _ selector: inout LineSelector,
        into selected: inout SelectedLines
    ) {
        renderer.begin(reader, block.bytes)
        for stored in lines {
            let place = Int(Int64(clamping: stored.offset) - start)
            // Cut off where the text is damaged.
            guard stored.length > 0, text.bytes.holds(stored.length, at: place) else { continue }
            let end = place + stored.length
            let isEnded = text.bytes.byte(at: end - 1) == UInt8(ascii: "\n")
            let range = place..<(isEnded ? end - 1 : end)
            guard selector.meetsPattern(text.bytes.extracting(range)) else { continue }
            let line = text.bytes.extracting(range)
            selected.add(
                text.bytes, range, base: start, object: renderer.object(stored, &reader, block.bytes, line))
        }
    }
}

/// What a selection asks of the records.
private struct StoredLineFilter: ~Copyable {
    private let kinds: RecordKinds?
    private let since: Timestamp?
    private let until: Timestamp?
    private var program: StoredSelection?

    init(_ selection: LogSelection) {
        kinds = selection.kinds
        since = selection.since
        until = selection.until
        program = Self.program(selection)
    }

    private static func program(_ selection: LogSelection) -> StoredSelection? {
        guard let expression = selection.expression else { return nil }
        return StoredSelection(expression.tree, directory: selection.directory)
    }

    mutating func begin(_ reader: borrowing IndexBlockReader, _ block: RawSpan) {
        if program != nil { program!.begin(reader, block) }
    }

    mutating func selects(
        _ line: StoredLine, _ reader: inout IndexBlockReader, _ block: RawSpan, knowsTimes: Bool
    ) -> Bool {
        if let kinds, !kinds.contains(RecordKinds(line.kind)) { return false }
        if !knowsTimes {
            if let since, line.time < since { return false }
            if let until, line.time >= until { return false }
        }
        return program == nil || program!.matches(line, &reader, block)
    }
}
