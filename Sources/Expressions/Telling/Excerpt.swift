/// Pieces of an expression's text inside messages: short, and without anything that a terminal obeys.
enum Excerpt {
    private static let longest = 60

    /// `text` in quotes, cut where it is long.
    static func quoted(_ text: String) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == longest { return "\"\(shown)...\"" }
            shown += escaped(scalar)
            count += 1
        }
        return "\"\(shown)\""
    }

    /// A piece of the expression's text: in quotes, unless it has some of its own.
    static func source(_ text: String) -> String {
        let quoted = quoted(text)
        return text.utf8.contains(UInt8(ascii: "\"")) ? String(quoted.dropFirst().dropLast()) : quoted
    }

    /// A scalar as it may stand on a terminal: control and formatting characters are spelled.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\t": return "\\t"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case " "..."~": return String(scalar)
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                return "\\u{\(String(scalar.value, radix: 16))}"
            default:
                return String(scalar)
            }
        }
    }
}
