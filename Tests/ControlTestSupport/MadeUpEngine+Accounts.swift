public import ControlMessages

/// Accounts that are made up: "jane" with the password "right", and tokens that say what they may.
extension MadeUpEngine {
    /// A bearer "session 7" is jane's; any other is a token of the scopes that it names, with dots between.
    public nonisolated func caller(
        bearer: String, client: String?, from: String
    ) throws(ControlError) -> ControlCaller {
        let place = client ?? from
        if bearer == "session-7" {
            return ControlCaller(
                actor: ControlActor(name: "jane", from: place), scopes: ControlRole.auditor.scopes, proof: .session(7))
        }
        let scopes = bearer.split(separator: ",").compactMap { ControlScope(rawValue: String($0)) }
        guard !scopes.isEmpty else { throw ControlError(.unauthenticated, "nobody knows this token") }
        return ControlCaller(
            actor: ControlActor(name: "token x", from: place), scopes: Set(scopes), proof: .token("x"))
    }

    public func login(_ request: LoginRequest) async throws(ControlError) -> LoginAnswer {
        note("login \(request.name) \(request.service.rawValue) \(request.client)")
        guard request.name == "jane", request.password == "right" else {
            throw ControlError(.unauthenticated, "the name or the password is wrong")
        }
        let caller = ControlCaller(
            actor: ControlActor(name: "jane", from: request.client), scopes: ControlRole.auditor.scopes,
            proof: .session(7))
        return LoginAnswer(
            token: "session-7", caller: CallerState(caller, displayName: "Jane", role: .auditor), seconds: 43_200)
    }

    public func whoAmI(_ caller: ControlCaller) async -> CallerState { CallerState(caller) }

    public func logout(_ caller: ControlCaller) async throws(ControlError) {
        guard case .session(let number) = caller.proof else {
            throw ControlError(.conflict, "you are not logged in")
        }
        note("logout \(number)", by: caller.actor)
    }

    public func changePassword(_ change: PasswordChange, of caller: ControlCaller) async throws(ControlError) {
        note("own password", by: caller.actor)
    }

    public func sessions() async -> [SessionState] { sessionStates }

    public func endSession(_ number: UInt64, by actor: ControlActor) async throws(ControlError) {
        note("end session \(number)", by: actor)
        guard sessionStates.contains(where: { $0.number == number }) else {
            throw ControlError(.notFound, "there is no session \(number)")
        }
        sessionStates.removeAll { $0.number == number }
    }

    public func accounts() async throws(ControlError) -> [AccountState] { accountStates }

    public func addAccount(
        _ request: AccountRequest, by actor: ControlActor
    ) async throws(ControlError) -> AccountState {
        note("add \(request.name) \(request.role.rawValue) \(request.password)", by: actor)
        let state = AccountState(
            name: request.name, displayName: request.displayName ?? "", role: request.role, enabled: true,
            createdAt: "2026-11-21T10:00:00Z")
        accountStates.append(state)
        return state
    }

    public func changeAccount(
        _ name: String, _ change: AccountChange, by actor: ControlActor
    ) async throws(ControlError) -> AccountState {
        note("change \(name)", by: actor)
        guard let index = accountStates.firstIndex(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no local user \"\(name)\"")
        }
        if let role = change.role { accountStates[index].role = role }
        if let enabled = change.enabled { accountStates[index].enabled = enabled }
        return accountStates[index]
    }

    public func removeAccount(_ name: String, by actor: ControlActor) async throws(ControlError) {
        note("remove \(name)", by: actor)
        accountStates.removeAll { $0.name == name }
    }

    public func tokens() async throws(ControlError) -> [TokenState] { tokenStates }

    public func createToken(
        _ request: TokenRequest, by caller: ControlCaller
    ) async throws(ControlError) -> CreatedToken {
        note("create token \(request.name) \(request.scopes.joined(separator: " "))", by: caller.actor)
        let state = TokenState(
            name: request.name, scopes: request.scopes, owner: nil, createdBy: caller.actor.name,
            createdAt: "2026-11-21T10:00:00Z")
        tokenStates.append(state)
        return CreatedToken(token: "glt_value", state: state)
    }

    public func revokeToken(_ name: String, by actor: ControlActor) async throws(ControlError) {
        note("revoke token \(name)", by: actor)
        tokenStates.removeAll { $0.name == name }
    }
}
