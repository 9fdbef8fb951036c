import Primitives

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
        let written = written(operand)
        let what = operand.form == .string ? "the string \(Excerpt.source(written))" : Excerpt.source(written)
        let hint = meant(by: operand, written, row).map { DidYouMean.phrase([Excerpt.source($0)]) } ?? ""
        let needsQuotes = operand.form == .word && takesNames(row) && !isPlainName(operand.token)
        if needsQuotes && hint.isEmpty {
            try report(operand.place, "a name such as \(written) needs quotes: \(Excerpt.quoted(written))")
        } else {
            try report(operand.place, "\"\(row.variable.rawValue)\" takes \(row.takes), not \(what)\(hint)")
        }
        // The rest of an address with dashes (00-11-22-33-44-55) would only be reported again.
        if operand.form == .range, token.kind == .dash { skipToOperator() }
        return nil
    }

    private func takesNames(_ row: VariableRow) -> Bool {
        switch row.values {
        case .interfaces, .rule, .host, .user, .payload: true
        default: false
        }
    }

    /// The condition that was probably meant by a value which the variable does not take.
    private func meant(by operand: Operand, _ written: String, _ row: VariableRow) -> String? {
        guard written.utf8.count <= 60 else { return nil }
        let name = row.variable.rawValue
        switch operand.form {
        case .list, .user:
            return "addr = \(written)"
        case .vpn:
            return "if = \(written)"
        case .string:
            let inside = String(written.dropFirst().dropLast())
            return row.values == .addresses && IPAddress(parsing: inside) != nil ? "\(name) = \(inside)" : nil
        case .range, .word:
            break
        }
        if row.takesRegex, written.utf8.first == UInt8(ascii: "/") { return "\(name) ~ \(written)" }
        if row.values != .addresses, range(operand) != nil { return "addr = \(written)" }
        switch row.values {
        case .addresses, .hardware:
            let isNumber = number(operand.token) ?? .max <= 65_535 && number(operand.upper) != nil
            if isNumber, row.values == .addresses { return "port = \(written)" }
            let hasLetter = written.utf8.contains { $0.isLetter && !$0.isHexadecimal }
            return hasLetter && written.contains(".") ? "host = \"\(written)\"" : nil
        case .asn where written.lowercased().hasPrefix("as") && UInt32(written.dropFirst(2)) != nil:
            return "asn = \(written.dropFirst(2))"
        case .payload where operand.form == .word:
            return "payload = \(Excerpt.quoted(written))"
        default:
            return nil
        }
    }

    /// An operand's text.
    private func written(_ operand: Operand) -> String {
        text(Token(kind: .word, lower: operand.place.lower, upper: operand.place.upper))
    }

    private mutating func oneOf(_ words: [String], _ operand: Operand, _ row: VariableRow) throws(Stop) -> String? {
        let word = text(operand.token).lowercased()
        if operand.form == .word, words.contains(word) { return word }
        var meant = DidYouMean.phrase(for: word, among: words)
        if operand.form == .string, words.contains(String(word.dropFirst().dropLast())) {
            meant = "; leave the quotes out"
        }
        try report(
            operand.place,
            "\"\(row.variable.rawValue)\" takes \(row.takes), not \(Excerpt.source(written(operand)))\(meant)")
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
        if IPAddress(parsing: host) != nil {
            try report(operand.place, "\(Excerpt.quoted(host)) is an address; did you mean \"addr = \(host)\"?")
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
            var message = "there is no \(what) \(Excerpt.quoted(name))" + DidYouMean.phrase(for: name, among: others)
            if !message.hasSuffix("?") { message += Self.existing(others) }
            if kind == .interface || kind == .connection, names.directory.interfacesMayAppear {
                log.warning(operand.place, message + (message.hasSuffix("?") ? " It" : "; it") + " may come up later")
                return name
            }
            if kind == .user || kind == .group, names.directory.usersMayMove {
                // Directories of a company have thousands; who is not known yet is no mistake.
                let may = kind == .user ? "may log in later" : "may get members later"
                log.warning(operand.place, message + (message.hasSuffix("?") ? " It " : "; it ") + may)
                return name
            }
            try report(operand.place, message)
            return nil
        }
    }

    /// `; there are "a", "b" and 7 others`.
    private static func existing(_ all: [String]) -> String {
        let most = 5
        // An interface's two names are often one word.
        var seen: Set<String> = []
        let names = all.filter { seen.insert($0).inserted }
        if names.isEmpty { return "; there is none" }
        let shown = names.prefix(most).map(Excerpt.quoted).joined(separator: ", ")
        return (names.count == 1 ? "; there is only " : "; there are ") + shown
            + (names.count > most ? " and \(names.count - most) others" : "")
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
