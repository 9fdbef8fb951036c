// What reading an expression costs: 10,000 addresses typed out, and texts of 16 MiB of every awkward kind.
//
//     swift run -c release ReadingBenchmark
//
// The first budget is 30 ms (50 ms with compiling); the others only have to end within seconds.

import Expressions

let clock = ContinuousClock()

func milliseconds(_ body: () -> Void) -> Double {
    let elapsed = clock.measure(body).components
    return Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) / 1e15
}

func read(_ text: String) -> String {
    do throws(ExpressionErrors) {
        let expression = try Expression(parsing: text)
        return "read, \(expression.warnings.count) warnings"
    } catch {
        _ = error.rendered(text)
        return "refused: \(error.diagnostics[0].message.prefix(60))"
    }
}

func filled(_ piece: String, _ ends: (String, String) = ("", "")) -> String {
    let room = ExpressionLimits.text - ends.0.utf8.count - ends.1.utf8.count
    return ends.0 + String(repeating: piece, count: room / piece.utf8.count) + ends.1
}

func show(_ name: String, _ text: String, rounds: Int = 1) {
    var best = Double.infinity
    var result = ""
    for _ in 0..<rounds { best = min(best, milliseconds { result = read(text) }) }
    let rounded = (best * 100).rounded() / 100
    print("\(rounded) ms  \(name) (\(text.utf8.count >> 10) KiB): \(result)")
}

let addresses = (0..<10_000).map { "10.\($0 / 251 % 251).\($0 % 251).\($0 * 7 % 251)" }
let addresses6 = (0..<10_000).map { "2001:db8:\(String($0, radix: 16))::\(String($0 * 7 % 65_536, radix: 16))" }
show("10,000 IPv4 addresses in braces", "addr = { \(addresses.joined(separator: ", ")) }", rounds: 9)
show("10,000 IPv6 addresses in braces", "addr = { \(addresses6.joined(separator: ", ")) }", rounds: 9)
show(
    "10,000 IPv4 addresses with |", addresses.map { "addr = \($0)" }.joined(separator: " | "), rounds: 9)

let kinds: [(name: String, text: String)] = [
    ("blanks", filled(" ")),
    ("comment", filled("x", ("#", ""))),
    ("newlines", filled("\n")),
    ("opening parentheses", filled("(")),
    ("closing parentheses", filled(")")),
    ("negations", filled("!")),
    ("braces", filled("{")),
    ("one name", filled("x")),
    ("a long name to compare with", filled("x", ("if = ", ""))),
    ("a string", filled("x", ("if = \"", "\""))),
    ("an unclosed string", filled("x", ("if = \"", ""))),
    ("backslashes", filled("\\", ("payload = \"", "\""))),
    ("a regex", filled("x", ("host ~ /", "/"))),
    ("nested groups of a regex", filled("(", ("host ~ /", "/"))),
    ("many regexes", filled("host~/a/|", ("", "any"))),
    ("alternatives", filled("port=1|", ("", "any"))),
    ("a chain", filled("port>1&", ("", "any"))),
    ("short conditions with unknown names", filled("if=a|", ("", "any"))),
    ("a set of numbers", filled("1,", ("port = { ", "1 }"))),
    ("a set of addresses", filled("1.2.3.4,", ("addr = { ", "1.2.3.4 }"))),
    ("a set of users", filled("a,", ("addr = user:\"", "a\""))),
    ("flags", filled("SYN ", ("tcpfl = ", ""))),
    ("operators", filled("&")),
    ("wrong conditions", filled("x=1|")),
    ("digits", filled("9", ("port = ", ""))),
    ("colons", filled(":", ("addr = ", ""))),
    ("minus signs", filled("-", ("port = 1", ""))),
    ("quotes", filled("\"")),
    ("zero bytes", filled("\0")),
    ("pairs of parentheses", filled("(port=1)&", ("", "any"))),
    ("chains with a partner each", filled("(port>5|len=1)&", ("port < 9 & ", "any"))),
    (
        "256 levels around a chain",
        filled("port=1&", (String(repeating: "(", count: 256), "any" + String(repeating: "&any)", count: 256)))
    ),
    (
        "256 levels before a chain",
        filled("port>1&", (String(repeating: "(any&", count: 256), "any" + String(repeating: ")", count: 256)))
    ),
]
for (name, text) in kinds { show(name, text) }

let wide = filled("port=1|len>5&", ("", "any"))
if let expression = try? Expression(parsing: wide) {
    print("\(milliseconds { _ = expression.canonical }) ms  the canonical form of the widest")
    print("\(milliseconds { _ = expression.sentences() }) ms  its sentences")
}
print("\(milliseconds { _ = Completion.candidates(in: wide, at: wide.utf8.count) }) ms  completions at its end")
show("more than 16 MiB", filled(" ") + "any")
