import Patterns

// Regular expressions: tried here, so that a wrong one is an error at its place.

extension Parser {
    /// The regex behind `~`; nil where it is wrong.
    mutating func regex(of row: VariableRow) throws(Stop) -> Test? {
        let literal = token
        guard literal.kind == .regex else {
            try report(
                placeOfToken, "a regular expression stands between slashes: ~ /example/i; found \(shown(literal))")
            skipToOperator()
            return nil
        }
        advance()
        let bytes = lexer.bytes
        var close = literal.upper - 1
        while bytes[close] != UInt8(ascii: "/") { close -= 1 }
        let letters = literal.upper - close - 1
        let ignoresCase = letters == 1 && bytes[close + 1] | 0x20 == UInt8(ascii: "i")
        if letters > 0 && !ignoresCase {
            try report(
                SourceRange(close + 1, literal.upper),
                "behind a regular expression only \"i\" can stand (letters of either case)")
            return nil
        }
        let (pattern, offsets) = unescaped(literal.lower + 1, close)
        patterns += 1
        if patterns > ExpressionLimits.patterns {
            log.error(literal.place, "an expression holds at most \(ExpressionLimits.patterns) regular expressions")
            throw Stop()
        }
        do throws(PatternError) {
            _ = try Pattern(pattern, ignoresCase: ignoresCase, over: row.variable == .payload ? .bytes : .text)
        } catch {
            let offset = offsets.place(of: error.offset)
            let place = SourceRange(offset, min(offset + 1, literal.upper))
            try report(place, "the regular expression is wrong here: \(error.message)")
            return nil
        }
        return .matches(RegexLiteral(pattern, ignoresCase: ignoresCase))
    }

    /// Where a pattern's bytes stand in the text: each `\/` is a byte longer there.
    private struct Offsets {
        var start: Int
        /// Offsets in the pattern of slashes that were written `\/`.
        var slashes: [Int] = []

        func place(of offset: Int) -> Int { start + offset + slashes.count { $0 < offset } }
    }

    private func unescaped(_ lower: Int, _ upper: Int) -> (String, Offsets) {
        let bytes = lexer.bytes
        var pattern: [UInt8] = []
        pattern.reserveCapacity(upper - lower)
        var offsets = Offsets(start: lower)
        var index = lower
        while index < upper {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < upper {
                if bytes[index + 1] == UInt8(ascii: "/") {
                    offsets.slashes.append(pattern.count)
                } else {
                    pattern.append(bytes[index])
                }
                index += 1
            }
            pattern.append(bytes[index])
            index += 1
        }
        return (String(decoding: pattern, as: UTF8.self), offsets)
    }
}
