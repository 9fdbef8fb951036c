import Primitives

/// Finds the lines of a buffer that a regular expression meets, many lines at a time.
///
/// Hyperscan walks over the whole buffer and stops at lines that may match; PCRE2 (`Pattern`) decides on those, so
/// that the answer is PCRE2's for every line. A plain text needs no second opinion. What Hyperscan cannot express,
/// and lines with bytes that are not ASCII, go to PCRE2 alone.
///
/// Scanning allocates nothing but room in the caller's array. One scanner is used by one thread at a time; `twin`
/// makes another one for a second thread.
public final class PatternScanner: Sendable {
    /// Who finds the lines.
    public enum Method: Hashable, Sendable {
        /// Hyperscan alone: the pattern is a text as it stands.
        case text
        /// Hyperscan finds candidates, PCRE2 decides.
        case candidates
        /// PCRE2 looks at each line.
        case everyLine
    }

    /// Bytes that one scan may have at most.
    public static let bufferLimit = 1 << 30

    public let method: Method
    private let pattern: Pattern
    private let database: CandidateDatabase?
    private let finder: CandidateFinder?

    /// Compiles `pattern` (PCRE2 syntax, over text, without slashes).
    public init(_ pattern: String, ignoresCase: Bool = false) throws(PatternError) {
        self.pattern = try Pattern(pattern, ignoresCase: ignoresCase, over: .text)
        let screened = ScreenedPattern(pattern, ignoresCase: ignoresCase)
        database = screened.flatMap { CandidateDatabase($0) }
        finder = database.flatMap { CandidateFinder($0) }
        method = finder == nil ? .everyLine : screened?.isText == true ? .text : .candidates
    }

    private init(twinOf other: PatternScanner) throws(PatternError) {
        pattern = try Pattern(other.pattern.source, ignoresCase: other.pattern.ignoresCase, over: .text)
        database = other.database
        finder = other.database.flatMap { CandidateFinder($0) }
        method = finder == nil ? .everyLine : other.method
    }

    /// A scanner of the same pattern for another thread; what Hyperscan compiled is shared.
    public func twin() throws(PatternError) -> PatternScanner { try PatternScanner(twinOf: self) }

    /// Lines on which PCRE2 gave up (`Pattern.stepLimit`, `workLimit`); they count as not matching.
    public var exhausted: Int { pattern.exhausted }

    /// Whether one line matches.
    public func matches(_ line: RawSpan) -> Bool { pattern.matches(line) }

    /// Appends to `found` the places of all lines in `lines` that match, in order and without their line ends. A line
    /// ends with a newline, the last one also with the buffer; behind a newline at the very end there is no line.
    public func scan(_ lines: RawSpan, into found: inout [Range<Int>]) {
        precondition(lines.byteCount <= Self.bufferLimit, "a buffer is scanned in pieces")
        guard let finder else { return decideAll(lines, into: &found) }
        // Without case "ſ" is an "s": only the decision of PCRE2 counts where bytes are not ASCII.
        let isSure = method == .text && !pattern.ignoresCase
        if isSure || lines.isASCII {
            finder.scan(lines) { end in decide(lines, endingAt: end, isSure: method == .text, into: &found) }
        } else {
            scanMixed(lines, finder, into: &found)
        }
    }

    /// Lines that Hyperscan points at and lines that are not ASCII, in their order.
    private func scanMixed(_ lines: RawSpan, _ finder: CandidateFinder, into found: inout [Range<Int>]) {
        var place = 0
        finder.scan(lines) { end in
            let start = lines.lastIndex(of: newline, before: end).map { $0 + 1 } ?? 0
            decideForeign(lines, within: place..<start, into: &found)
            decide(lines, endingAt: end, isSure: false, into: &found)
            place = min(end + 1, lines.byteCount)
        }
        decideForeign(lines, within: place..<lines.byteCount, into: &found)
    }

    /// Decides on the lines of `range` that are not ASCII.
    private func decideForeign(_ lines: RawSpan, within range: Range<Int>, into found: inout [Range<Int>]) {
        guard !range.isEmpty, !lines.extracting(range).isASCII else { return }
        var start = range.lowerBound
        while start < range.upperBound {
            let end = lines.firstIndex(of: newline, from: start) ?? lines.byteCount
            if !lines.extracting(start..<end).isASCII { decide(lines, start..<end, into: &found) }
            start = end + 1
        }
    }

    private func decideAll(_ lines: RawSpan, into found: inout [Range<Int>]) {
        var start = 0
        while start < lines.byteCount {
            let end = lines.firstIndex(of: newline, from: start) ?? lines.byteCount
            decide(lines, start..<end, into: &found)
            start = end + 1
        }
    }

    @inline(__always)
    private func decide(_ lines: RawSpan, endingAt end: Int, isSure: Bool, into found: inout [Range<Int>]) {
        let start = lines.lastIndex(of: newline, before: end).map { $0 + 1 } ?? 0
        if isSure { found.append(start..<end) } else { decide(lines, start..<end, into: &found) }
    }

    @inline(__always)
    private func decide(_ lines: RawSpan, _ line: Range<Int>, into found: inout [Range<Int>]) {
        if pattern.matches(lines.extracting(line)) { found.append(line) }
    }
}

let newline = UInt8(ascii: "\n")
