/// A regular expression that means the same to Hyperscan over many lines as to PCRE2 over each of them, or more:
/// then no line is lost.
struct ScreenedPattern {
    /// What Hyperscan compiles: the pattern, or the text that it stands for.
    let source: [UInt8]
    let ignoresCase: Bool
    /// Whether the pattern is a text without any operator.
    let isText: Bool

    /// Bytes of a pattern that Hyperscan is asked to compile; what is longer might take long.
    static let lengthLimit = 4 << 10

    /// Nil where the two may differ on a line of ASCII text.
    init?(_ pattern: String, ignoresCase: Bool) {
        let bytes = Array(pattern.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.lengthLimit else { return nil }
        // Without case, a letter that is not ASCII may stand for one that is: the Kelvin sign for "k".
        let isASCII = bytes.allSatisfy { $0 < 0x80 }
        if ignoresCase, !isASCII { return nil }
        self.ignoresCase = ignoresCase
        if let text = Self.text(of: bytes) {
            source = text
            isText = true
        } else {
            guard isASCII, Self.isSafe(bytes) else { return nil }
            source = bytes
            isText = false
        }
    }

    /// The text that a pattern without operators stands for; nil where it has some.
    private static func text(of pattern: [UInt8]) -> [UInt8]? {
        var text: [UInt8] = []
        var isEscaped = false
        for byte in pattern {
            if isEscaped {
                // Backslash and punctuation is the character itself (pcre2pattern(3), "Backslash").
                guard isPunctuation(byte) else { return nil }
                text.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                // Only at some places do brackets that close mean something; they are left to PCRE2.
                guard !"^$.[]|()?*+{}\n\0".utf8.contains(byte) else { return nil }
                text.append(byte)
            }
        }
        return isEscaped ? nil : text
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// Whether nothing in the pattern means the ends of the whole text (which here holds many lines), changes what
    /// line ends are, or belongs to PCRE2 alone.
    private static func isSafe(_ pattern: [UInt8]) -> Bool {
        var at = 0
        while at < pattern.count {
            let byte = pattern[at]
            let next = at + 1 < pattern.count ? pattern[at + 1] : 0
            if byte == 0 { return false }
            if byte == UInt8(ascii: "\\") {
                // Ends of the text, the end of the last match, quoting, what was matched set back, line ends, graphemes.
                if "AzZGQEKRXCpPgko".utf8.contains(next) { return false }
                at += 2
            } else if byte == UInt8(ascii: "("), next == UInt8(ascii: "*") {
                return false
            } else if byte == UInt8(ascii: "("), next == UInt8(ascii: "?") {
                guard let length = safeGroup(pattern[(at + 2)...]) else { return false }
                at += 2 + length
            } else {
                at += 1
            }
        }
        return true
    }

    /// Bytes behind `(?` of a group that both read alike: `:`, `=`, `!`, `<=`, `<!`, or the flags i and s.
    private static func safeGroup(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let first = rest.first else { return nil }
        if ":=!".utf8.contains(first) { return 1 }
        if first == UInt8(ascii: "<"), let second = rest.dropFirst().first, "=!".utf8.contains(second) { return 2 }
        let flags = rest.prefix { "is".utf8.contains($0) }
        guard !flags.isEmpty, let end = rest.dropFirst(flags.count).first, ":)".utf8.contains(end) else { return nil }
        return flags.count + 1
    }
}
