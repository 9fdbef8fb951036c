import ExpressionSupport
import Expressions
import TestSupport
import Testing

/// What is offered at the `^` of a text; the golden shows the first of them.
@Suite struct CompletionTests {
    static let texts = [
        "^", "p^", "po^ = 80", "port^", "port ^", "port !^", "direc ^", "host ^", "port = ^", "port = ht^", "port > ^",
        "port = 80 ^", "port = 80^", "(port = 80 ^", "port = { ^", "port = { ht^", "port = { 80 ^", "port = { 80, ^",
        "port = { 80 } ^", "port = 80 & ^", "port = 80 & !^", "port = 80 and d^", "if = ^", "if = in^", "if = \"in^",
        "if = \"in^\" & port = 80", "if = vpn^", "if = vpn:^", "if = vpn:\"^", "addr = ^", "addr = li^",
        "addr = list:^",
        "addr = list:\"se^", "addr = user:\"^", "addr = user:\"ann,^", "addr = user:\"ann,[st^\"", "user = ^",
        "user = { \"ann\", \"b^", "tcpfl = ^", "tcpfl = S^", "tcpfl = SYN ^", "tcpfl = SYN +^", "proto = ud^", "ip = ^",
        "icmp = echo^", "icmp6 = unreachable/p^", "direc = ^", "frag = ^", "verdict = ^", "inner^", "inner ^",
        "inner(^",
        "inner(port = 80^", "inner(port = 80 ^", "nonsense ^", "nonsense & ^", "port = 80 # here^", "# here\n^",
        "host ~ /a^", "payload = \"x^", "rule = ^", "port = 80-^", "any ^", "= ^", ") ^",
    ]

    @Test func offersWhatFits() {
        var text = ""
        for shown in Self.texts {
            let bytes = Array(shown.utf8)
            let cursor = bytes.firstIndex(of: UInt8(ascii: "^")) ?? bytes.count
            let source = String(decoding: bytes[..<cursor] + bytes[(cursor + 1)...], as: UTF8.self)
            let found = Completion.candidates(in: source, at: cursor, directory: RandomExpressions.directory)
            text += "\(shown)\n"
            for completion in found.prefix(12) {
                text += "    \(completion.text)  (\(completion.kind), \(completion.meaning))"
                text += " for \(completion.place.lower)..<\(completion.place.upper)\n"
            }
            if found.count > 12 { text += "    and \(found.count - 12) more\n" }
        }
        Golden.check(text, "completions.txt")
    }

    /// Whatever is typed, each candidate begins with it or names something, and inserting it is read as well as before.
    @Test func standsAnyCursor() {
        let text =
            #"if = "Internet" & (port >= 137 | addr = { list:"servers", user:"ann,[staff]" }) & tcpfl = SYN +ACK # end"#
        for cursor in -1...text.utf8.count + 1 {
            for completion in Completion.candidates(in: text, at: cursor, directory: RandomExpressions.directory) {
                #expect(completion.place.lower <= completion.place.upper && completion.place.upper <= text.utf8.count)
            }
        }
    }
}
