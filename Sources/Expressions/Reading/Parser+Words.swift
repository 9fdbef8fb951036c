import Primitives

// Pieces of the text as messages and look-ups need them.

extension Parser {
    /// The bytes of a token.
    func text(_ token: Token) -> String {
        String(decoding: lexer.bytes[token.lower..<token.upper], as: UTF8.self)
    }

    /// A word as it compares with the language's own, without making a String.
    func shortWord(_ token: Token) -> ShortWord {
        ShortWord(lexer.bytes.span.extracting(token.lower..<token.upper))
    }

    /// The token as a message names it.
    func shown(_ token: Token) -> String {
        switch token.kind {
        case .end: "the end of the text"
        case .unclosedString: "a string that no \" closes on its line"
        case .unclosedRegex: "a regular expression that no / closes on its line"
        default: Excerpt.source(text(token))
        }
    }

    /// Where an error about the present token points to: behind the last word at the end of the text.
    var placeOfToken: SourceRange {
        token.kind == .end ? SourceRange(lastUpper, lastUpper) : token.place
    }

    /// Whether a word begins a condition, `any` or `inner`.
    func isKeyword(_ token: Token) -> Bool {
        let word = shortWord(token)
        return word == .any || word == .inner || Variable.row(named: word) != nil
    }

    /// `"=" or "!="`.
    func choices(_ words: [String]) -> String {
        let quoted = words.map { "\"\($0)\"" }
        guard quoted.count > 1 else { return quoted.joined() }
        return quoted.dropLast().joined(separator: ", ") + " or " + quoted[quoted.count - 1]
    }

    // MARK: What could stand here

    /// The present token stands where a condition should begin.
    func noPrimary() -> String {
        switch token.kind {
        case .end: "a condition such as port = 80 is missing at the end of the text"
        case .close: "a condition such as port = 80 is missing before \")\""
        case .and, .or: "a condition such as port = 80 is missing before \(shown(token))"
        case .unclosedString: "\(shown(token)) stands where a condition could"
        case .stray where lexer.bytes[token.lower] == UInt8(ascii: "'"):
            "\"'\" begins nothing; names stand in double quotes"
        case .stray: "\(shown(token)) begins nothing; a condition such as port = 80 could stand here"
        default: "a condition such as port = 80 could stand here, not \(shown(token))"
        }
    }

    /// The present token stands behind a whole condition.
    func misplaced() -> String {
        let message = "\"&\" or \"|\" could stand here, not \(shown(token))"
        guard token.kind == .comma || token.kind == .word, let lastVariable else { return message }
        switch lastVariable.row.values {
        case .flags: return message + "; several flags stand side by side: tcpfl = SYN +ACK"
        case .interfaces where token.kind == .word, .rule where token.kind == .word, .user where token.kind == .word:
            return message + "; a name of several words needs quotes"
        default: return message + "; several values stand in braces: \(lastVariable.rawValue) = { a, b }"
        }
    }

    /// A word that begins a condition and is no variable.
    mutating func reportUnknown(_ word: Token) throws(Stop) {
        let name = text(word)
        let place = word.place
        advance()
        let isCompared =
            switch token.kind {
            case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .tilde: true
            default: false
            }
        defer { skipToOperator() }
        if isCompared, let first = name.utf8.first, first.isDigit {
            return try report(place, "a variable stands before the comparator, not \(Excerpt.quoted(name))")
        }
        guard !isCompared, let meant = meant(by: name) else {
            let variables = Variable.table.map(\.variable.rawValue)
            var suggestions = DidYouMean.phrase(for: name, among: variables)
            if let meant = ForeignWords.variable(for: name.lowercased()) {
                suggestions = DidYouMean.phrase(["\"\(meant.rawValue)\""])
            }
            if suggestions.isEmpty, isCompared { suggestions = "; there are \(variables.joined(separator: ", "))" }
            return try report(
                place,
                isCompared
                    ? "unknown variable \(Excerpt.quoted(name))\(suggestions)"
                    : "\(Excerpt.quoted(name)) is no condition: a variable, a comparator and a value make one"
                        + suggestions)
        }
        try report(place, "\(Excerpt.quoted(name)) is no condition\(DidYouMean.phrase(["\"\(meant)\""]))")
    }

    /// The condition that a bare value was probably meant for.
    private func meant(by name: String) -> String? {
        let word = name.lowercased()
        guard word.utf8.count <= 45 else { return nil }
        if IPAddress(parsing: word) != nil { return "addr = \(word)" }
        if UInt16(word) != nil || names.directory.ports(ofService: word) != nil {
            let variable = lastVariable.flatMap { $0.row.isRelational ? $0 : nil } ?? .port
            if ProtocolNames.number(of: word) == nil { return "\(variable.rawValue) = \(word)" }
        }
        if ProtocolNames.number(of: word) != nil { return "proto = \(word)" }
        if word == "ip6" { return "ip = 6" }
        if word == "in" || word == "out" { return "direc = \(word)" }
        return nil
    }
}
