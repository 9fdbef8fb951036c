import ExpressionSupport
import Expressions
import TestSupport
import Testing

/// Errors and warnings as people read them. The expressions stand in Tests/Fixtures/expressions/wrong.txt,
/// one a line; what is drawn for each stands in Tests/Golden/errors.txt.
@Suite struct DiagnosticTests {
    @Test func errorsAreDrawn() {
        var text = ""
        let sources = String(decoding: Fixtures.bytes("expressions/wrong.txt"), as: UTF8.self)
        for source in sources.split(separator: "\n") {
            let isHeading = source.hasPrefix("## ")
            text += (isHeading ? String(source) : Self.drawn(String(source))) + "\n\n"
        }
        Golden.check(text, "errors.txt")
    }

    /// Texts that do not fit a line of a file.
    static let shapes: [(name: String, text: String)] = [
        ("several lines", "port = 80 & # web\n  prot = 1 &\n\n\taddr = 1.2.3 | if = \"Internt\"\n"),
        ("carriage returns", "port = 80 &\r\nprot = 1\r\n"),
        ("one line and a newline", "prot = 1\n"),
        ("tabs and controls", "\tport = 80\t& \u{1B}[31m & if = \"\u{7}x\u{202E}\" & prot = 2"),
        ("wide and combining characters", "rule = \"\u{65E5}\u{672C}\" & rule = \"e\u{301}\" & prot = 2"),
        (
            "a long line",
            String(repeating: "port = 80 | ", count: 40) + "prot = 1 | " + String(repeating: "port = 81 | ", count: 40)
                + "port = 70000"
        ),
        ("a long string", "if = \"" + String(repeating: "x", count: 300) + "\" & prot = 1"),
        ("many errors", Array(repeating: "prot = 1", count: 30).joined(separator: "&\n")),
        ("an unclosed string on two lines", "if = \"abc\n & port = 80"),
        ("nothing behind an operator on two lines", "port = 80 |\n\n"),
    ]

    @Test func textsOfEveryShapeAreDrawn() {
        var text = ""
        for shape in Self.shapes { text += "## \(shape.name)\n\n\(Self.drawn(shape.text))\n\n" }
        Golden.check(text, "error-shapes.txt")
    }

    static func drawn(_ source: String, _ directory: Directory = RandomExpressions.directory) -> String {
        do throws(ExpressionErrors) {
            let expression = try Expression(parsing: source, directory: directory)
            return expression.warnings.isEmpty ? source + "\nnothing is wrong" : expression.renderedWarnings
        } catch {
            return error.rendered(source)
        }
    }
}
