import Primitives

// Rule 5: what `tcpfl` is compared with.

extension FlagTest {
    /// The flags' names and bits, lowest bit first (RFC 9293 section 3.1; ECE and CWR are not tested).
    public static let names: [(name: String, bit: UInt8)] = [
        ("FIN", 1), ("SYN", 2), ("RST", 4), ("PSH", 8), ("ACK", 16), ("URG", 32),
    ]
    /// All six.
    public static let every: UInt8 = 0x3F
    /// None of the six is set.
    public static let none = FlagTest(set: 0, clear: every)
    /// All six are set.
    public static let all = FlagTest(set: every, clear: 0)

    fileprivate static let byWord = Dictionary(uniqueKeysWithValues: names.map { (ShortWord($0.name), $0.bit) })
    fileprivate static let noneWord = ShortWord("none")
    fileprivate static let allWord = ShortWord("all")
}

extension Parser {
    /// A list of flags; nil where it is wrong.
    mutating func flags(negated: Bool) throws(Stop) -> Test? {
        var test = FlagTest(set: 0, clear: 0)
        var count = 0
        var alone: Token?
        var isRight = true
        let start = token
        while true {
            var sign: Token?
            if token.kind == .plus || token.kind == .dash {
                sign = token
                advance()
            }
            guard token.kind == .word, sign != nil || !beginsCondition(token) else {
                if let sign {
                    try report(
                        SourceRange(sign.lower, sign.upper),
                        "a flag follows \(shown(sign)); found \(shown(token))")
                    skipToOperator()
                    isRight = false
                }
                break
            }
            splitFlags()
            let word = token
            let name = shortWord(word)
            advance()
            count += 1
            if name == FlagTest.noneWord || name == FlagTest.allWord {
                test = name == FlagTest.noneWord ? .none : .all
                alone = word
                if let sign {
                    try report(SourceRange(sign.lower, word.upper), "\(shown(word)) takes no sign")
                    isRight = false
                }
            } else if let bit = FlagTest.byWord[name] {
                let place = SourceRange((sign ?? word).lower, word.upper)
                if sign?.kind == .dash { test.clear |= bit } else { test.set |= bit }
                if alone == nil, test.set & test.clear & bit != 0 {
                    try report(
                        place,
                        "\(text(word).uppercased()) cannot be set and clear in one packet: it stands here with both signs"
                    )
                    isRight = false
                }
            } else {
                let known = FlagTest.names.map(\.name) + ["NONE", "ALL"]
                let meant = DidYouMean.phrase(for: text(word), among: known)
                try report(
                    word.place,
                    "\(shown(word)) is no TCP flag\(meant.isEmpty ? "; there are \(known.joined(separator: ", "))" : meant)"
                )
                isRight = false
            }
        }
        if count == 0, isRight {
            let hint = start.kind == .openBrace ? "; several flags stand side by side: tcpfl = SYN +ACK" : ""
            try report(
                start.kind == .end ? placeOfToken : start.place,
                "\"tcpfl\" takes \(Variable.tcpFlags.row.takes); found \(shown(start))\(hint)")
            skipToOperator()
            return nil
        }
        if let alone, count > 1 {
            try report(alone.place, "\(shown(alone)) stands alone, without other flags")
            return nil
        }
        return isRight ? .flags(test, negated: negated) : nil
    }

    /// Cuts a word such as `SYN-RST` behind its first flag, so that the sign is read as one.
    private mutating func splitFlags() {
        let bytes = lexer.bytes
        guard let dash = (token.lower..<token.upper).first(where: { bytes[$0] == UInt8(ascii: "-") }),
            FlagTest.byWord[ShortWord(bytes.span.extracting(token.lower..<dash))] != nil
        else { return }
        shorten(to: dash)
    }

    /// A missing `&` before a condition should not read the condition as flags.
    private func beginsCondition(_ token: Token) -> Bool { isKeyword(token) }
}
