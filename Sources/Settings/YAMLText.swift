import Primitives

/// A text as YAML on one line: without quotes where it can stand so anywhere, in lists and maps too.
func yamlScalar(_ text: String) -> String {
    isPlain(text) ? text : yamlQuoted(text)
}

/// A text in double quotes, with everything escaped that would not come back as it is.
func yamlQuoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\t": quoted += "\\t"
        default:
            if isPrintable(scalar) {
                quoted.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                let width = scalar.value <= 0xFF ? 2 : scalar.value <= 0xFFFF ? 4 : 8
                quoted += width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U"
                quoted += String(repeating: "0", count: width - digits.count) + digits
            }
        }
    }
    return quoted + "\""
}

/// Printable in YAML, and no line end to anybody (NEL, LS and PS are to some), no byte order mark, and nothing that
/// turns the direction of writing around.
private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0x200D, 0x2010...0x2027, 0x202F...0x2065, 0x206A...0xD7FF, 0xE000...0xFEFE: true
    case 0xFF00...0xFFFD, 0x1_0000...0x10_FFFF: true
    default: false
    }
}

/// Letters and digits, and signs that begin or end nothing; no word that YAML takes for something else.
private func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 200,
        isWord(first) || first == UInt8(ascii: "/"), isWord(last),
        text.utf8.allSatisfy({ isWord($0) || " ./+-=".utf8.contains($0) })
    else { return false }
    return !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
}

private func isWord(_ byte: UInt8) -> Bool {
    0x41...0x5A ~= byte & 0xDF || 0x30...0x39 ~= byte || byte == UInt8(ascii: "_")
}

extension YAMLNode {
    /// The value as YAML on one line, which reads as the same value.
    var oneLine: String {
        switch content {
        case .scalar(let text, let isPlainlyWritten):
            // Quotes would make a text of what has a meaning without them.
            isPlainlyWritten && (isNothing || text == "true" || text == "false")
                ? (text.isEmpty ? "~" : text) : yamlScalar(text)
        case .sequence(let nodes): "[\(nodes.map(\.oneLine).joined(separator: ", "))]"
        case .mapping(let pairs):
            pairs.isEmpty
                ? "{}"
                : "{ \(pairs.map { "\(yamlScalar($0.key.value)): \($0.value.oneLine)" }.joined(separator: ", ")) }"
        case .refused: "~"
        }
    }
}
