/// Cuts an expression's bytes into tokens, one at a time, each byte looked at a bounded number of times.
///
/// A word is as long as it can be: letters, digits, `_ . : / *` and anything beyond ASCII. A `-`
/// belongs to a name (`echo-request`) but ends a number or an address (`137-139`); a `:` ends
/// `list`, `user` and `vpn`. Whether `00:11:22` is a hardware address is for the variable to say.
struct Lexer {
    let bytes: [UInt8]
    private var position = 0
    /// A regex can only stand behind `~`: elsewhere `/` is part of a prefix.
    private var expectsRegex = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next token; `.end` at the end, again and again.
    mutating func next() -> Token {
        skipBlanks()
        let lower = position
        guard lower < bytes.count else { return Token(kind: .end, lower: lower, upper: lower) }
        let wantsRegex = expectsRegex
        expectsRegex = false
        let kind: Token.Kind
        switch bytes[lower] {
        case UInt8(ascii: "("): kind = symbol(.open)
        case UInt8(ascii: ")"): kind = symbol(.close)
        case UInt8(ascii: "{"): kind = symbol(.openBrace)
        case UInt8(ascii: "}"): kind = symbol(.closeBrace)
        case UInt8(ascii: ","): kind = symbol(.comma)
        case UInt8(ascii: "-"): kind = symbol(.dash)
        case UInt8(ascii: "+"): kind = symbol(.plus)
        case UInt8(ascii: "|"): kind = symbol(.or, or: .or, before: UInt8(ascii: "|"))
        case UInt8(ascii: "&"): kind = symbol(.and, or: .and, before: UInt8(ascii: "&"))
        case UInt8(ascii: "="): kind = symbol(.equal, or: .equal, before: UInt8(ascii: "="))
        case UInt8(ascii: "!"): kind = symbol(.not, or: .unequal, before: UInt8(ascii: "="))
        case UInt8(ascii: "<"): kind = symbol(.less, or: .lessOrEqual, before: UInt8(ascii: "="))
        case UInt8(ascii: ">"): kind = symbol(.greater, or: .greaterOrEqual, before: UInt8(ascii: "="))
        case UInt8(ascii: "~"):
            kind = symbol(.tilde)
            expectsRegex = true
        case UInt8(ascii: "\""): kind = string()
        case UInt8(ascii: "/") where wantsRegex: kind = regex()
        case UInt8(ascii: ":") where !beginsAddress(lower): kind = symbol(.colon)
        case let byte where byte.isInWord: kind = word()
        default: kind = symbol(.stray)
        }
        return Token(kind: kind, lower: lower, upper: position)
    }

    /// Goes back into a word that was taken: what the language reads as one word at one place is
    /// several at another (`SYN-RST` among flags).
    mutating func goBack(to offset: Int) { position = offset }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                position += 1
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            default:
                return
            }
        }
    }

    private mutating func symbol(_ kind: Token.Kind) -> Token.Kind {
        position += 1
        return kind
    }

    private mutating func symbol(_ short: Token.Kind, or long: Token.Kind, before second: UInt8) -> Token.Kind {
        let isLong = position + 1 < bytes.count && bytes[position + 1] == second
        position += isLong ? 2 : 1
        return isLong ? long : short
    }

    private mutating func string() -> Token.Kind {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return .string
            case UInt8(ascii: "\n"):
                return .unclosedString
            case UInt8(ascii: "\\") where position + 1 < bytes.count && bytes[position + 1] != UInt8(ascii: "\n"):
                position += 2
            default:
                position += 1
            }
        }
        return .unclosedString
    }

    private mutating func regex() -> Token.Kind {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "/"):
                position += 1
                while position < bytes.count, bytes[position].isLetter { position += 1 }
                return .regex
            case UInt8(ascii: "\n"):
                return .unclosedRegex
            case UInt8(ascii: "\\") where position + 1 < bytes.count && bytes[position + 1] != UInt8(ascii: "\n"):
                position += 2
            default:
                position += 1
            }
        }
        return .unclosedRegex
    }

    /// `::1` is an address; `list : "x"` holds a colon.
    private func beginsAddress(_ offset: Int) -> Bool {
        offset + 1 < bytes.count && (bytes[offset + 1] == UInt8(ascii: ":") || bytes[offset + 1].isHexadecimal)
    }

    private mutating func word() -> Token.Kind {
        let lower = position
        var onlyDigits = true
        var onlyAddress = true
        var hasSeparator = false
        scan: while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "-"):
                if onlyDigits || onlyAddress && hasSeparator { break scan }
                onlyAddress = false
            case UInt8(ascii: ":") where position - lower <= 4 && takesString(lower):
                break scan
            case UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"):
                onlyDigits = false
                hasSeparator = true
            default:
                guard byte.isInWord else { break scan }
                if !byte.isDigit { onlyDigits = false }
                if !byte.isHexadecimal { onlyAddress = false }
            }
            position += 1
        }
        guard position - lower <= 3 else { return .word }
        switch ShortWord(bytes.span.extracting(lower..<position)) {
        case .and: return .and
        case .or: return .or
        case .not: return .not
        default: return .word
        }
    }

    /// Whether the word from `lower` to here is one of those that a `:` and a string may follow.
    private func takesString(_ lower: Int) -> Bool {
        let word = ShortWord(bytes.span.extracting(lower..<position))
        return word == .list || word == .user || word == .vpn
    }
}

extension UInt8 {
    /// Bytes that may stand in a word, `-` apart.
    fileprivate var isInWord: Bool {
        switch self {
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "*"): true
        default: self >= 0x80 || isLetter || isDigit
        }
    }
}
