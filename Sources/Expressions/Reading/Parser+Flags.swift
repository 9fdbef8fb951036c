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

/// A list of flags while it is read.
private struct FlagList {
    var test = FlagTest(set: 0, clear: 0)
    var count = 0
    /// `NONE` or `ALL`.
    var alone: Token?
    var isRight = true
}

extension Parser {
    /// A list of flags; nil where it is wrong.
    mutating func flags(negated: Bool) throws(Stop) -> Test? {
        var list = FlagList()
        let start = token
        while token.kind == .plus || token.kind == .dash || token.kind == .word && !isKeyword(token) {
            var sign: Token?
            if token.kind != .word {
                sign = token
                advance()
            }
            guard token.kind == .word else {
                let place = sign?.place ?? placeOfToken
                try report(place, "a flag follows \"+\" and \"-\"; found \(shown(token))")
                skipToOperator()
                return nil
            }
            splitFlags()
            try flag(sign, &list)
        }
        if list.count == 0 {
            let hint = start.kind == .openBrace ? "; several flags stand side by side: tcpfl = SYN +ACK" : ""
            try report(
                start.kind == .end ? placeOfToken : start.place,
                "\"tcpfl\" takes \(Variable.tcpFlags.row.takes); found \(shown(start))\(hint)")
            skipToOperator()
            return nil
        }
        if let alone = list.alone, list.count > 1 {
            try report(alone.place, "\(shown(alone)) stands alone, without other flags")
            return nil
        }
        return list.isRight ? .flags(list.test, negated: negated) : nil
    }

    /// Takes the word of one flag into the list.
    private mutating func flag(_ sign: Token?, _ list: inout FlagList) throws(Stop) {
        let word = token
        let name = shortWord(word)
        advance()
        list.count += 1
        if name == FlagTest.noneWord || name == FlagTest.allWord {
            list.test = name == FlagTest.noneWord ? .none : .all
            list.alone = word
            guard let sign else { return }
            try report(SourceRange(sign.lower, word.upper), "\(shown(word)) takes no sign")
        } else if let bit = FlagTest.byWord[name] {
            if sign?.kind == .dash { list.test.clear |= bit } else { list.test.set |= bit }
            guard list.alone == nil, list.test.set & list.test.clear & bit != 0 else { return }
            try report(
                SourceRange((sign ?? word).lower, word.upper),
                "\(text(word).uppercased()) cannot be set and clear in one packet: it stands here with both signs")
        } else {
            let known = FlagTest.names.map(\.name) + ["NONE", "ALL"]
            let meant = DidYouMean.phrase(for: text(word), among: known)
            let all = "; there are \(known.joined(separator: ", "))"
            try report(word.place, "\(shown(word)) is no TCP flag\(meant.isEmpty ? all : meant)")
        }
        list.isRight = false
    }

    /// Cuts a word such as `SYN-RST` behind its first flag, so that the sign is read as one.
    private mutating func splitFlags() {
        let bytes = lexer.bytes
        guard let dash = (token.lower..<token.upper).first(where: { bytes[$0] == UInt8(ascii: "-") }),
            FlagTest.byWord[ShortWord(bytes.span.extracting(token.lower..<dash))] != nil
        else { return }
        shorten(to: dash)
    }
}
