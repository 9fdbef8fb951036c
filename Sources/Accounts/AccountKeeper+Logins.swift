public import ControlMessages
public import Primitives
import Synchronization
import SystemCalls

/// Why somebody was not let in; for the log, never for him.
public enum LoginRefusal: Error, Hashable, Sendable {
    case unknownUser(String)
    case wrongPassword(String)
    case disabled(String)
    /// After so many failures, for so many seconds. `attempts` of them are told of now; nil where nothing is to be told.
    case blocked(after: Int, seconds: Int64, attempts: Int?)
    /// So many attempts of that address are being checked that no more can be known to be allowed.
    case tooMany
    /// There are no accounts to look at, or no memory: it is not his fault.
    case unavailable(AccountError)
}

/// Somebody who was let in.
public struct LoginGrant: Sendable {
    /// The value of the session.
    public let token: String
    public let session: AccountSession
    public let account: Account
    /// Seconds until it ends in any case.
    public let seconds: Int64
}

/// Who shows a token or a session.
public enum BearerIdentity: Hashable, Sendable {
    case session(AccountSession, Account)
    case token(AccountToken, scopes: Set<ControlScope>)
}

/// Why a value that was shown is worth nothing.
public enum BearerRefusal: Error, Hashable, Sendable {
    /// No session and no token has it; never had, or not any more.
    case unknown
    case ended
    case expired(String)
    /// The local user who made the token may not log in.
    case ownerGone(String, owner: String)
}

extension AccountKeeper {
    /// Checks a name and a password. Takes as long for a user who is not there as for a wrong password. `address` is
    /// where it comes from, nil for who needs no password to do the same; `from` is the same in words.
    public func login(
        _ name: String, password: String, service: String, address: IPAddress?, from: String
    ) async throws(LoginRefusal) -> LoginGrant {
        let key = address.map(LoginThrottle.Key.init)
        let account = try admit(name, key)
        let hash = account?.password ?? .decoy(parameters)
        let isRight: Bool
        do {
            let given = password.utf8.count <= Account.longestPassword ? password : ""
            isRight = try await workers.run { hash.matches(given) }
        } catch {
            if let key { state.withLock { $0.throttle.abandoned(key) } }
            throw .unavailable(error)
        }
        if let refusal = refusal(name, account, isRight) {
            if let key { state.withLock { $0.throttle.failed(key, now: Clocks.monotonic, $0.policy) } }
            throw refusal
        }
        if hash.parameters != parameters { await upgrade(name, from: hash, password) }
        return try grant(name, service: service, from: from, key)
    }

    /// The account, if there is one, of an attempt that may go on.
    private func admit(_ name: String, _ key: LoginThrottle.Key?) throws(LoginRefusal) -> Account? {
        try state.withLock { state throws(LoginRefusal) in
            if let closed = state.closed { throw .unavailable(closed) }
            if let key {
                switch state.throttle.begin(key, now: Clocks.monotonic, state.policy) {
                case .go: break
                case .tooMany: throw .tooMany
                case .blocked(let failures, let seconds, let tell):
                    throw .blocked(after: failures, seconds: seconds, attempts: tell)
                }
            }
            return state.book.accounts[name]
        }
    }

    private func refusal(_ name: String, _ account: Account?, _ isRight: Bool) -> LoginRefusal? {
        guard let account else { return .unknownUser(name) }
        guard account.isEnabled else { return .disabled(name) }
        return isRight ? nil : .wrongPassword(name)
    }

    /// Lets somebody in whose password was right, if nothing of his account has changed while it was checked.
    private func grant(
        _ name: String, service: String, from: String, _ key: LoginThrottle.Key?
    ) throws(LoginRefusal) -> LoginGrant {
        let token = Secret.token(Self.sessionPrefix)
        return try state.withLock { state throws(LoginRefusal) in
            if let key { state.throttle.succeeded(key) }
            guard let account = state.book.accounts[name] else { throw .unknownUser(name) }
            guard account.isEnabled else { throw .disabled(name) }
            let time = Clocks.wall
            state.book.noteLogin(name, at: time)
            state.hasNews = true
            let session = state.sessions.begin(
                Secret.digest(token), account: name, service: service, from: from, at: time, now: Clocks.monotonic)
            return LoginGrant(
                token: token, session: AccountSession(session), account: account,
                seconds: state.policy.sessionSeconds)
        }
    }

    /// Hashes a password anew that was hashed with other costs. Where that fails the old hash goes on.
    private func upgrade(_ name: String, from old: PasswordHash, _ password: String) async {
        let parameters = parameters
        guard let hash = try? await workers.run({ try? PasswordHash(of: password, parameters) }) else { return }
        try? change { book throws(AccountError) in
            guard try book.account(name).password == old else { return }
            try book.change(name) { $0.password = hash }
        }
    }

    /// Whose session or token a value is; it counts as used. `from` is where it comes from.
    public func identify(_ value: String, from: String) throws(BearerRefusal) -> BearerIdentity {
        let digest = Secret.digest(value)
        return try state.withLock { state throws(BearerRefusal) in
            if value.hasPrefix(Self.sessionPrefix) {
                guard let session = state.sessions.use(digest, now: Clocks.monotonic, state.policy),
                    let account = state.book.accounts[session.account], account.isEnabled
                else { throw .ended }
                return .session(AccountSession(session), account)
            }
            guard let token = state.book.token(digest: digest) else { throw .unknown }
            let time = Clocks.wall
            if let end = token.expiresAt, end <= time { throw .expired(token.name) }
            var scopes = token.scopes
            if let owner = token.owner {
                guard let account = state.book.accounts[owner], account.isEnabled else {
                    throw .ownerGone(token.name, owner: owner)
                }
                scopes.formIntersection(account.role.scopes)
            }
            state.book.noteUse(token.name, at: time, from: from)
            state.hasNews = true
            return .token(token, scopes: scopes)
        }
    }

    /// Ends a session; false where there is none of that number.
    public func logout(_ number: UInt64) -> AccountSession? {
        state.withLock { $0.sessions.end(number).map(AccountSession.init) }
    }

    /// Whether a password is an account's: for who changes his own.
    public func hasPassword(_ name: String, _ password: String) async throws(AccountError) -> Bool {
        let hash = try account(name).password
        return try await workers.run { hash.matches(password) }
    }
}
