/// A piece of an expression's text: what it is and where it stands. Holds no text of its own.
struct Token {
    enum Kind: UInt8 {
        case end
        case or, and, not, open, close, openBrace, closeBrace, comma, colon, dash, plus
        case equal, unequal, less, lessOrEqual, greater, greaterOrEqual, tilde
        /// A name, a number or an address: what a variable may be compared with, without quotes.
        case word
        /// With its quotes.
        case string
        /// With its slashes and the letters behind them.
        case regex
        /// A `"` or a `/` that nothing closes on its line.
        case unclosedString, unclosedRegex
        /// A character that begins nothing.
        case stray
    }

    var kind: Kind
    var lower: Int
    var upper: Int

    var place: SourceRange { SourceRange(lower, upper) }
}

/// Up to sixteen ASCII characters in lower case, packed so that words compare as numbers.
struct ShortWord: Hashable {
    private let key: UInt128

    init(_ text: String) { self.init(Array(text.utf8).span) }

    init(_ bytes: borrowing Span<UInt8>) {
        var key: UInt128 = 0
        // A longer word is none that the language has: zero is no word either.
        if bytes.count <= 16 {
            for index in bytes.indices { key = key << 8 | UInt128(bytes[index].asciiLowercased) }
        }
        self.key = key
    }

    static let and = ShortWord("and")
    static let or = ShortWord("or")
    static let not = ShortWord("not")
    static let any = ShortWord("any")
    static let inner = ShortWord("inner")
    static let list = ShortWord("list")
    static let user = ShortWord("user")
    static let vpn = ShortWord("vpn")
    static let vpnClient = ShortWord("vpnclient")
}

extension UInt8 {
    var isDigit: Bool { 0x30...0x39 ~= self }
    var isLetter: Bool { 0x61...0x7A ~= self | 0x20 }
    var isHexadecimal: Bool { isDigit || 0x61...0x66 ~= self | 0x20 }
    var asciiLowercased: UInt8 { 0x41...0x5A ~= self ? self | 0x20 : self }
}
