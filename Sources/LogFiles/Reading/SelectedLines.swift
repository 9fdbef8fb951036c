import Primitives

/// Lines that were selected, copied one behind the other, each with its line end.
struct SelectedLines: ~Copyable {
    /// Where a line stands in `text` and in the log's file.
    struct Mark {
        var start: Int
        /// Without the line end.
        var length: Int
        var offset: Int64
        /// Bytes from its beginning to the next line's in the file.
        var fileLength: Int64
        /// Where its record stands in `records`, as JSON.
        var record: Range<Int>?
    }

    private(set) var text = ByteBuffer(capacity: 64 << 10)
    private(set) var marks: [Mark] = []
    var records = ByteBuffer(capacity: 64)
    private(set) var count = 0
    /// Whether places are wanted; without them adjacent lines are copied together.
    let keepsMarks: Bool

    init(keepsMarks: Bool) { self.keepsMarks = keepsMarks }

    mutating func removeAll() {
        text.removeAll()
        marks.removeAll(keepingCapacity: true)
        records.removeAll()
        count = 0
    }

    /// Appends the line of `lines` at `range`, which stands in the file at `base` and behind.
    mutating func add(_ lines: RawSpan, _ range: Range<Int>, base: Int64, record: Range<Int>? = nil) {
        if keepsMarks {
            let end = min(range.upperBound + 1, lines.byteCount)
            marks.append(
                Mark(
                    start: text.count, length: range.count, offset: base + Int64(range.lowerBound),
                    fileLength: Int64(end - range.lowerBound), record: record))
        }
        text.append(lines.extracting(range))
        text.append(UInt8(ascii: "\n"))
        count += 1
    }

    /// Appends many lines of `lines`, in order.
    mutating func add(_ lines: RawSpan, _ ranges: [Range<Int>], base: Int64) {
        guard !keepsMarks else {
            for range in ranges { add(lines, range, base: base) }
            return
        }
        var index = 0
        while index < ranges.count {
            let start = ranges[index].lowerBound
            var end = ranges[index].upperBound
            index += 1
            while index < ranges.count, ranges[index].lowerBound == end + 1 {
                end = ranges[index].upperBound
                index += 1
            }
            text.append(lines.extracting(start..<end))
            text.append(UInt8(ascii: "\n"))
        }
        count += ranges.count
    }

    /// Appends all of `lines`, which end with a line end.
    mutating func addAll(_ lines: RawSpan, base: Int64) {
        guard !keepsMarks else {
            var start = 0
            while start < lines.byteCount {
                let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? lines.byteCount
                add(lines, start..<end, base: base)
                start = end + 1
            }
            return
        }
        text.append(lines)
        count += lines.count(of: UInt8(ascii: "\n"))
    }

    /// Appends text that stands for a line but is not the line, such as its record.
    mutating func addRendered(_ body: (inout ByteBuffer) -> Void) {
        body(&text)
        text.append(UInt8(ascii: "\n"))
        count += 1
    }
}
