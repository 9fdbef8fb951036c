/// Takes the text of ipmon.conf apart.
struct ConfigurationLexer {
    struct Token: Equatable {
        enum Kind: Equatable {
            case word, string, mark, end
        }

        var kind: Kind
        var text: String
        /// From 1.
        var line: Int
    }

    private let bytes: [UInt8]
    private var place = 0
    private var line = 1

    /// Bytes that a word or a string may have.
    static let longestToken = 4096

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(ConfigurationError) -> Token {
        skipBlanks()
        guard place < bytes.count else { return Token(kind: .end, text: "end of file", line: line) }
        let byte = bytes[place]
        if byte == UInt8(ascii: "\"") { return try string() }
        if Self.isWord(byte) { return try word() }
        place += 1
        guard "{}(),;=".utf8.contains(byte) else {
            throw ConfigurationError(line: line, found: Self.shown([byte]), "this character stands in no rule")
        }
        return Token(kind: .mark, text: String(UnicodeScalar(byte)), line: line)
    }

    private mutating func skipBlanks() {
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\n"):
                line += 1
                place += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                place += 1
            case UInt8(ascii: "#"):
                while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
            default:
                return
            }
        }
    }

    private mutating func word() throws(ConfigurationError) -> Token {
        let start = place
        while place < bytes.count, Self.isWord(bytes[place]) { place += 1 }
        try check(start)
        return Token(kind: .word, text: Self.shown(bytes[start..<place]), line: line)
    }

    private mutating func string() throws(ConfigurationError) -> Token {
        let start = place + 1
        let first = line
        place = start
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            guard bytes[place] != UInt8(ascii: "\n"), bytes[place] != 0 else {
                throw ConfigurationError(
                    line: first, found: Self.shown(bytes[start..<place].prefix(32)),
                    "the string does not end in its line")
            }
            place += 1
        }
        guard place < bytes.count else {
            throw ConfigurationError(
                line: first, found: Self.shown(bytes[start..<place].prefix(32)), "the string does not end")
        }
        try check(start)
        let token = Token(kind: .string, text: String(decoding: bytes[start..<place], as: UTF8.self), line: first)
        place += 1
        return token
    }

    private func check(_ start: Int) throws(ConfigurationError) {
        guard place - start <= Self.longestToken else {
            throw ConfigurationError(
                line: line, found: Self.shown(bytes[start..<start + 32]),
                "this has \(place - start) bytes, at most \(Self.longestToken) are taken")
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "._-/:$".utf8.contains(byte)
        }
    }

    private static func shown(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            if 0x20...0x7E ~= byte {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }
}
