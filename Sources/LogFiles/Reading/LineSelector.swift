import Patterns
import Primitives

/// Selects lines by what their text says: the pattern, and where no index has told it their time. One for each thread.
struct LineSelector: ~Copyable {
    /// Lines that are looked back on for the time of a line that has none, as those of a stack trace.
    private static let lookBack = 64

    private let scanner: PatternScanner?
    private let since: Timestamp?
    private let until: Timestamp?
    private(set) var times: LineTime
    private var found: [Range<Int>] = []
    /// Whether the time of the last line that had one is in the range: it holds for lines behind it that have none.
    private var inForce: Bool?
    /// Bytes of lines of which it could not be known whether they are in the range.
    private(set) var untimed: Int64 = 0

    init(_ selection: LogSelection, scanner: PatternScanner?) {
        self.scanner = scanner
        since = selection.since
        until = selection.until
        times = LineTime(zone: selection.zone)
    }

    /// Lines on which the regular expression gave up; they count as not matching.
    var exhausted: Int { scanner?.exhausted ?? 0 }

    /// Adds the selected ones of `lines`, which end with a line end and stand in the file at `base`.
    mutating func select(_ lines: RawSpan, base: Int64, knowsTimes: Bool, into selected: inout SelectedLines) {
        let checksTimes = !knowsTimes && (since != nil || until != nil)
        guard let scanner else {
            if !checksTimes { return selected.addAll(lines, base: base) }
            return selectByTime(lines, base, into: &selected)
        }
        found.removeAll(keepingCapacity: true)
        scanner.scan(lines, into: &found)
        if !checksTimes { return selected.add(lines, found, base: base) }
        for range in found where isInRange(lines, range) { selected.add(lines, range, base: base) }
        settle(lines)
    }

    /// Whether a line whose time is known meets the pattern.
    func meetsPattern(_ line: RawSpan) -> Bool { scanner?.matches(line) ?? true }

    private mutating func selectByTime(_ lines: RawSpan, _ base: Int64, into selected: inout SelectedLines) {
        var start = 0
        while start < lines.byteCount {
            let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? lines.byteCount
            if let time = times.read(lines.extracting(start..<end)) { inForce = contains(time) }
            if inForce == true { selected.add(lines, start..<end, base: base) }
            if inForce == nil { untimed += Int64(end + 1 - start) }
            start = end + 1
        }
    }

    /// Begins behind `lines`, whose first bytes may be in the middle of a line; no bytes at the beginning of a text.
    mutating func begin(behind lines: RawSpan) {
        inForce = nil
        let start = lines.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? lines.byteCount
        settle(lines.extracting(start..<lines.byteCount))
    }

    /// Whether lines are chosen by the times that stand in them.
    var checksTimes: Bool { since != nil || until != nil }

    /// Notes the last time among `lines`, if there is one near their end.
    private mutating func settle(_ lines: RawSpan) {
        var end = lines.byteCount
        for _ in 0..<Self.lookBack where end > 0 {
            let start = lines.lastIndex(of: UInt8(ascii: "\n"), before: end - 1).map { $0 + 1 } ?? 0
            if let time = times.read(lines.extracting(start..<end)) {
                inForce = contains(time)
                return
            }
            end = start
        }
    }

    /// Whether the line's time, or that of the last line before it that has one, is in the range.
    private mutating func isInRange(_ lines: RawSpan, _ range: Range<Int>) -> Bool {
        var line = range
        for _ in 0..<Self.lookBack {
            if let time = times.read(lines.extracting(line)) { return contains(time) }
            guard line.lowerBound > 0 else {
                if let inForce { return inForce }
                break
            }
            let end = line.lowerBound - 1
            let start = lines.lastIndex(of: UInt8(ascii: "\n"), before: end).map { $0 + 1 } ?? 0
            line = start..<end
        }
        untimed += Int64(range.count + 1)
        return false
    }

    private func contains(_ time: Timestamp) -> Bool {
        if let since, time < since { return false }
        if let until, time >= until { return false }
        return true
    }

    /// The first time among `lines`, whose first bytes may be in the middle of a line.
    mutating func firstTime(_ lines: RawSpan, isLineStart: Bool) -> Timestamp? {
        var start = 0
        if !isLineStart {
            guard let end = lines.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            start = end + 1
        }
        while start < lines.byteCount {
            let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? lines.byteCount
            if let time = times.read(lines.extracting(start..<end)) { return time }
            start = end + 1
        }
        return nil
    }
}
