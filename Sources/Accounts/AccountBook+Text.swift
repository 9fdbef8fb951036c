import ControlMessages
import Primitives

// The file: a line for each account and token, `key=value` with blanks between, values in percent encoding. The first
// line says the format and the last one how many lines there are, so that a torn file is not taken for a whole one.

extension AccountBook {
    private static let title = "# gatelog accounts, format "

    /// The file's text.
    var text: [UInt8] {
        var text = """
            \(Self.title)\(Self.format)
            # Passwords are scrypt hashes, tokens SHA-256 digests. Do not edit: use `gatelog user` and `gatelog token`.

            """
        for account in accounts.values.sorted(by: { $0.name < $1.name }) { text += account.line + "\n" }
        for token in tokens.values.sorted(by: { $0.name < $1.name }) { text += token.line + "\n" }
        text += "# end of \(accounts.count + tokens.count) entries\n"
        return Array(text.utf8)
    }

    /// Reads what `text` wrote; `path` is the file's name in messages.
    init(parsing bytes: [UInt8], path: String) throws(AccountError) {
        self.init()
        guard let text = String(validating: bytes, as: UTF8.self), text.utf8.last == UInt8(ascii: "\n") else {
            throw AccountError.damaged(path: path, line: 1, what: "this is no whole file of accounts")
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard let first = lines.first, first.hasPrefix(Self.title),
            let format = Int(first.dropFirst(Self.title.count)), format > 0
        else { throw AccountError.damaged(path: path, line: 1, what: "this is no file of accounts") }
        guard format <= Self.format else { throw AccountError.newer(path: path, format: format) }
        var entries = 0
        for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
            guard add(line: line) else {
                throw AccountError.damaged(
                    path: path, line: index + 1, what: "this is neither a user nor a token as Gatelog writes them")
            }
            entries += 1
        }
        guard lines.last.map(String.init) == "# end of \(entries) entries" else {
            throw AccountError.damaged(path: path, line: lines.count, what: "the file ends before its end")
        }
    }

    private mutating func add(line: Substring) -> Bool {
        var fields: [Substring: String] = [:]
        let words = line.split(separator: " ")
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(of: "="), let value = PercentText.decode(word[sign...].dropFirst()),
                fields.updateValue(value, forKey: word[..<sign]) == nil
            else { return false }
        }
        do {
            switch words.first {
            case "user":
                guard let account = Account(fields) else { return false }
                try add(account)
            case "token":
                guard let token = AccountToken(fields) else { return false }
                try add(token)
            default: return false
            }
            return true
        } catch {
            return false
        }
    }
}

extension Account {
    fileprivate var line: String {
        var line = "user name=\(PercentText.encode(name)) role=\(role.rawValue) enabled=\(isEnabled)"
        line += " created=\(createdAt.nanoseconds)"
        if let lastLogin { line += " login=\(lastLogin.nanoseconds)" }
        if !displayName.isEmpty { line += " display=\(PercentText.encode(displayName))" }
        return line + " password=\(password)"
    }

    fileprivate init?(_ fields: [Substring: String]) {
        let known: Set<Substring> = ["name", "role", "enabled", "created", "login", "display", "password"]
        guard known.isSuperset(of: fields.keys), let name = fields["name"],
            let role = fields["role"].flatMap({ ControlRole(rawValue: $0) }),
            let isEnabled = fields["enabled"].flatMap({ Bool($0) }),
            let password = fields["password"].flatMap({ PasswordHash(parsing: $0) }),
            let createdAt = time(fields["created"]), let lastLogin = optionalTime(fields["login"])
        else { return nil }
        self.init(
            name: name, displayName: fields["display"] ?? "", role: role, isEnabled: isEnabled, password: password,
            createdAt: createdAt, lastLogin: lastLogin)
    }
}

extension AccountToken {
    fileprivate var line: String {
        let scopes = scopes.map(\.rawValue).sorted().joined(separator: ",")
        var line = "token name=\(PercentText.encode(name)) digest=\(PercentText.encode(Base64Text.encode(digest)))"
        line += " scopes=\(PercentText.encode(scopes)) by=\(PercentText.encode(createdBy))"
        line += " created=\(createdAt.nanoseconds)"
        if let owner { line += " owner=\(PercentText.encode(owner))" }
        if let expiresAt { line += " expires=\(expiresAt.nanoseconds)" }
        if let lastUse { line += " used=\(lastUse.nanoseconds)" }
        if let lastFrom { line += " from=\(PercentText.encode(lastFrom))" }
        return line
    }

    fileprivate init?(_ fields: [Substring: String]) {
        let known: Set<Substring> = [
            "name", "digest", "scopes", "by", "created", "owner", "expires", "used", "from",
        ]
        guard known.isSuperset(of: fields.keys), let name = fields["name"], let createdBy = fields["by"],
            let digest = fields["digest"].flatMap({ Base64Text.decode($0) }), digest.count == 32,
            let words = fields["scopes"]?.split(separator: ","), let createdAt = time(fields["created"]),
            let expiresAt = optionalTime(fields["expires"]), let lastUse = optionalTime(fields["used"])
        else { return nil }
        let scopes = words.compactMap { ControlScope(rawValue: String($0)) }
        guard scopes.count == words.count, !scopes.isEmpty else { return nil }
        self.init(
            name: name, digest: digest, scopes: Set(scopes), owner: fields["owner"], createdBy: createdBy,
            createdAt: createdAt, expiresAt: expiresAt, lastUse: lastUse, lastFrom: fields["from"])
    }
}

private func time(_ text: String?) -> Timestamp? {
    text.flatMap { Int64($0) }.map { Timestamp(nanoseconds: $0) }
}

/// No field is no time; a field that is none is nil.
private func optionalTime(_ text: String?) -> Timestamp?? {
    guard let text else { return .some(nil) }
    return time(text).map { .some($0) }
}
