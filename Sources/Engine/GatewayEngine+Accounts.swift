import Accounts
public import ControlMessages
import Primitives
import Records
import Settings
import SystemCalls

extension GatewayEngine {
    /// What a line shows in place of a password, a token or another secret.
    static let secret = "(secret)"

    public func accounts() async throws(ControlError) -> [AccountState] {
        try available()
        return localUsers.accounts.map { state(of: $0) }
    }

    public func addAccount(
        _ request: AccountRequest, by actor: ControlActor
    ) async throws(ControlError) -> AccountState {
        try await account { () async throws(AccountError) in
            try await self.localUsers.add(
                request.name, displayName: request.displayName ?? "", role: request.role,
                password: request.password, at: Clocks.wall)
        }
        note(actor, "user \(request.name)", from: nil, to: "\(request.role.rawValue), password \(Self.secret)")
        return try state(ofAccount: request.name)
    }

    public func changeAccount(
        _ name: String, _ change: AccountChange, by actor: ControlActor
    ) async throws(ControlError) -> AccountState {
        let before = try state(ofAccount: name)
        guard change != AccountChange() else {
            throw ControlError(.invalid, "nothing is to be changed: say display_name, role, enabled or password")
        }
        if change.displayName != nil || change.role != nil || change.enabled != nil {
            try await account { () async throws(AccountError) in
                try self.localUsers.change(
                    name, displayName: change.displayName, role: change.role, isEnabled: change.enabled)
            }
        }
        if let role = change.role { note(actor, "user \(name) role", from: before.role.rawValue, to: role.rawValue) }
        if let isEnabled = change.enabled {
            note(actor, "user \(name) enabled", from: "\(before.enabled)", to: "\(isEnabled)")
        }
        if let displayName = change.displayName {
            note(actor, "user \(name) display name", from: before.displayName, to: displayName)
        }
        if let password = change.password {
            try await account { () async throws(AccountError) in
                try await self.localUsers.setPassword(of: name, to: password)
            }
            note(actor, "user \(name) password", from: Self.secret, to: Self.secret)
        }
        return try state(ofAccount: name)
    }

    public func removeAccount(_ name: String, by actor: ControlActor) async throws(ControlError) {
        let before = try state(ofAccount: name)
        var tokens: [String] = []
        try await account { () async throws(AccountError) in tokens = try self.localUsers.remove(name) }
        note(actor, "user \(name)", from: before.role.rawValue, to: nil)
        for token in tokens { note(actor, "token \(token)", from: "of \(name)", to: nil) }
    }

    public func changePassword(_ change: PasswordChange, of caller: ControlCaller) async throws(ControlError) {
        guard case .session(let number) = caller.proof else {
            throw ControlError(.conflict, "only who is logged in has a password to change here")
        }
        let name = caller.actor.name
        var isRight = false
        try await account { () async throws(AccountError) in
            isRight = try await self.localUsers.hasPassword(name, change.old)
        }
        guard isRight else {
            let failure = AuthenticationFailure(
                service: .webAdmin, client: caller.actor.from, reason: .wrongPassword(name))
            say(.authentication(failure))
            throw ControlError(.forbidden, "the old password is wrong")
        }
        try await account { () async throws(AccountError) in
            try await self.localUsers.setPassword(of: name, to: change.new, keeping: number)
        }
        note(caller.actor, "user \(name) password", from: Self.secret, to: Self.secret)
    }

    public func whoAmI(_ caller: ControlCaller) async -> CallerState {
        guard case .session = caller.proof, let account = try? localUsers.account(caller.actor.name) else {
            return CallerState(caller)
        }
        return CallerState(caller, displayName: account.displayName, role: account.role)
    }

    // MARK: Tokens

    public func tokens() async throws(ControlError) -> [TokenState] {
        try available()
        return localUsers.tokens.map(TokenState.init)
    }

    public func createToken(
        _ request: TokenRequest, by caller: ControlCaller
    ) async throws(ControlError) -> CreatedToken {
        let scopes = try Self.scopes(request.scopes)
        let beyond = scopes.subtracting(caller.scopes).map(\.rawValue).sorted()
        guard beyond.isEmpty else {
            throw ControlError(
                .forbidden,
                "\(caller.actor.name) cannot give away what he may not himself: \(beyond.joined(separator: ", "))")
        }
        let now = Clocks.wall
        let end = try request.expiresSeconds.map { seconds throws(ControlError) in
            guard 1...Self.longestToken ~= seconds else {
                throw ControlError(.invalid, "expires_seconds takes 1 to \(Self.longestToken), not \(seconds)")
            }
            return Timestamp(seconds: now.seconds + seconds)
        }
        var owner: String?
        if case .session = caller.proof { owner = caller.actor.name }
        // What a token makes is worth no more than it is itself.
        if case .token(let name) = caller.proof { owner = localUsers.tokens.first { $0.name == name }?.owner }
        var value = ""
        try await account { () async throws(AccountError) in
            value = try self.localUsers.createToken(
                request.name, scopes: scopes, owner: owner, by: caller.actor.name, at: now, expiresAt: end)
        }
        let words = scopes.map(\.rawValue).sorted().joined(separator: " ")
        note(caller.actor, "token \(request.name)", from: nil, to: "\(words), value \(Self.secret)")
        guard let token = localUsers.tokens.first(where: { $0.name == request.name }) else {
            throw ControlError(.conflict, "the token \(request.name) was revoked at once")
        }
        return CreatedToken(token: value, state: TokenState(token))
    }

    public func revokeToken(_ name: String, by actor: ControlActor) async throws(ControlError) {
        let before = localUsers.tokens.first { $0.name == name }
        try await account { () async throws(AccountError) in try self.localUsers.revokeToken(name) }
        note(actor, "token \(name)", from: before?.scopes.map(\.rawValue).sorted().joined(separator: " "), to: nil)
    }

    /// Ten years.
    private static let longestToken: Int64 = 10 * 365 * 86400

    private static func scopes(_ names: [String]) throws(ControlError) -> Set<ControlScope> {
        var scopes: Set<ControlScope> = []
        for name in names {
            guard let scope = ControlScope(rawValue: name) else {
                let all = ControlScope.allCases.map(\.rawValue).joined(separator: ", ")
                throw ControlError(.invalid, "there is no scope \"\(name)\"; there are \(all)")
            }
            scopes.insert(scope)
        }
        return scopes
    }

    // MARK: Errors

    private func available() throws(ControlError) {
        if let problem = localUsers.problem { throw ControlError(.unavailable, problem) }
    }

    private func account(_ work: () async throws(AccountError) -> Void) async throws(ControlError) {
        do {
            try await work()
        } catch {
            throw ControlError(error)
        }
    }

    private func state(ofAccount name: String) throws(ControlError) -> AccountState {
        try available()
        do {
            return state(of: try localUsers.account(name))
        } catch {
            throw ControlError(error)
        }
    }

    private func state(of account: Account) -> AccountState {
        var state = AccountState(
            name: account.name, displayName: account.displayName, role: account.role, enabled: account.isEnabled,
            createdAt: EventTimes.text(account.createdAt))
        state.lastLogin = account.lastLogin.map(EventTimes.text)
        state.sessions = localUsers.sessions.count { $0.account == account.name }
        return state
    }
}

extension TokenState {
    init(_ token: AccountToken) {
        self.init(
            name: token.name, scopes: token.scopes.map(\.rawValue).sorted(), owner: token.owner,
            createdBy: token.createdBy, createdAt: EventTimes.text(token.createdAt))
        expiresAt = token.expiresAt.map(EventTimes.text)
        lastUse = token.lastUse.map(EventTimes.text)
        lastFrom = token.lastFrom
    }
}

extension AccountPolicy {
    init(_ settings: AccountSettings) {
        self.init()
        passwordLength = settings.passwordLength.value
        failedLogins = settings.failedLogins.value
        blockSeconds = Int64(settings.blockTime.value.seconds)
        idleSeconds = Int64(settings.sessionIdle.value.seconds)
        sessionSeconds = Int64(settings.sessionTime.value.seconds)
    }
}

extension ControlError {
    init(_ error: AccountError) {
        let code: Code =
            switch error {
            case .invalid: .invalid
            case .unknown: .notFound
            case .exists, .conflict: .conflict
            case .full, .noMemory, .busy, .damaged, .newer, .system: .unavailable
            }
        self.init(code, error.description)
    }
}
