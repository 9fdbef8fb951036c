import Compression
import Primitives

/// Walks over the text of a file in pieces that fit the processor's cache and selects lines. One for each thread.
struct TextScan: ~Copyable {
    /// Bytes that are read at a time.
    static let chunkLength = 256 << 10
    /// Of a longer line only so many bytes are looked at.
    /// - Limit: a line that is searched | bytes | only so much of it is looked at
    static let lineLimit = 1 << 20
    private static let lookBackLength: Int64 = 8 << 10

    private var buffer = ByteBuffer(capacity: 2 * chunkLength)
    /// Where the buffer's first byte stands in the text.
    private var base: Int64 = 0
    private var isAtEnd = false
    /// Lines are looked for that begin before this place.
    private var end: Int64 = 0
    /// Where the text goes on behind damage.
    private var resumed: Int64?
    /// The line at the buffer's end was too long for it.
    private var isLineCut = false
    /// What had to be left out, since the last `takeLosses`.
    private var losses: [LogLoss] = []

    init() {}

    /// Selects among the lines that begin in `starts`, whole lines even where they end behind it. A last line without
    /// a line end is taken where `includesPartial`.
    mutating func scan(
        _ text: inout SegmentText, _ starts: Range<Int64>, _ selector: inout LineSelector, knowsTimes: Bool = false,
        includesPartial: Bool, into selected: inout SelectedLines
    ) throws(LogReadError) {
        var start = starts.lowerBound
        var isLineStart = start == 0
        end = starts.upperBound
        while start < end {
            resumed = nil
            if selector.checksTimes, !knowsTimes { try lookBack(&text, before: start, &selector) }
            try begin(&text, at: start, isLineStart: isLineStart)
            while base < end {
                let cut = try fill(&text, includesPartial: includesPartial)
                guard cut > 0 else { break }
                buffer.select(cut, base, &selector, knowsTimes: knowsTimes, into: &selected)
                drop(cut)
                if isLineCut { try passOverRest(&text) }
            }
            // Behind damage the text goes on with a frame, which begins with a line.
            guard let next = resumed else { return }
            start = next
            isLineStart = true
        }
    }

    /// Reads a little of what stands before `start`: the time of the last line there holds for lines without one.
    private mutating func lookBack(
        _ text: inout SegmentText, before start: Int64, _ selector: inout LineSelector
    ) throws(LogReadError) {
        buffer.removeAll()
        var at = max(0, start - Self.lookBackLength)
        do {
            // A line of its own begins at the beginning of the text.
            if at == 0 { buffer.append(UInt8(ascii: "\n")) }
            while at < start {
                let count = try text.read(at: at, atMost: Int(start - at), into: &buffer)
                if count == 0 { break }
                at += Int64(count)
            }
        } catch {
            guard case .compression = error.reason else { throw error }
            buffer.removeAll()
        }
        buffer.begin(&selector)
    }

    /// What was left out, and forgets it.
    mutating func takeLosses() -> [LogLoss] {
        defer { losses = [] }
        return losses
    }

    /// Goes to the first line that begins at `start` or behind.
    private mutating func begin(
        _ text: inout SegmentText, at start: Int64, isLineStart: Bool
    ) throws(LogReadError) {
        buffer.removeAll()
        isAtEnd = false
        isLineCut = false
        base = isLineStart ? start : start - 1
        if !isLineStart { try passOverLine(&text) }
    }

    /// Passes over what is left of a line.
    private mutating func passOverLine(_ text: inout SegmentText) throws(LogReadError) {
        while true {
            if let place = buffer.bytes.firstIndex(of: UInt8(ascii: "\n")) { return drop(place + 1) }
            drop(buffer.count)
            if isAtEnd { return }
            try readMore(&text)
        }
    }

    /// Reads until the buffer begins with whole lines that begin before `end`, and says how many bytes they are; 0 at
    /// the end of the text.
    private mutating func fill(_ text: inout SegmentText, includesPartial: Bool) throws(LogReadError) -> Int {
        // The last line is the one in which, or in front of whose end, the byte before `end` stands.
        let last = Int(clamping: end - base - 1)
        while true {
            if last < buffer.count, let cut = buffer.bytes.firstIndex(of: UInt8(ascii: "\n"), from: last) {
                return cut + 1
            }
            if buffer.count >= Self.chunkLength || isAtEnd || last < buffer.count,
                let cut = buffer.bytes.lastIndex(of: UInt8(ascii: "\n"), before: min(last, buffer.count))
            {
                return cut + 1
            }
            if isAtEnd {
                guard includesPartial, resumed == nil, buffer.count > 0 else { return 0 }
                buffer.append(UInt8(ascii: "\n"))
                return buffer.count
            }
            if buffer.count >= Self.lineLimit {
                isLineCut = true
                buffer.append(UInt8(ascii: "\n"))
                return buffer.count
            }
            try readMore(&text)
        }
    }

    /// Passes over the rest of a line that was cut off; its line end was not in the file.
    private mutating func passOverRest(_ text: inout SegmentText) throws(LogReadError) {
        isLineCut = false
        base -= 1
        let before = base
        try passOverLine(&text)
        note(LogLoss(text.path, .longLines, bytes: max(base - before - 1, 0)))
    }

    private mutating func drop(_ count: Int) {
        base += Int64(count)
        buffer.removeFirst(count)
    }

    /// Reads on at the buffer's end. Where the text is damaged this ends as at its end, and `resumed` says where it is
    /// whole again.
    private mutating func readMore(_ text: inout SegmentText) throws(LogReadError) {
        let place = base + Int64(buffer.count)
        do {
            isAtEnd = try text.read(at: place, atMost: Self.chunkLength, into: &buffer) == 0
        } catch {
            guard case .compression(let failure) = error.reason else { throw error }
            isAtEnd = true
            resumed = text.resume(after: place) ?? .max
            note(LogLoss(text.path, .damaged(failure), bytes: max(min(resumed ?? end, end) - place, 0)))
        }
    }

    private mutating func note(_ loss: LogLoss) {
        for index in losses.indices where losses[index].path == loss.path && losses[index].reason == loss.reason {
            losses[index].bytes += loss.bytes
            return
        }
        losses.append(loss)
    }
}

extension ByteBuffer {
    fileprivate borrowing func begin(_ selector: inout LineSelector) { selector.begin(behind: bytes) }

    fileprivate borrowing func select(
        _ cut: Int, _ base: Int64, _ selector: inout LineSelector, knowsTimes: Bool, into selected: inout SelectedLines
    ) {
        selector.select(bytes.extracting(0..<cut), base: base, knowsTimes: knowsTimes, into: &selected)
    }
}
