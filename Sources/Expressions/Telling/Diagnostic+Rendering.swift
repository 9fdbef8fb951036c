// Errors as people read them: the line once, and under it a caret with a sentence for each.

extension ExpressionErrors {
    /// All diagnostics under the lines of `text`, the text that was read. No newline at the end.
    public func rendered(_ text: String) -> String { DiagnosticText.render(diagnostics, of: text) }
}

extension Expression {
    /// The warnings under the lines of the text; empty where there is none.
    public var renderedWarnings: String { DiagnosticText.render(warnings, of: text) }
}

/// Draws diagnostics under the text that they speak of.
public enum DiagnosticText {
    /// A longer line is cut around the places.
    private static let longestLine = 120
    /// What is shown of a cut line before the first place.
    private static let before = 40

    /// Each line with a diagnostic once, its carets below it; line numbers where there are several lines.
    /// Linear in the text, and what is drawn of a line is bounded.
    public static func render(_ diagnostics: [Diagnostic], of text: String) -> String {
        let bytes = Array(text.utf8)
        let ordered = diagnostics.sorted { $0.place.lower < $1.place.lower }
        var lines: [String] = []
        var number = 1
        var start = 0
        var next = 0
        let numbers = gutters(for: ordered, bytes)
        while next < ordered.count {
            // The line in which the next place stands.
            var end = start
            while end < bytes.count, bytes[end] != newline { end += 1 }
            let isLast = end >= bytes.count
            var group: [Diagnostic] = []
            while next < ordered.count, ordered[next].place.lower <= end || isLast {
                group.append(ordered[next])
                next += 1
            }
            if !group.isEmpty {
                draw(group, bytes, start, end, numbers.map { Gutter(number: number, width: $0) }, &lines)
            }
            if isLast { break }
            start = end + 1
            number += 1
        }
        return lines.joined(separator: "\n")
    }

    private static let newline = UInt8(ascii: "\n")

    private struct Gutter {
        var number: Int
        var width: Int

        func text(_ shown: Bool) -> String {
            let digits = shown ? String(number) : ""
            return String(repeating: " ", count: width - digits.count) + digits + " | "
        }
    }

    /// The width of the line numbers; nil where the text has one line and needs none.
    private static func gutters(for diagnostics: [Diagnostic], _ bytes: [UInt8]) -> Int? {
        guard let last = diagnostics.last, let first = bytes.firstIndex(of: newline), first < bytes.count - 1
        else { return nil }
        let lines = 1 + bytes[..<min(last.place.lower, bytes.count)].count { $0 == newline }
        return String(lines).count
    }

    /// Draws the diagnostics of one line, in as many pieces of it as it takes.
    private static func draw(
        _ group: [Diagnostic], _ bytes: [UInt8], _ start: Int, _ end: Int, _ gutter: Gutter?, _ lines: inout [String]
    ) {
        var end = end
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var rest = group[...]
        while let first = rest.first {
            let window =
                end - start <= longestLine
                ? start..<end : window(around: min(first.place.lower, end), bytes, start, end)
            let count = rest.prefix { $0.place.lower < window.upperBound || window.upperBound == end }.count
            let shown = rest.prefix(max(count, 1))
            rest = rest.dropFirst(shown.count)
            let line = ShownLine(
                bytes, window, isCutBefore: window.lowerBound > start, isCutAfter: window.upperBound < end)
            lines.append((gutter?.text(true) ?? "") + line.text)
            for diagnostic in shown {
                lines.append((gutter?.text(false) ?? "") + line.caret(under: diagnostic))
            }
        }
    }

    /// A piece of a long line, cut between characters.
    private static func window(around place: Int, _ bytes: [UInt8], _ start: Int, _ end: Int) -> Range<Int> {
        var lower = max(start, min(place - before, end - longestLine))
        while lower > start, isContinuation(bytes[lower]) { lower -= 1 }
        var upper = min(end, lower + longestLine)
        while upper < end, isContinuation(bytes[upper]) { upper += 1 }
        return lower..<upper
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

/// A line as it is shown, and the column of each of its bytes.
private struct ShownLine {
    private(set) var text: String
    private let lower: Int
    /// The column at which each byte's character begins, and at last the one behind the line.
    private var columns: [Int] = []

    init(_ bytes: [UInt8], _ window: Range<Int>, isCutBefore: Bool, isCutAfter: Bool) {
        text = isCutBefore ? "..." : ""
        lower = window.lowerBound
        var column = isCutBefore ? 3 : 0
        for scalar in String(decoding: bytes[window], as: UTF8.self).unicodeScalars {
            let shown = Excerpt.escaped(scalar)
            for _ in 0..<UTF8.width(scalar) { columns.append(column) }
            text += shown
            column += shown.unicodeScalars.count == 1 ? Self.width(of: scalar) : shown.utf8.count
        }
        columns.append(column)
        if isCutAfter { text += "..." }
    }

    func caret(under diagnostic: Diagnostic) -> String {
        let place = diagnostic.place
        let first = column(at: place.lower)
        let last = max(column(at: place.upper), first + 1)
        let message = diagnostic.severity == .warning ? "warning: \(diagnostic.message)" : diagnostic.message
        return String(repeating: " ", count: first) + "^" + String(repeating: "~", count: last - first - 1) + " "
            + message
    }

    private func column(at offset: Int) -> Int { columns[max(0, min(offset - lower, columns.count - 1))] }

    /// Columns of a character on a terminal: none for marks that combine, two for wide scripts.
    private static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }
}
