import ControlMessages
import TestSupport
import Testing

@Suite("Percent encoding")
struct PercentTextTests {
    @Test(
        "Everything but the unreserved is encoded",
        arguments: [
            ("", ""), ("office-1_a.b~", "office-1_a.b~"), ("a b/c?d=e&f+g%", "a%20b%2Fc%3Fd%3De%26f%2Bg%25"),
            ("ä\n", "%C3%A4%0A"),
        ])
    func encode(text: String, encoded: String) {
        #expect(PercentText.encode(text) == encoded)
        #expect(PercentText.decode(encoded) == text)
    }

    @Test("What is no encoding has no text", arguments: ["%", "%4", "%4g", "a%", "%ff", "%C3", "%-1"])
    func broken(text: String) {
        #expect(PercentText.decode(text) == nil)
    }

    @Test("Any text comes back", arguments: 0..<100)
    func roundTrip(index: Int) {
        var generator = SeededGenerator(seed: UInt64(index))
        let text = String(decoding: (0..<20).map { _ in UInt8(truncatingIfNeeded: generator.next()) }, as: UTF8.self)
        #expect(PercentText.decode(PercentText.encode(text)) == text)
    }
}
