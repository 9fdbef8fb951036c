import LogIndex
import Primitives
import SystemCalls

extension LiveLogFile {
    /// Looks at the files as somebody left them and makes them agree: a half line is cut; of the index what is torn, or
    /// speaks of more than the text has; blocks without a record in the directory get it, lines without a block get one.
    ///
    /// Reads the directory and what is not in it yet: some milliseconds, unless the index is lost.
    func recover() throws(SystemCallError) -> LogRecovery {
        var recovery = LogRecovery()
        let size = try text.status().size
        let whole = try endOfLastLine(before: size)
        if whole < size {
            try text.truncate(to: whole)
            recovery.cutText = size - whole
        }
        resume(textSize: whole, lineCount: 0)
        if let index {
            let known = try mend(index, whole, &recovery)
            resume(textSize: whole, lineCount: known.lines)
            try indexRest(index, from: known.bytes, &recovery)
        }
        return recovery
    }

    /// How far the index reaches.
    private struct Known {
        var bytes: Int64 = 0
        var lines: Int64 = 0
    }

    /// Blocks of which so many bytes of records or less follow are read and checked when the log is opened: what a loss of
    /// power can have left unwritten.
    private static var checkedRecords: Int64 { 8 << 20 }

    /// The place behind the last line end before `size`; 0 where there is none.
    private func endOfLastLine(before size: Int64) throws(SystemCallError) -> Int64 {
        var end = size
        while end > 0 {
            let start = max(end - 64 << 10, 0)
            let bytes = try text.contents(of: start..<end)
            if let place = bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + Int64(place) + 1 }
            end = start
        }
        return 0
    }

    /// Cuts the index behind what is whole and fits the text of `size` bytes.
    private func mend(
        _ index: LiveIndexFiles, _ size: Int64, _ recovery: inout LogRecovery
    ) throws(SystemCallError) -> Known {
        let indexSize = try index.index.status().size
        let recordsSize = try index.records.status().size
        var known = Known()
        var kept: (records: Int64, index: Int64) = (0, 0)
        let bytes = try index.index.contents(of: 0..<indexSize)
        var directory = IndexDirectory()
        while let block = directory.next(bytes.span.bytes) {
            guard block.lineOffset == UInt64(known.bytes), block.lineNumber == UInt64(known.lines),
                block.recordOffset == UInt64(kept.records),
                let lines = Int64(exactly: block.lineBytes), lines <= size - known.bytes,
                Int64(block.recordLength) <= recordsSize - kept.records
            else { break }
            if recordsSize - kept.records <= LiveLogFile.checkedRecords {
                let whole = try index.records.contents(of: kept.records..<kept.records + Int64(block.recordLength))
                guard (try? BlockFacts(whole.span.bytes)) != nil else { break }
            }
            known.bytes += lines
            known.lines += Int64(block.lineCount)
            kept = (kept.records + Int64(block.recordLength), Int64(directory.position))
        }
        // Another text has taken the place of ours where the last line of the index does not end where it says.
        if known.bytes > 0, try text.contents(of: known.bytes - 1..<known.bytes) != [UInt8(ascii: "\n")] {
            (known, kept) = (Known(), (0, 0))
        }
        try index.resume(recordsSize: kept.records, indexSize: kept.index)
        try adoptBlocks(index, recordsSize, size, &known)
        recovery.cutIndex = (indexSize - kept.index) + (recordsSize - index.recordsSize)
        try index.cutBack()
        return known
    }

    /// Gives the blocks behind the directory's last one their records, as far as they are whole.
    private func adoptBlocks(
        _ index: LiveIndexFiles, _ recordsSize: Int64, _ size: Int64, _ known: inout Known
    ) throws(SystemCallError) {
        while index.recordsSize < recordsSize {
            let header = try index.records.contents(
                of: index.recordsSize..<min(index.recordsSize + 16, recordsSize))
            let length = Int64(header.span.bytes.holds(16, at: 0) ? header.span.bytes.little32(at: 8) : 0)
            guard length > 0, length <= recordsSize - index.recordsSize else { return }
            let block = try index.records.contents(of: index.recordsSize..<index.recordsSize + length)
            guard let facts = try? BlockFacts(block.span.bytes), facts.lineOffset == UInt64(known.bytes),
                facts.lineNumber == UInt64(known.lines), let lines = Int64(exactly: facts.lineBytes),
                lines <= size - known.bytes, try index.adopt(block.span.bytes)
            else { return }
            known.bytes += lines
            known.lines += Int64(facts.lineCount)
        }
    }

    /// Makes blocks for the lines from `start` on, which have none.
    private func indexRest(
        _ index: LiveIndexFiles, from start: Int64, _ recovery: inout LogRecovery
    ) throws(SystemCallError) {
        var offset = start
        var rebuilder = IndexRebuilder(zone: zone, kind: kind)
        var builder = IndexBlockBuilder(seed: .random(in: 0 ... .max))
        var block = ByteBuffer()
        var most = Int64(LogChunk.textLength)
        while offset < textSize {
            let piece = try text.contents(of: offset..<min(offset + most, textSize))
            let length = rebuilder.read(piece.span.bytes, into: &builder, atMost: LogChunk.lineCount)
            // A line that is longer than the piece: the text ends with a line end, so that a longer one has it whole.
            guard length > 0 else {
                most *= 2
                continue
            }
            let lines = builder.count
            block.removeAll()
            builder.finish(into: &block)
            try index.append(&block, lineOffset: offset, lineNumber: lineCount)
            resume(textSize: textSize, lineCount: lineCount + Int64(lines))
            offset += Int64(length)
        }
        recovery.indexedLines = rebuilder.counts.lines
        recovery.unreadableLines = rebuilder.counts.unreadPackets + rebuilder.counts.withoutTime
    }
}
