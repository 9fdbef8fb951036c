import Primitives

// Numbers, ranges of them, and names that stand for numbers.

extension Parser {
    /// The number that a word spells in decimal digits; nil for anything else, `.max` where it is too large.
    func number(_ token: Token) -> UInt64? {
        var number: UInt64 = 0
        for index in token.lower..<token.upper {
            let byte = lexer.bytes[index]
            guard byte.isDigit else { return nil }
            number = min(number * 10 + UInt64(byte - 0x30), 1 << 40)
        }
        return token.lower < token.upper ? number : nil
    }

    /// A number within its variable's range; reports one that is not.
    private mutating func number(_ token: Token, from least: UInt32 = 0, upTo most: UInt32, of row: VariableRow)
        throws(Stop) -> UInt32?
    {
        guard let number = number(token) else { return nil }
        guard UInt64(least)...UInt64(most) ~= number else {
            try report(
                token.place,
                "\(shown(token)) is out of range: \"\(row.variable.rawValue)\" goes from \(least) to \(most)")
            return nil
        }
        return UInt32(number)
    }

    /// Rule 4's condition: what one place must lie in.
    mutating func interval(_ comparator: Token.Kind, _ row: VariableRow) throws(Stop) -> Test? {
        guard case .numbers(let most, let services) = row.values else { return nil }
        let operand = token
        guard operand.kind == .word, number(operand) != nil else {
            try reportNoNumber(operand, row, services)
            return nil
        }
        advance()
        if token.kind == .dash {
            try report(
                SourceRange(operand.lower, token.upper),
                "\"<\", \"<=\", \">\" and \">=\" take one number, not a range")
            skipToOperator()
            return nil
        }
        guard let number = try number(operand, upTo: most, of: row) else { return nil }
        switch comparator {
        case .less where number == 0: return .interval(lower: 1, upper: 0)
        case .less: return .interval(lower: 0, upper: number - 1)
        case .lessOrEqual: return .interval(lower: 0, upper: number)
        case .greater where number == .max: return .interval(lower: 1, upper: 0)
        case .greater: return .interval(lower: number + 1, upper: most)
        default: return .interval(lower: number, upper: most)
        }
    }

    private mutating func reportNoNumber(_ operand: Token, _ row: VariableRow, _ services: Bool) throws(Stop) {
        let name = row.variable.rawValue
        let only = "\"<\", \"<=\", \">\" and \">=\" take one number"
        switch operand.kind {
        case .openBrace:
            try report(operand.place, "\(only), not a set; sets are for \"=\" and \"!=\": \(name) = { 1, 2 }")
        case .word:
            let ports = services ? names.directory.ports(ofService: text(operand).lowercased()) : nil
            let hint = ports?.first.map { "; \(shown(operand)) is \($0.lowerBound)" } ?? ""
            try report(operand.place, "\(only), not \(shown(operand))\(hint)")
        default:
            try report(placeOfToken, "\(only); found \(shown(operand))")
        }
        skipToOperator()
    }

    /// A number, a range or a service of a number variable.
    mutating func numberValue(_ operand: Operand, _ row: VariableRow, upTo most: UInt32, services: Bool)
        throws(Stop) -> Value?
    {
        switch operand.form {
        case .range:
            guard number(operand.token) != nil, number(operand.upper) != nil else { return try unfit(operand, row) }
            guard let lower = try number(operand.token, upTo: most, of: row),
                let upper = try number(operand.upper, upTo: most, of: row)
            else { return nil }
            guard lower <= upper else {
                try report(
                    operand.place, "the range ends before it begins; did you mean \"\(upper)-\(lower)\"?")
                return nil
            }
            return .number(lower: lower, upper: upper)
        case .word where number(operand.token) != nil:
            return try number(operand.token, upTo: most, of: row).map { .number(lower: $0, upper: $0) }
        case .word, .string:
            let begin = lexer.bytes[operand.token.lower]
            if begin.isDigit, names.directory.ports(ofService: text(operand.token).lowercased()) == nil {
                return try unfit(operand, row)
            }
            guard services, let name = try name(operand, row) else { return services ? nil : try unfit(operand, row) }
            return try service(name.lowercased(), operand)
        default:
            return try unfit(operand, row)
        }
    }

    private mutating func service(_ name: String, _ operand: Operand) throws(Stop) -> Value? {
        let directory = names.directory
        if directory.ports(ofService: name) == nil {
            let message = "there is no service \(Excerpt.quoted(name))"
            let known = directory.services.keys.sorted() + Services.names
            // Without settings, the administrator's own services are not known.
            if directory.knowsSettings {
                try report(operand.place, message + DidYouMean.phrase(for: name, among: known))
                return nil
            }
            log.warning(
                operand.place,
                "\(message) among the built-in ones, so this is not met" + DidYouMean.phrase(for: name, among: known))
        }
        return .service(name)
    }

    /// The value of `ip`, `asn` or `proto` by number.
    mutating func plainNumber(_ operand: Operand, _ row: VariableRow, from least: UInt32, upTo most: UInt32)
        throws(Stop) -> Value?
    {
        guard operand.form == .word, number(operand.token) != nil else { return try unfit(operand, row) }
        return try number(operand.token, from: least, upTo: most, of: row).map { .number(lower: $0, upper: $0) }
    }

    mutating func protocolValue(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        guard operand.form == .word, number(operand.token) == nil else {
            return try plainNumber(operand, row, from: 0, upTo: 255)
        }
        let name = text(operand.token).lowercased()
        guard let number = ProtocolNames.number(of: name) else {
            try report(
                operand.place,
                "there is no protocol \(Excerpt.quoted(name)) here; its number from 0 to 255 does as well"
                    + DidYouMean.phrase(for: name, among: ProtocolNames.all))
            return nil
        }
        return .protocolName(name, number)
    }

    /// The value of `icmp` and `icmp6`: a name for both families, or numbers of one.
    mutating func icmpValue(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        guard operand.form == .word else { return try unfit(operand, row) }
        let only6 = row.values == .icmp6
        let bytes = lexer.bytes
        let token = operand.token
        if bytes[token.lower].isDigit {
            let slash = (token.lower..<token.upper).first { bytes[$0] == UInt8(ascii: "/") } ?? token.upper
            let typeToken = Token(kind: .word, lower: token.lower, upper: slash)
            let codeToken = Token(kind: .word, lower: min(slash + 1, token.upper), upper: token.upper)
            guard number(typeToken) != nil, slash == token.upper || number(codeToken) != nil
            else { return try unfit(operand, row) }
            guard let type = try number(typeToken, upTo: 255, of: row) else { return nil }
            var code: UInt8?
            if slash < token.upper {
                guard let number = try number(codeToken, upTo: 255, of: row) else { return nil }
                code = UInt8(number)
            }
            let meaning = ICMPValue.TypeAndCode(type: UInt8(type), code: code)
            return .icmp(ICMPValue(name: nil, v4: only6 ? nil : meaning, v6: only6 ? meaning : nil))
        }
        let name = text(token).lowercased()
        guard var value = ICMPNames.value(of: name), !only6 || value.v6 != nil else {
            var hint = DidYouMean.phrase(for: name, among: ICMPNames.all(onlyICMP6: only6))
            let parts = name.split(separator: "/")
            if parts.count == 2, UInt8(parts[1]) != nil, let message = ICMPNames.value(of: String(parts[0])),
                let type = only6 ? message.v6?.type : message.v4?.type
            {
                hint = "; by numbers it is \(type)/\(parts[1])"
            }
            try report(operand.place, "\"\(row.variable.rawValue)\" knows no message \(Excerpt.quoted(name))\(hint)")
            return nil
        }
        if only6 { value.v4 = nil }
        return .icmp(value)
    }
}
