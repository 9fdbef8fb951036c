import Primitives

// Addresses, prefixes and ranges; hardware addresses.

extension Parser {
    mutating func addressValue(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        switch operand.form {
        case .list:
            return try list(operand)
        case .user:
            return try users(operand)
        case .string, .vpn:
            return try unfit(operand, row)
        case .word:
            if let slash = slash(in: operand.token) { return try prefix(operand, slash, row) }
            if let address = address(operand.token) { return .addresses(AddressRange(address)) }
            return try reportNoAddress(operand, operand.token, row)
        case .range:
            guard let lower = address(operand.token) else { return try reportNoAddress(operand, operand.token, row) }
            guard let upper = address(operand.upper) else { return try reportNoAddress(operand, operand.upper, row) }
            if let range = AddressRange(lower, upper) { return .addresses(range) }
            switch (lower, upper) {
            case (.v4, .v4), (.v6, .v6):
                try report(
                    operand.place, "the range ends before it begins; did you mean \"\(upper)-\(lower)\"?")
            default:
                try report(operand.place, "a range lies in one family: both ends IPv4 or both IPv6")
            }
            return nil
        }
    }

    /// The addresses that an operand spells, where it spells some.
    func range(_ operand: Operand) -> AddressRange? {
        guard let lower = address(operand.token) else { return nil }
        return operand.form == .range ? address(operand.upper).flatMap { AddressRange(lower, $0) } : AddressRange(lower)
    }

    private func address(_ token: Token) -> IPAddress? {
        IPAddress(parsing: lexer.bytes.span.extracting(token.lower..<token.upper))
    }

    private func slash(in token: Token) -> Int? {
        var index = token.upper - 1
        while index > token.lower {
            if lexer.bytes[index] == UInt8(ascii: "/") { return index }
            index -= 1
        }
        return nil
    }

    /// `1.2.3.4/24`, `1.2.3.4/255.255.255.0`, `2001:db8::/32`.
    private mutating func prefix(_ operand: Operand, _ slash: Int, _ row: VariableRow) throws(Stop) -> Value? {
        let left = Token(kind: .word, lower: operand.token.lower, upper: slash)
        let right = Token(kind: .word, lower: slash + 1, upper: operand.token.upper)
        guard let address = address(left) else { return try reportNoAddress(operand, left, row, isPrefix: true) }
        if let length = number(right) {
            if let range = AddressRange(address, prefixLength: Int(length)) { return .addresses(range) }
            let most = if case .v4 = address { 32 } else { 128 }
            try report(right.place, "the length of this prefix goes from 0 to \(most)")
            return nil
        }
        guard case .v4 = address, case .v4(let mask) = self.address(right) else {
            try report(
                right.place, "behind the slash stands a length such as 24\(mentionsMask(address)), not \(shown(right))")
            return nil
        }
        let length = (~mask.number).leadingZeroBitCount
        guard mask.number == 0 || mask.number == UInt32.max << UInt32(32 - length),
            let range = AddressRange(address, prefixLength: length)
        else {
            try report(right.place, "in a mask all ones stand before all zeros, as in 255.255.255.0")
            return nil
        }
        return .addresses(range)
    }

    private func mentionsMask(_ address: IPAddress) -> String {
        if case .v4 = address { " or a mask such as 255.255.255.0" } else { "" }
    }

    /// Says why something that should be an address is none.
    private mutating func reportNoAddress(
        _ operand: Operand, _ token: Token, _ row: VariableRow, isPrefix: Bool = false
    ) throws(Stop) -> Value? {
        guard let problem = problem(text(token).prefix(64), isPrefix) else { return try unfit(operand, row) }
        try report(token.place, "\(shown(token)) is no address: \(problem)")
        return nil
    }

    private func problem(_ text: Substring, _ isPrefix: Bool) -> String? {
        let isDotted =
            text.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") } && (isPrefix || text.contains("."))
        if isDotted {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            if let part = parts.first(where: { (Int($0) ?? 0) > 255 }) { return "\(part) is above 255" }
            if parts.contains(where: { $0.count > 1 && $0.first == "0" }) {
                return "some programs read a number with a leading zero as octal; leave the zeros out"
            }
            return "four numbers with dots between make an IPv4 address" + (isPrefix ? ", as in 10.0.0.0/8" : "")
        }
        let isHexadecimal = text.utf8.allSatisfy {
            $0.isHexadecimal || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
        }
        guard isHexadecimal, text.contains(":") else { return nil }
        return
            "eight groups of up to four hexadecimal digits make an IPv6 address, and one \"::\" stands for missing ones"
    }

    /// `00:11:22:33:44:55`, or its first three to five bytes.
    mutating func hardwareValue(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        let token = operand.token
        let length = token.upper - token.lower
        guard operand.form == .word, length % 3 == 2, 3...6 ~= (length + 1) / 3 else { return try unfit(operand, row) }
        var prefix: UInt64 = 0
        for index in 0..<length {
            let byte = lexer.bytes[token.lower + index]
            if index % 3 == 2 {
                guard byte == UInt8(ascii: ":") else { return try unfit(operand, row) }
            } else {
                guard byte.isHexadecimal else { return try unfit(operand, row) }
                prefix = prefix << 4 | UInt64(hexadecimal(byte))
            }
        }
        return .mac(prefix: prefix, count: (length + 1) / 3)
    }
}
