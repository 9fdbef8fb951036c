// What an operand means to its variable.

extension Parser {
    /// The value that `operand` is for the variable; nil, and reported, where it is none.
    mutating func value(_ operand: Operand, of row: VariableRow) throws(Stop) -> Value? {
        switch row.values {
        case .addresses: try addressValue(operand, row)
        case .interfaces: try interfaceValue(operand, row)
        case .numbers(let most, let services): try numberValue(operand, row, upTo: most, services: services)
        case .protocols: try protocolValue(operand, row)
        case .ipVersion: try ipVersion(operand, row)
        case .icmp, .icmp6: try icmpValue(operand, row)
        case .asn: try plainNumber(operand, row, from: 0, upTo: .max)
        case .payload: try payload(operand, row)
        case .hardware: try hardwareValue(operand, row)
        case .direction:
            try oneOf(["in", "out"], operand, row).map { .direction(incoming: $0 == "in") }
        case .fragment:
            try oneOf(FragmentValue.allCases.map(\.rawValue), operand, row)
                .flatMap(FragmentValue.init(rawValue:)).map(Value.fragment)
        case .verdict:
            try oneOf(VerdictValue.allCases.map(\.rawValue), operand, row)
                .flatMap(VerdictValue.init(rawValue:)).map(Value.verdict)
        case .rule: try name(operand, row).map(Value.text)
        case .user: try user(operand, row)
        case .host: try host(operand, row)
        case .country: try country(operand, row)
        case .flags: nil
        }
    }

    /// Reports a value of a kind that the variable does not take.
    mutating func unfit(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        let source = Token(kind: .word, lower: operand.place.lower, upper: operand.place.upper)
        let isName = operand.form == .word && !isPlainName(operand.token) && number(operand.token) == nil
        let what = operand.form == .string ? "the string \(shown(operand.token))" : shown(source)
        var message = "\"\(row.variable.rawValue)\" takes \(row.takes), not \(what)"
        switch row.values {
        case .interfaces, .rule, .host, .user:
            if isName {
                message = "a name such as \(text(operand.token)) needs quotes: \(Excerpt.quoted(text(operand.token)))"
            }
        default:
            if operand.form != .string, let other = variable(taking: operand) {
                message += "; did you mean \"\(other.rawValue) = \(text(source))\"?"
            }
        }
        try report(operand.place, message)
        return nil
    }

    /// A variable that would take a value of this look.
    private func variable(taking operand: Operand) -> Variable? {
        guard operand.place.upper - operand.place.lower <= 60 else { return nil }
        switch operand.form {
        case .list, .user: return .addr
        case .vpn: return .interface
        case .string: return nil
        case .range, .word:
            if number(operand.token).map({ $0 <= 65_535 }) == true { return .port }
            return range(operand) != nil ? .addr : nil
        }
    }

    private mutating func oneOf(_ words: [String], _ operand: Operand, _ row: VariableRow) throws(Stop) -> String? {
        let word = operand.form == .word ? text(operand.token).lowercased() : ""
        if words.contains(word) { return word }
        let meant = DidYouMean.phrase(for: word, among: words)
        let source = Token(kind: .word, lower: operand.place.lower, upper: operand.place.upper)
        try report(
            operand.place,
            "\"\(row.variable.rawValue)\" takes \(row.takes), not \(operand.form == .string ? shown(operand.token) : shown(source))\(meant)"
        )
        return nil
    }

    private mutating func ipVersion(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        if operand.form == .word, let number = number(operand.token), number == 4 || number == 6 {
            return .number(lower: UInt32(number), upper: UInt32(number))
        }
        return try unfit(operand, row)
    }

    // MARK: Names

    /// Letters, digits, `-` and `_`: what needs no quotes.
    func isPlainName(_ token: Token) -> Bool {
        for index in token.lower..<token.upper {
            let byte = lexer.bytes[index]
            guard byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            else { return false }
        }
        return true
    }

    /// A plain name or a string.
    mutating func name(_ operand: Operand, _ row: VariableRow) throws(Stop) -> String? {
        switch operand.form {
        case .string:
            guard let name = try string(operand.token) else { return nil }
            if name.isEmpty {
                try report(operand.place, "a name between the quotes is missing")
                return nil
            }
            return name
        case .word where isPlainName(operand.token):
            return text(operand.token)
        default:
            _ = try unfit(operand, row)
            return nil
        }
    }

    private mutating func country(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        let isString = operand.form == .string
        guard operand.form == .word || isString else { return try unfit(operand, row) }
        let letters = text(operand.token).dropFirst(isString ? 1 : 0).dropLast(isString ? 1 : 0)
        guard letters.utf8.count == 2, letters.utf8.allSatisfy(\.isLetter) else { return try unfit(operand, row) }
        return .country(letters.uppercased())
    }

    /// A domain name in lower case, perhaps with `*.` before it (RFC 1035 section 2.3.1, `_` as well).
    private mutating func host(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        guard var host = try name(operand, row)?.lowercased() else { return nil }
        if host.hasSuffix(".") { host.removeLast() }
        let wildcard = host.hasPrefix("*.")
        let labels = (wildcard ? host.dropFirst(2) : host[...]).utf8.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isWhole = labels.allSatisfy { label in
            1...63 ~= label.count
                && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
        guard isWhole, host.utf8.count <= 253 else {
            try report(
                operand.place,
                "\(Excerpt.quoted(host)) is no domain name: labels of letters, digits, \"-\" and \"_\" with dots between, "
                    + "perhaps \"*.\" before them; other letters in their xn-- form")
            return nil
        }
        return .text(host)
    }

    /// A word is in any case, a string as it is typed.
    private mutating func known(_ name: String, _ kind: NameIndex.Kind, _ operand: Operand, as what: String)
        throws(Stop) -> String?
    {
        switch names.find(name, kind, foldsCase: operand.form == .word) {
        case .known(let spelling):
            return spelling
        case .unknowable:
            log.warning(operand.place, "no \(what) is known here, so \(Excerpt.quoted(name)) is not met")
            return name
        case .missing(let others):
            let message = "there is no \(what) \(Excerpt.quoted(name))" + DidYouMean.phrase(for: name, among: others)
            if kind == .interface || kind == .connection, names.directory.interfacesMayAppear {
                log.warning(operand.place, message + (message.hasSuffix("?") ? " It" : "; it") + " may come up later")
                return name
            }
            try report(operand.place, message)
            return nil
        }
    }

    private mutating func interfaceValue(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        switch operand.form {
        case .word where shortWord(operand.token) == .vpn:
            return .vpn
        case .word where shortWord(operand.token) == .vpnClient:
            return .vpnClient
        case .word, .string:
            guard let name = try name(operand, row) else { return nil }
            return try known(name, .interface, operand, as: "interface").map(Value.interface)
        case .vpn:
            guard let name = try string(operand.token) else { return nil }
            return try known(name, .connection, operand, as: "VPN connection").map(Value.vpnConnection)
        default:
            return try unfit(operand, row)
        }
    }

    /// `list:"name"` for the address variables.
    mutating func list(_ operand: Operand) throws(Stop) -> Value? {
        guard let name = try string(operand.token) else { return nil }
        return try known(name, .list, operand, as: "IP group").map(Value.list)
    }

    // MARK: Users

    private mutating func user(_ operand: Operand, _ row: VariableRow) throws(Stop) -> Value? {
        if operand.form == .word, isPlainName(operand.token) {
            return try known(text(operand.token), .user, operand, as: "user").map {
                .users([UserName($0, isGroup: false)])
            }
        }
        guard operand.form == .string else { return try unfit(operand, row) }
        guard case .users(let users) = try self.users(operand) else { return nil }
        if users.count > 1 {
            try report(operand.place, "\"user\" takes one name; several stand in braces: user = { \"a\", \"[b]\" }")
            return nil
        }
        return .users(users)
    }

    /// `user:"user1,[group1]"`: names with commas between; a backslash escapes `,` `[` `]`.
    mutating func users(_ operand: Operand) throws(Stop) -> Value? {
        guard let entries = try userNames(operand.token) else { return nil }
        var users: [UserName] = []
        users.reserveCapacity(entries.count)
        var isWhole = true
        for entry in entries {
            let kind = entry.isGroup ? NameIndex.Kind.group : .user
            var place = operand
            if entries.count > 1 { place.place = entry.place }
            if let name = try known(entry.name, kind, place, as: entry.isGroup ? "group" : "user") {
                users.append(UserName(name, isGroup: entry.isGroup))
            } else {
                isWhole = false
            }
        }
        return isWhole ? .users(users) : nil
    }
}
