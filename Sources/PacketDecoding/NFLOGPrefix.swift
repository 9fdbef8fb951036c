import Primitives

/// The log prefix of a firewall rule, taken apart:
///
///     [VERDICT " "] ["@" group ":" rule " "] name
///
/// VERDICT is PERMIT, ACCEPT or PASS; DENY or REJECT; DROP or BLOCK; in any case. Whatever does not follow the
/// grammar is part of the name. The prefix ends at its first NUL, and blanks behind the name are not part of it:
/// rules are often written with one, to keep the kernel's own log readable.
public struct NFLOGPrefix: Sendable {
    public let verdict: Layers.Verdict?
    /// Offsets of the rule's name; empty where there is none.
    public let name: Range<Int>
    /// Offsets of the group, with `ruleNumber`.
    public let group: Range<Int>
    public let ruleNumber: UInt32?

    /// Takes apart what stands at `range`, which lies within `bytes`.
    public init(_ bytes: RawSpan, _ range: Range<Int>) {
        var end = range.lowerBound
        while end < range.upperBound, bytes.byte(at: end) != 0 { end += 1 }
        while end > range.lowerBound, bytes.byte(at: end - 1) == UInt8(ascii: " ") { end -= 1 }
        var start = range.lowerBound

        // A verdict alone, its blank trimmed above, still counts where the blank was there.
        let word = NFLOGPrefix.wordEnd(bytes, start..<end)
        let blankFollows = word < range.upperBound && bytes.byte(at: word) == UInt8(ascii: " ")
        verdict = blankFollows ? NFLOGPrefix.verdict(bytes, start..<word) : nil
        if verdict != nil { start = min(word + 1, end) }

        let mark = NFLOGPrefix.wordEnd(bytes, start..<end)
        let markBlank = mark < range.upperBound && bytes.byte(at: mark) == UInt8(ascii: " ")
        if markBlank, let (group, number) = NFLOGPrefix.mark(bytes, start..<mark) {
            self.group = group
            ruleNumber = number
            start = min(mark + 1, end)
        } else {
            group = start..<start
            ruleNumber = nil
        }
        name = start..<end
    }

    private static func wordEnd(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
        var end = range.lowerBound
        while end < range.upperBound, bytes.byte(at: end) != UInt8(ascii: " ") { end += 1 }
        return end
    }

    private static func verdict(_ bytes: RawSpan, _ word: Range<Int>) -> Layers.Verdict? {
        guard 4...6 ~= word.count else { return nil }
        // Up to six letters fit into a number.
        var letters: UInt64 = 0
        for offset in word { letters = letters << 8 | UInt64(bytes.byte(at: offset) & ~0x20) }
        switch letters {
        case packed("PERMIT"), packed("ACCEPT"), packed("PASS"): return .pass
        case packed("DENY"), packed("REJECT"): return .reject
        case packed("DROP"), packed("BLOCK"): return .drop
        default: return nil
        }
    }

    private static func packed(_ word: StaticString) -> UInt64 {
        unsafe UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
            .reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// `@group:rule`: the last colon parts them, and the rule is a decimal number.
    private static func mark(_ bytes: RawSpan, _ word: Range<Int>) -> (group: Range<Int>, number: UInt32)? {
        guard word.count >= 4, bytes.byte(at: word.lowerBound) == UInt8(ascii: "@") else { return nil }
        var colon = word.upperBound - 1
        while colon > word.lowerBound, bytes.byte(at: colon) != UInt8(ascii: ":") { colon -= 1 }
        let group = word.lowerBound + 1..<max(colon, word.lowerBound + 1)
        let digits = colon + 1..<word.upperBound
        guard !group.isEmpty, 1...10 ~= digits.count else { return nil }
        var number: UInt64 = 0
        for offset in digits {
            let digit = bytes.byte(at: offset)
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            number = number * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return UInt32(exactly: number).map { (group, $0) }
    }
}
