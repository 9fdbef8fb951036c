import Patterns
import Testing

@Suite struct PatternTests {
    private func matches(_ pattern: Pattern, _ bytes: [UInt8]) -> Bool {
        pattern.matches(bytes.span.bytes)
    }

    private func matches(_ pattern: Pattern, _ text: String) -> Bool {
        matches(pattern, Array(text.utf8))
    }

    @Test func findsAnywhereUnlessAnchored() throws {
        let pattern = try Pattern(#"(^|\.)example\.com$"#, over: .text)
        #expect(matches(pattern, "example.com"))
        #expect(matches(pattern, "www.example.com"))
        #expect(!matches(pattern, "notexample.com"))
        #expect(!matches(pattern, "example.com.evil.test"))
    }

    @Test func caseCountsUnlessIgnored() throws {
        #expect(!matches(try Pattern("get", over: .bytes), "GET / HTTP/1.1"))
        #expect(matches(try Pattern("get", ignoresCase: true, over: .bytes), "GET / HTTP/1.1"))
        #expect(matches(try Pattern("ärger", ignoresCase: true, over: .text), "ÄRGER"))
    }

    @Test func emptyTextsAndPatterns() throws {
        #expect(matches(try Pattern("", over: .bytes), ""))
        #expect(matches(try Pattern("^$", over: .text), ""))
        #expect(!matches(try Pattern("x", over: .bytes), ""))
    }

    @Test func bytesAreNotText() throws {
        let pattern = try Pattern(#"^.\xFF\x00.$"#, over: .bytes)
        #expect(matches(pattern, [0x80, 0xFF, 0x00, 0xC3]))
        #expect(pattern.exhausted == 0)
    }

    @Test func invalidTextNeitherMatchesNorFails() throws {
        let pattern = try Pattern("^a.b$", over: .text)
        #expect(matches(pattern, "aäb"))
        #expect(!matches(pattern, [0x61, 0xFF, 0x62]))
        #expect(pattern.exhausted == 0)
        #expect(matches(try Pattern("end$", over: .text), [0xFF, 0x65, 0x6E, 0x64]))
    }

    @Test func manyGroupsMatch() throws {
        #expect(matches(try Pattern("(a)(b)(c)(d)", over: .bytes), "abcd"))
    }

    @Test(arguments: [
        ("a(b", 3, "missing closing parenthesis"),
        ("[a-", 3, "missing terminating ] for character class"),
        ("*a", 0, "quantifier does not follow a repeatable item"),
        ("(*UTF)a", 6, "using UTF is disabled by the application"),
    ])
    func errorsHaveAPlace(_ pattern: String, _ offset: Int, _ message: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern, over: .bytes) }
        #expect(error?.offset == offset)
        #expect(error?.message == message)
    }

    @Test func aPatternHasALengthLimit() {
        let long = String(repeating: "a", count: Pattern.lengthLimit + 1)
        let error = #expect(throws: PatternError.self) { try Pattern(long, over: .text) }
        #expect(error?.message == "a regular expression has at most 32768 bytes")
    }

    /// Patterns that are exponential or polynomial on hostile text stop at the limit, are counted and go on.
    @Test(arguments: ["(a+)+[bc]", "(a|aa)+[bc]", "a*a*a*a*a*[bc]", ".*.*.*.*.*[bc]", "(?:(?:a*)*)*[bc]"])
    func hostileTextEnds(_ source: String) throws {
        let pattern = try Pattern(source, over: .bytes)
        let hostile = [UInt8](repeating: 0x61, count: 9000)
        for round in 1...3 {
            #expect(!matches(pattern, hostile))
            #expect(pattern.exhausted == round)
        }
        #expect(matches(pattern, "aab"))
    }

    @Test func deepRecursionEnds() throws {
        let pattern = try Pattern(#"^(\((?1)*\)|x)+$"#, over: .bytes)
        let hostile = [UInt8](repeating: 0x28, count: 60_000)
        #expect(!matches(pattern, hostile))
        #expect(matches(pattern, "(x)((x))"))
    }
}
