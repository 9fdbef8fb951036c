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
        /// Where its record stands in `records`, as JSON; empty where none is known or none was asked for.
        var record: Range<Int>
    }

    /// What is done with the lines.
    enum Form {
        /// One behind the other; places are not kept, so that adjacent lines are copied together.
        case text
        /// As JSON objects in place of the lines.
        case records
        /// With their places, and with their records where there are some.
        case places
    }

    private(set) var text = ByteBuffer(capacity: 64 << 10)
    private(set) var marks: [Mark] = []
    /// JSON objects of lines, one behind the other.
    private(set) var records = ByteBuffer(capacity: 64)
    private(set) var count = 0
    let form: Form

    init(_ form: Form) { self.form = form }

    mutating func removeAll() {
        text.removeAll()
        marks.removeAll(keepingCapacity: true)
        records.removeAll()
        count = 0
    }

    /// Appends the line of `lines` at `range`, which stand in the file at `base`. `object` is its record as JSON; where
    /// the form has records and there is none, one is made of the line's text.
    mutating func add(_ lines: RawSpan, _ range: Range<Int>, base: Int64, object: RawSpan = RawSpan()) {
        count += 1
        switch form {
        case .text: addText(lines, range)
        case .records:
            if object.byteCount > 0 {
                text.append(object)
            } else {
                StoredLineRenderer.append(plain: lines.extracting(range), to: &text)
            }
            text.append(UInt8(ascii: "\n"))
        case .places:
            let end = min(range.upperBound + 1, lines.byteCount)
            marks.append(
                Mark(
                    start: text.count, length: range.count, offset: base + Int64(range.lowerBound),
                    fileLength: Int64(end - range.lowerBound),
                    record: records.count..<records.count + object.byteCount))
            addText(lines, range)
            records.append(object)
        }
    }

    private mutating func addText(_ lines: RawSpan, _ range: Range<Int>) {
        text.append(lines.extracting(range))
        text.append(UInt8(ascii: "\n"))
    }

    /// Appends many lines of `lines`, in order.
    mutating func add(_ lines: RawSpan, _ ranges: [Range<Int>], base: Int64) {
        guard form == .text else {
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
            addText(lines, start..<end)
        }
        count += ranges.count
    }

    /// Appends all of `lines`, which end with a line end.
    mutating func addAll(_ lines: RawSpan, base: Int64) {
        guard form == .text else {
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
}
