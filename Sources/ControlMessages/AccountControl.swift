/// What can be asked of the engine about who may ask: log-ins, local users, tokens.
public protocol AccountControl: Sendable {
    /// Who shows `bearer`, which came from `client` (an address) or from a process of this machine: `from` in words.
    /// `ControlError.unauthenticated` where it is worth nothing. Answers at once.
    func caller(bearer: String, client: String?, from: String) throws(ControlError) -> ControlCaller

    /// Begins a session; every refusal is in the Security log and says no more than that it was refused. Takes as long
    /// for users who are not there.
    func login(_ request: LoginRequest) async throws(ControlError) -> LoginAnswer
    func whoAmI(_ caller: ControlCaller) async -> CallerState
    /// Ends the session that the caller shows.
    func logout(_ caller: ControlCaller) async throws(ControlError)
    /// Changes the password of who is logged in.
    func changePassword(_ change: PasswordChange, of caller: ControlCaller) async throws(ControlError)

    func sessions() async -> [SessionState]
    func endSession(_ number: UInt64, by actor: ControlActor) async throws(ControlError)

    func accounts() async throws(ControlError) -> [AccountState]
    func addAccount(_ request: AccountRequest, by actor: ControlActor) async throws(ControlError) -> AccountState
    func changeAccount(
        _ name: String, _ change: AccountChange, by actor: ControlActor
    ) async throws(ControlError) -> AccountState
    func removeAccount(_ name: String, by actor: ControlActor) async throws(ControlError)

    func tokens() async throws(ControlError) -> [TokenState]
    /// Nobody makes a token that may more than himself.
    func createToken(_ request: TokenRequest, by caller: ControlCaller) async throws(ControlError) -> CreatedToken
    func revokeToken(_ name: String, by actor: ControlActor) async throws(ControlError)
}
