import Foundation
import Patterns
import TestSupport
import Testing

@Suite("Lines that a pattern meets, many at a time")
struct PatternScannerTests {
    /// The twin: PCRE2 on each line. A newline stands behind every line here too, since the machine code of PCRE2 10.42
    /// looks at the byte behind a text whose last character is cut off.
    static func slow(_ pattern: String, ignoresCase: Bool = false, _ text: [UInt8]) throws -> [[UInt8]] {
        let judge = try Pattern(pattern, ignoresCase: ignoresCase, over: .text)
        var lines = text.split(separator: 10, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map(Array.init).filter { line in
            let ended = line + [10]
            return judge.matches(ended.span.bytes.extracting(0..<line.count))
        }
    }

    static func fast(_ scanner: PatternScanner, _ text: [UInt8]) -> [[UInt8]] {
        var found: [Range<Int>] = []
        let ended = text + [10]
        scanner.scan(ended.span.bytes.extracting(0..<text.count), into: &found)
        let isOrdered = zip(found, found.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
        #expect(isOrdered)
        return found.map { Array(text[$0]) }
    }

    private func check(_ pattern: String, ignoresCase: Bool = false, _ text: [UInt8], _ comment: String) throws {
        let scanner = try PatternScanner(pattern, ignoresCase: ignoresCase)
        let slow = try Self.slow(pattern, ignoresCase: ignoresCase, text)
        let fast = Self.fast(scanner, text)
        guard slow != fast else { return }
        let place = zip(slow, fast).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let at = place ?? min(slow.count, fast.count)
        Issue.record(
            """
            \(comment): /\(pattern)/\(ignoresCase ? "i" : "") by \(scanner.method): match \(at) of \(slow.count) and \
            \(fast.count) is \(slow.dropFirst(at).first ?? []) and \(fast.dropFirst(at).first ?? [])
            """)
    }

    @Test(
        "Patterns with a trap: ends of lines, flags, classes, letters that are one without case",
        arguments: [
            "^a", "a$", "^$", "^", "$", "a*", "\\Aa", "a\\z", "a\\Z", "\\Ga", "(?m)^a", "(?-m)^a", "(?s)a.b",
            "(?x) a b",
            "(?i)ab", "(?i:a)b", "a\\sb", "[^x]b", "a\nb", "a\\nb", "\\bb", "b\\b", "a\\B", "(?<=a)b", "(?<!a)b",
            "a(?=b)",
            "a(?!b)", "b(?!\\n)", "(a)\\1", "(?>a|ab)b", "a++b", "a?+b", "k", "s", "\\x{212a}", "\\x{e9}", "ä", "ä?b",
            "[ä-ü]", "[^ä]$", "\\w+", "\\W", "\\d", "\\D", ".", "..", "^.$", "\\N", "\\R", "\\X", "\\h", "\\v", "\\H",
            "\\p{L}", "\\Qa.b\\E", "a\\.b", "a\\/b", "a]b", "a}b", "a{2}", "{", "(*UTF)a", "(*ANYCRLF)a$", "a\\Kb",
            "(?|a|b)",
            "(?<n>a)\\k<n>", "(?P<n>a)(?P=n)", "(?#no)a", "a|", "(|b)", "[[:alpha:]]b", "[[:punct:]]", "\\x00", "\\0",
            "\\e",
            "a\\tb", "\\cA", "\\o{101}", "\\101", "[\\w-]b", "[]a]", "[^]a]", "(?i)straße", "(?U)a+",
            "(?J)(?<n>a)|(?<n>b)",
            "(?(1)a|b)", "((?i)a)b", "a.*b", "a[^b]*$", "(a|b){2,3}$", "\\$", "a\\", "#", "\\-", "-",
        ])
    func traps(pattern: String) throws {
        guard (try? Pattern(pattern, over: .text)) != nil else { return }
        let lines = [
            "a", "b", "ab", "ba", "", "A", "aa", "abb", "a b", "k", "K", "\u{212A}", "s", "S", "\u{17F}", "ä", "Ä",
            "äb", "a.b",
            "a/b", "a]b", "a}b", "{", "a\tb", "STRASSE", "straße", "\u{0}", "\u{1}", "a-b", "xb", "ax", "é", "$", "#",
            "\r",
            "a\r", "\u{2028}", "a\u{2028}b", "\u{a0}", "ab ba", "x", "aXb", "1", "_", "bb",
        ]
        var text = lines.joined(separator: "\n").utf8.map { $0 }
        for ignoresCase in [false, true] {
            try check(pattern, ignoresCase: ignoresCase, text, "lines")
            try check(pattern, ignoresCase: ignoresCase, text + [10], "a line end at the end")
            try check(pattern, ignoresCase: ignoresCase, text.filter { $0 < 0x80 }, "ASCII")
            try check(pattern, ignoresCase: ignoresCase, [], "nothing")
        }
        text.insert(0xFF, at: 3)
        text += [10, 0xC3, 10, 0x61, 0xFF, 0x62]
        try check(pattern, text, "bytes that are no text")
    }

    @Test("Random patterns over random lines, against PCRE2 alone")
    func twins() throws {
        let seed = UInt64(ProcessInfo.processInfo.environment["GATELOG_SEED"] ?? "") ?? 20_261_121
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var methods: [PatternScanner.Method: Int] = [:]
        for _ in 0..<3_000 {
            let pattern = RandomPattern.make(depth: 3, &generator)
            let ignoresCase = Int.random(in: 0..<3, using: &generator) == 0
            guard (try? Pattern(pattern, ignoresCase: ignoresCase, over: .text)) != nil else { continue }
            let text = RandomPattern.text(&generator)
            try check(pattern, ignoresCase: ignoresCase, text, "seed \(seed)")
            methods[try PatternScanner(pattern, ignoresCase: ignoresCase).method, default: 0] += 1
        }
        #expect(methods[.text, default: 0] > 50 && methods[.candidates, default: 0] > 500, "\(methods)")
    }

    @Test("Many lines, many matches in a line, and no line end at all")
    func sizes() throws {
        let many = Array(String(repeating: "aaaaaaaaaaaaaaaa b\nccc\n", count: 5_000).utf8)
        for pattern in ["a", "c", "aa", "a.*b", "[ab]", "b$", "a c", "^c"] { try check(pattern, many, "many") }
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 300_000)
        for pattern in ["a", "b", "a$", "ab", "[^b]$"] { try check(pattern, long, "long") }
    }

    @Test("A twin finds the same, and a text needs no second opinion")
    func methods() throws {
        let scanner = try PatternScanner("proto:TCP")
        #expect(scanner.method == .text)
        #expect(try PatternScanner("10\\.0\\.0\\.1:80 -> ").method == .text)
        #expect(try PatternScanner("len:[0-9]+, 10").method == .candidates)
        #expect(try PatternScanner("\\Alen").method == .everyLine)
        let text = Array("a proto:TCP\nproto:UDP\nproto:TCP\n".utf8)
        #expect(Self.fast(try scanner.twin(), text) == Self.fast(scanner, text))
        #expect(Self.fast(scanner, text).count == 2)
        #expect(throws: PatternError.self) { try PatternScanner("(") }
    }
}

/// Patterns and texts of few letters, so that they meet.
private enum RandomPattern {
    static func make(depth: Int, _ generator: inout SeededGenerator) -> String {
        let leaves = [
            "a", "b", "c", "ab", "ba", "A", "k", "s", "1", " ", ".", "[ab]", "[^a]", "[a-c1]", "\\w", "\\d", "\\s",
            "\\W", "\\S",
            "^", "$", "\\b", "\\B", "ä", "\\.", "-", "abc", "\\x41", "[[:alpha:]]", "(?i)a", "\\D",
        ]
        if depth == 0 || Int.random(in: 0..<4, using: &generator) == 0 {
            return leaves.randomElement(using: &generator)!
        }
        let inner = make(depth: depth - 1, &generator)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: return "(\(inner))" + ["*", "+", "?", "{2}", "{1,3}", "*?", "++"].randomElement(using: &generator)!
        case 1: return "(?:\(inner)|\(make(depth: depth - 1, &generator)))"
        case 2: return "(?=\(inner))\(make(depth: depth - 1, &generator))"
        case 3: return "(?!\(inner))\(make(depth: depth - 1, &generator))"
        case 4: return "(?>\(inner))"
        case 5: return "(\(inner))\\1"
        case 6: return "(?i:\(inner))"
        case 7: return "(?s:\(inner).)"
        default: return inner + make(depth: depth - 1, &generator)
        }
    }

    static func text(_ generator: inout SeededGenerator) -> [UInt8] {
        var letters: [UInt8] = Array("aaaabbbccAkKs1 .-_".utf8) + [10, 10, 10]
        // Half of the texts are ASCII.
        if Bool.random(using: &generator) { letters += [0xC3, 0xA4, 0xC3, 0xFF, 0xE2] }
        if Int.random(in: 0..<4, using: &generator) == 0 { letters += [0, 13, 9] }
        let count = Int.random(in: 0...400, using: &generator)
        return (0..<count).map { _ in letters.randomElement(using: &generator)! }
    }
}
