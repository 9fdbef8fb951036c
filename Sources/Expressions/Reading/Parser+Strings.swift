// What stands between double quotes: taken as typed, but for what a backslash escapes.
// A backslash before anything else is a backslash.

extension Parser {
    /// The text of a string: `\"` and `\\` escape.
    mutating func string(_ token: Token) throws(Stop) -> String? {
        let bytes = lexer.bytes
        var text: [UInt8] = []
        text.reserveCapacity(token.upper - token.lower)
        var index = token.lower + 1
        while index < token.upper - 1 {
            if bytes[index] == UInt8(ascii: "\\"), isQuoteOrBackslash(bytes[index + 1]) { index += 1 }
            text.append(bytes[index])
            index += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func isQuoteOrBackslash(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

    /// `payload = "text"`: bytes, `\xNN` for those that cannot be typed.
    mutating func payload(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        guard operand.form == .string else { return try unfit(operand, row) }
        let source = lexer.bytes
        var bytes: [UInt8] = []
        var index = operand.token.lower + 1
        let end = operand.token.upper - 1
        while index < end {
            var byte = source[index]
            index += 1
            if byte == UInt8(ascii: "\\"), isQuoteOrBackslash(source[index]), index < end {
                byte = source[index]
                index += 1
            } else if byte == UInt8(ascii: "\\"), index < end, source[index] == UInt8(ascii: "x") {
                guard index + 2 < end, source[index + 1].isHexadecimal, source[index + 2].isHexadecimal else {
                    try report(
                        SourceRange(index - 1, min(index + 3, end)),
                        "two hexadecimal digits follow \\x; a backslash before an x is \\\\x")
                    return nil
                }
                byte = hexadecimal(source[index + 1]) << 4 | hexadecimal(source[index + 2])
                index += 3
            }
            bytes.append(byte)
        }
        if bytes.isEmpty {
            try report(operand.place, "text between the quotes is missing: every payload contains nothing")
            return nil
        }
        return .bytes(bytes)
    }

    /// A digit that is known to be hexadecimal.
    func hexadecimal(_ byte: UInt8) -> UInt8 { byte.isDigit ? byte - 0x30 : (byte | 0x20) - 0x61 + 10 }

    struct UserEntry {
        var name: String
        var isGroup: Bool
        var place: SourceRange
    }

    /// The names between commas; nil, and reported, where one is empty or a bracket stands alone.
    mutating func userNames(_ token: Token) throws(Stop) -> [UserEntry]? {
        let bytes = lexer.bytes
        var entries: [UserEntry] = []
        var name: [UInt8] = []
        var index = token.lower + 1
        var start = index
        let end = token.upper - 1
        var opened = false
        var closed = false
        var problem: String?
        while true {
            let byte = index < end ? bytes[index] : UInt8(ascii: ",")
            switch byte {
            case UInt8(ascii: "\\") where index + 1 < end && escapesInNames(bytes[index + 1]):
                index += 1
                if closed { problem = problem ?? "a comma follows the \"]\" of a group" }
                name.append(bytes[index])
            case UInt8(ascii: ","):
                if opened && !closed { problem = "the \"[\" of a group is not closed" }
                let text = trimmed(name)
                if text.isEmpty { problem = problem ?? "a name between the commas is missing" }
                let place = entryPlace(start, index)
                if let problem {
                    try report(place, "\(problem); a backslash makes \",\", \"[\" and \"]\" part of a name")
                    return nil
                }
                entries.append(UserEntry(name: text, isGroup: opened, place: place))
                if index >= end { return entries }
                (opened, closed) = (false, false)
                name.removeAll(keepingCapacity: true)
                start = index + 1
            case UInt8(ascii: "["):
                if opened || !trimmed(name).isEmpty { problem = "a \"[\" can only begin a group's name" }
                opened = true
                name.removeAll(keepingCapacity: true)
            case UInt8(ascii: "]"):
                if !opened || closed { problem = problem ?? "this \"]\" closes nothing" }
                closed = true
            default:
                if closed && byte != UInt8(ascii: " ") { problem = problem ?? "a comma follows the \"]\" of a group" }
                if !closed { name.append(byte) }
            }
            index += 1
        }
    }

    private func escapesInNames(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"): true
        default: isQuoteOrBackslash(byte)
        }
    }

    /// Blanks around a name belong to the list, not to the name.
    private func trimmed(_ name: [UInt8]) -> String {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") }
        guard let first = name.firstIndex(where: { !isBlank($0) }), let last = name.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: name[first...last], as: UTF8.self)
    }

    private func entryPlace(_ start: Int, _ end: Int) -> SourceRange {
        var lower = start
        while lower < end, lexer.bytes[lower] == UInt8(ascii: " ") { lower += 1 }
        return lower < end ? SourceRange(lower, end) : SourceRange(start, max(end, start + 1))
    }
}
