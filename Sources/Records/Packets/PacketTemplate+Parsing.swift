import Primitives

/// One thing that is wrong with a template, with its place in the text.
public struct TemplateError: Error, Hashable, Sendable {
    /// Byte offset.
    public var offset: Int
    /// In bytes, at least 1.
    public var length: Int
    public var message: String
}

/// All errors of one template.
public struct TemplateErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public var text: String
    public var errors: [TemplateError]

    /// Each error with the template and a caret below the place.
    public var description: String {
        errors.map { error in
            let before = String(decoding: text.utf8.prefix(error.offset), as: UTF8.self).unicodeScalars.count
            return """
                template, column \(before + 1): \(error.message)
                    \(String(appending: { $0.append(escaping: text) }))
                    \(String(repeating: " ", count: before))\(String(repeating: "^", count: error.length))
                """
        }.joined(separator: "\n")
    }
}

/// Cuts a template's text into its parts and gathers what is wrong.
struct TemplateParser {
    enum Part {
        case literal([UInt8])
        case variable(PacketVariable)
    }

    static let mostErrors = 20
    private static let percent = UInt8(ascii: "%")

    var parts: [Part] = []
    var errors: [TemplateError] = []
    private var literal: [UInt8] = []

    mutating func parse(_ text: String) {
        let bytes = Array(text.utf8)
        if bytes.count > PacketTemplate.longest {
            fail(PacketTemplate.longest, 1, "a template has at most \(PacketTemplate.longest) bytes")
            return
        }
        var offset = 0
        while offset < bytes.count, errors.count < TemplateParser.mostErrors {
            let byte = bytes[offset]
            if byte == TemplateParser.percent {
                offset = parseVariable(bytes, at: offset)
            } else {
                if byte < 0x20 || byte == 0x7F {
                    fail(offset, 1, "a record is one line: no control characters in a template")
                }
                literal.append(byte)
                offset += 1
            }
        }
        flush()
    }

    /// From a per cent sign on; returns where to go on.
    private mutating func parseVariable(_ bytes: [UInt8], at start: Int) -> Int {
        var end = start + 1
        while end < bytes.count, TemplateParser.isName(bytes[end]) { end += 1 }
        let name = String(decoding: bytes[start + 1..<end], as: UTF8.self)
        guard end < bytes.count, bytes[end] == TemplateParser.percent else {
            let hint = DidYouMean.nearest(to: name, among: TemplateParser.names, count: 1)
            fail(
                start, max(end - start, 1),
                "a per cent sign begins a variable, as in %SRC%, and none is closed here; write %% for the sign itself"
                    + DidYouMean.phrase(hint.map { "%\($0)%" }))
            return end
        }
        if name.isEmpty {
            literal.append(TemplateParser.percent)
        } else if let variable = PacketVariable(rawValue: name) {
            flush()
            parts.append(.variable(variable))
        } else {
            let hint = DidYouMean.nearest(to: name, among: TemplateParser.names)
            fail(
                start, end + 1 - start,
                "there is no variable %\(name)%" + DidYouMean.phrase(hint.map { "%\($0)%" })
                    + (hint.isEmpty ? "; there are \(TemplateParser.names.joined(separator: ", "))" : ""))
        }
        return end + 1
    }

    private static let names = PacketVariable.allCases.map(\.rawValue)

    private static func isName(_ byte: UInt8) -> Bool {
        0x41...0x5A ~= byte & 0xDF || 0x30...0x39 ~= byte || byte == UInt8(ascii: "_")
    }

    private mutating func flush() {
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = []
    }

    private mutating func fail(_ offset: Int, _ length: Int, _ message: String) {
        errors.append(TemplateError(offset: offset, length: length, message: message))
    }
}
