public import ControlMessages
public import Primitives
import Synchronization
import SystemCalls

extension AccountKeeper {
    /// Makes an account. The password is hashed first, which takes a while.
    public func add(
        _ name: String, displayName: String, role: ControlRole, password: String, at time: Timestamp
    ) async throws(AccountError) {
        // Before anything is computed for nothing.
        try state.withLock { state throws(AccountError) in
            if let closed = state.closed { throw closed }
            if state.book.accounts[name] != nil {
                throw AccountError.exists(
                    "there is a local user \"\(name)\" already: remove it first, or change it")
            }
        }
        let hash = try await hash(password)
        try change { book throws(AccountError) in
            try book.add(
                Account(
                    name: name, displayName: displayName, role: role, isEnabled: true, password: hash,
                    createdAt: time, lastLogin: nil))
        }
    }

    /// Removes an account; its sessions end, and the tokens that it made go with it. Returns their names.
    public func remove(_ name: String) throws(AccountError) -> [String] {
        let tokens = try change { book throws(AccountError) in try book.remove(name) }
        state.withLock { $0.sessions.end(account: name) }
        return tokens
    }

    /// Changes what is not nil. Sessions of an account that is disabled end.
    public func change(
        _ name: String, displayName: String? = nil, role: ControlRole? = nil, isEnabled: Bool? = nil
    ) throws(AccountError) {
        try change { book throws(AccountError) in
            try book.change(name) { account in
                if let displayName { account.displayName = displayName }
                if let role { account.role = role }
                if let isEnabled { account.isEnabled = isEnabled }
            }
        }
        if isEnabled == false { state.withLock { $0.sessions.end(account: name) } }
    }

    /// Gives an account another password. Its sessions end, but for the one that did it.
    public func setPassword(
        of name: String, to password: String, keeping session: UInt64? = nil
    ) async throws(AccountError) {
        _ = try account(name)
        let hash = try await hash(password)
        try change { book throws(AccountError) in try book.change(name) { $0.password = hash } }
        state.withLock { $0.sessions.end(account: name, but: session) }
    }

    /// Makes a token, and returns its value, which nobody can be told again.
    public func createToken(
        _ name: String, scopes: Set<ControlScope>, owner: String?, by creator: String, at time: Timestamp,
        expiresAt: Timestamp?
    ) throws(AccountError) -> String {
        guard !scopes.isEmpty else {
            throw AccountError.invalid(
                "a token takes at least one scope: \(ControlScope.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if let expiresAt, expiresAt <= time {
            throw AccountError.invalid("a token has to expire in the future")
        }
        let value = Secret.token(Self.tokenPrefix)
        try change { book throws(AccountError) in
            if let owner { _ = try book.account(owner) }
            try book.add(
                AccountToken(
                    name: name, digest: Secret.digest(value), scopes: scopes, owner: owner, createdBy: creator,
                    createdAt: time, expiresAt: expiresAt, lastUse: nil, lastFrom: nil))
        }
        return value
    }

    public func revokeToken(_ name: String) throws(AccountError) {
        try change { book throws(AccountError) in try book.revoke(name) }
    }

    static let tokenPrefix = "glt_"
    static let sessionPrefix = "gls_"

    /// The hash of a new password; refused where it is too short or too long.
    private func hash(_ password: String) async throws(AccountError) -> PasswordHash {
        let least = state.withLock { $0.policy.passwordLength }
        guard password.count >= least else {
            throw AccountError.invalid(
                "a password of \(password.count) characters is too short; it takes at least \(least) "
                    + "(accounts.password_length)")
        }
        guard password.utf8.count <= Account.longestPassword else {
            throw AccountError.invalid("a password has at most \(Account.longestPassword) bytes")
        }
        let parameters = parameters
        return try await workers.run {
            Result { () throws(AccountError) in try PasswordHash(of: password, parameters) }
        }
        .get()
    }
}
