import Primitives

// One condition: a variable, a comparator it takes, and what it is compared with.

/// A value as it was written, before the variable says what it means.
struct Operand {
    enum Form {
        case word, string
        /// `list:"..."`, `user:"..."`, `vpn:"..."`: `token` is the string.
        case list, user, vpn
        /// `token` - `upper`, both words.
        case range
    }

    var form: Form
    var token: Token
    var upper: Token
    var place: SourceRange
}

extension Parser {
    /// The condition that begins here; nil, and the rest of it skipped, where it is wrong.
    mutating func condition() throws(Stop) -> Condition? {
        let word = token
        guard let row = Variable.row(named: shortWord(word)) else {
            try reportUnknown(word)
            return nil
        }
        lastVariable = row.variable
        advance()
        let comparator = token
        guard let kind = try comparatorKind(comparator, row) else { return nil }
        advance()
        if try reportForeignComparator(comparator) { return nil }
        let test: Test?
        switch kind {
        case .equal, .unequal:
            if row.values == .flags {
                test = try flags(negated: kind == .unequal)
            } else {
                let values = try values(of: row)
                test = values.isEmpty ? nil : kind == .equal ? .isOne(values) : .isNone(values)
            }
        case .tilde:
            test = try regex(of: row)
        default:
            test = try interval(kind, row)
        }
        guard let test else { return nil }
        return Condition(row.variable, test, place: SourceRange(word.lower, lastUpper))
    }

    /// The comparator, if the variable takes it.
    private mutating func comparatorKind(_ comparator: Token, _ row: VariableRow) throws(Stop) -> Token.Kind? {
        switch comparator.kind {
        case .equal, .unequal:
            return comparator.kind
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            if row.isRelational { return comparator.kind }
        case .tilde:
            if row.takesRegex { return comparator.kind }
        default:
            try reportNoComparator(comparator, row)
            return nil
        }
        try report(
            comparator.place,
            "\"\(row.variable.rawValue)\" takes \(choices(row.comparators)), not \(shown(comparator))")
        skipToOperator()
        return nil
    }

    /// The variable stands there, and no comparator behind it.
    private mutating func reportNoComparator(_ found: Token, _ row: VariableRow) throws(Stop) {
        let name = row.variable.rawValue
        var message = "a comparator is missing behind \"\(name)\", which takes \(choices(row.comparators))"
        switch found.kind {
        case .end: message += " with \(row.takes)"
        case .word where IPAddress(parsing: text(found)) != nil:
            message += DidYouMean.phrase(["\"addr = \(text(found))\""])
        case .word, .string:
            message += DidYouMean.phrase([Excerpt.source("\(name) = \(text(found))")])
        default: message += "; found \(shown(found))"
        }
        try report(placeOfToken, message)
        skipToOperator()
    }

    /// `=>`, `=<` and `<>` as other languages have them.
    private mutating func reportForeignComparator(_ comparator: Token) throws(Stop) -> Bool {
        guard comparator.upper == token.lower else { return false }
        let meant: String
        switch (comparator.kind, token.kind) {
        case (.equal, .greater): meant = ">="
        case (.equal, .less): meant = "<="
        case (.less, .greater): meant = "!="
        default: return false
        }
        let place = SourceRange(comparator.lower, token.upper)
        let both = Token(kind: .word, lower: place.lower, upper: place.upper)
        try report(place, "\(shown(both)) is no comparator; did you mean \"\(meant)\"?")
        skipToOperator()
        return true
    }

    /// What stands behind `=` or `!=`: a value, a range or a set. Empty where something was wrong.
    private mutating func values(of row: VariableRow) throws(Stop) -> [Value] {
        guard token.kind == .openBrace else {
            guard let operand = try operand(of: row) else {
                skipToOperator()
                return []
            }
            let value = try value(operand, of: row)
            if token.kind == .comma {
                try report(token.place, "several values stand in braces: \(row.variable.rawValue) = { a, b }")
                skipToOperator()
            }
            return value.map { [$0] } ?? []
        }
        return try set(of: row)
    }

    private mutating func set(of row: VariableRow) throws(Stop) -> [Value] {
        let opening = token
        advance()
        if token.kind == .closeBrace {
            try report(SourceRange(opening.lower, token.upper), "a set holds at least one value")
            advance()
            return []
        }
        var values: [Value] = []
        var isWhole = true
        while true {
            if token.kind == .end {
                try report(opening.place, "this \"{\" is not closed")
                return []
            }
            if let operand = try operand(of: row) {
                if let value = try value(operand, of: row) { values.append(value) } else { isWhole = false }
            } else {
                isWhole = false
                skipInSet()
            }
            switch token.kind {
            case .comma:
                advance()
            case .closeBrace:
                advance()
                return isWhole ? values : []
            case .end:
                continue
            default:
                let misplaced = token
                isWhole = false
                skipInSet(toItsEnd: true)
                guard token.kind == .closeBrace else { continue }
                try report(misplaced.place, "\",\" or \"}\" could stand here, not \(shown(misplaced))")
                advance()
                return []
            }
        }
    }

    private mutating func skipInSet(toItsEnd: Bool = false) {
        var depth = 0
        while token.kind != .end {
            switch token.kind {
            case .closeBrace where depth == 0: return
            case .comma where depth == 0 && !toItsEnd: return
            case .openBrace: depth += 1
            case .closeBrace: depth -= 1
            default: break
            }
            advance()
        }
    }

    /// One value or range as it is written; nil where none stands here (the error is reported).
    private mutating func operand(of row: VariableRow) throws(Stop) -> Operand? {
        let first = token
        switch first.kind {
        case .string:
            advance()
            return Operand(form: .string, token: first, upper: first, place: first.place)
        case .word:
            advance()
            if token.kind == .colon { return try named(first) }
            if token.kind == .string, token.lower == first.upper {
                let known = "list:\"name\", user:\"names\" or vpn:\"connection name\" could stand here"
                try report(SourceRange(first.lower, token.upper), "\(known), not \(shown(first))")
                advance()
                return nil
            }
            guard token.kind == .dash else {
                return Operand(form: .word, token: first, upper: first, place: first.place)
            }
            advance()
            guard token.kind == .word else {
                try report(
                    SourceRange(first.lower, lastUpper),
                    "a range is written \(text(first))-\(text(first)): its end is missing")
                return nil
            }
            let upper = token
            advance()
            return Operand(form: .range, token: first, upper: upper, place: SourceRange(first.lower, upper.upper))
        default:
            try report(
                placeOfToken,
                "\"\(row.variable.rawValue)\" takes \(row.takes); found \(shown(first))")
            return nil
        }
    }

    /// `list:"name"` and its like; the colon is the token.
    private mutating func named(_ word: Token) throws(Stop) -> Operand? {
        let form: Operand.Form? =
            switch shortWord(word) {
            case .list: .list
            case .user: .user
            case .vpn: .vpn
            default: nil
            }
        advance()
        guard let form, token.kind == .string else {
            let example = form == nil ? "list" : text(word)
            try report(
                SourceRange(word.lower, max(token.upper, lastUpper)),
                "a name in quotes follows the colon: \(example):\"name\"")
            return nil
        }
        let string = token
        advance()
        return Operand(form: form, token: string, upper: string, place: SourceRange(word.lower, string.upper))
    }
}
