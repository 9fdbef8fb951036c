import ControlMessages
import Primitives

/// All accounts and tokens, as they stand in the file. Pure: hashes and times come in.
struct AccountBook: Hashable, Sendable {
    static let format = 1
    /// Accounts, and tokens, at most.
    /// - Limit: local users, and tokens |  | an error
    static let limit = 1000

    private(set) var accounts: [String: Account] = [:]
    private(set) var tokens: [String: AccountToken] = [:]
    /// Token names by digest.
    private var tokenNames: [[UInt8]: String] = [:]

    // MARK: Accounts

    func account(_ name: String) throws(AccountError) -> Account {
        guard let account = accounts[name] else {
            throw AccountError.unknown("there is no local user \"\(shown(name))\"")
        }
        return account
    }

    mutating func add(_ account: Account) throws(AccountError) {
        guard Account.isName(account.name) else {
            throw AccountError.invalid("\"\(shown(account.name))\" cannot be a user's name: \(Self.nameRule)")
        }
        guard accounts[account.name] == nil else {
            throw AccountError.exists(
                "there is a local user \"\(account.name)\" already: remove it first, or change it")
        }
        guard accounts.count < Self.limit else {
            throw AccountError.full("there are \(Self.limit) local users, and there is room for no more")
        }
        try Self.check(displayName: account.displayName)
        accounts[account.name] = account
    }

    /// Changes an account. Refused where nobody who may change accounts would be left, though somebody was before.
    mutating func change(_ name: String, _ body: (inout Account) -> Void) throws(AccountError) {
        var account = try account(name)
        body(&account)
        try Self.check(displayName: account.displayName)
        var next = self
        next.accounts[name] = account
        try next.keepAdministrator(before: self, name)
        self = next
    }

    /// Removes an account and the tokens that it made; returns their names.
    mutating func remove(_ name: String) throws(AccountError) -> [String] {
        _ = try account(name)
        var next = self
        next.accounts[name] = nil
        try next.keepAdministrator(before: self, name)
        let owned = tokens.values.filter { $0.owner == name }.map(\.name).sorted()
        for token in owned { next.removeToken(token) }
        self = next
        return owned
    }

    /// Notes a log-in; the file learns of it when it is written next.
    mutating func noteLogin(_ name: String, at time: Timestamp) { accounts[name]?.lastLogin = time }

    private var administrators: Int {
        accounts.values.count { $0.isEnabled && $0.role == .administrator }
    }

    /// The last user may go; but where others are left to log in, one of them has to be able to change accounts.
    private func keepAdministrator(before: AccountBook, _ name: String) throws(AccountError) {
        let isLocked = administrators == 0 && accounts.values.contains(where: \.isEnabled)
        guard isLocked, before.administrators > 0 else { return }
        throw AccountError.conflict(
            "\"\(name)\" is the last administrator who can log in: make another one first")
    }

    // MARK: Tokens

    mutating func add(_ token: AccountToken) throws(AccountError) {
        guard Account.isName(token.name) else {
            throw AccountError.invalid("\"\(shown(token.name))\" cannot be a token's name: \(Self.nameRule)")
        }
        guard tokens[token.name] == nil else {
            throw AccountError.exists("there is a token \"\(token.name)\" already: revoke it first")
        }
        guard tokens.count < Self.limit else {
            throw AccountError.full("there are \(Self.limit) tokens, and there is room for no more; revoke some")
        }
        tokens[token.name] = token
        tokenNames[token.digest] = token.name
    }

    mutating func revoke(_ name: String) throws(AccountError) {
        guard tokens[name] != nil else {
            throw AccountError.unknown("there is no token \"\(shown(name))\"")
        }
        removeToken(name)
    }

    private mutating func removeToken(_ name: String) {
        if let token = tokens.removeValue(forKey: name) { tokenNames[token.digest] = nil }
    }

    func token(digest: [UInt8]) -> AccountToken? { tokenNames[digest].flatMap { tokens[$0] } }

    mutating func noteUse(_ name: String, at time: Timestamp, from: String) {
        tokens[name]?.lastUse = time
        tokens[name]?.lastFrom = from
    }

    /// Takes over log-ins and uses from this book that `other`, which was made of an earlier one, does not know; returns
    /// whether there were any.
    func giveUses(to other: inout AccountBook) -> Bool {
        var found = false
        for (name, account) in accounts {
            guard let mine = account.lastLogin, let theirs = other.accounts[name], theirs.lastLogin != mine else {
                continue
            }
            other.accounts[name]?.lastLogin = mine
            found = true
        }
        for (name, token) in tokens {
            guard let mine = token.lastUse, let theirs = other.tokens[name], theirs.digest == token.digest,
                theirs.lastUse != mine
            else { continue }
            other.tokens[name]?.lastUse = mine
            other.tokens[name]?.lastFrom = token.lastFrom
            found = true
        }
        return found
    }

    // MARK: Rules

    static let nameRule = "it takes letters, digits, . _ - and @, at most \(Account.longestName), and no - in front"

    private static func check(displayName: String) throws(AccountError) {
        let bytes = displayName.utf8
        guard bytes.count <= Account.longestDisplayName, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw AccountError.invalid(
                "a display name has at most \(Account.longestDisplayName) bytes and no control characters")
        }
    }
}

/// A name that somebody typed, for a message: harmless, and short.
func shown(_ name: String) -> String {
    let short = name.unicodeScalars.count > 64 ? String(name.unicodeScalars.prefix(64)) + "..." : name
    return String(appending: { $0.append(escaping: short) })
}
