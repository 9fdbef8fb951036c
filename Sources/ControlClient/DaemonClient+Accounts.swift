public import ControlMessages
import NIOHTTP1

extension DaemonClient {
    // Log-ins

    /// Begins a session, as the page's process does for somebody.
    public func login(_ request: LoginRequest) async throws -> LoginAnswer {
        try await answer(.POST, "/v1/login", request)
    }

    public func whoAmI() async throws -> CallerState { try await get("/v1/session") }

    public func logout() async throws { try await done(.DELETE, "/v1/session") }

    public func changePassword(_ change: PasswordChange) async throws {
        try await done(.PUT, "/v1/session/password", change)
    }

    public func sessions() async throws -> [SessionState] { try await list("/v1/sessions") }

    public func endSession(_ number: UInt64) async throws { try await done(.DELETE, "/v1/sessions/\(number)") }

    // Local users

    public func accounts() async throws -> [AccountState] { try await list("/v1/accounts") }

    public func addAccount(_ request: AccountRequest) async throws -> AccountState {
        try await answer(.POST, "/v1/accounts", request)
    }

    public func changeAccount(_ name: String, _ change: AccountChange) async throws -> AccountState {
        try await answer(.PUT, "/v1/accounts/\(segment(name))", change)
    }

    public func removeAccount(_ name: String) async throws {
        try await done(.DELETE, "/v1/accounts/\(segment(name))")
    }

    // Tokens

    public func tokens() async throws -> [TokenState] { try await list("/v1/tokens") }

    public func createToken(_ request: TokenRequest) async throws -> CreatedToken {
        try await answer(.POST, "/v1/tokens", request)
    }

    public func revokeToken(_ name: String) async throws { try await done(.DELETE, "/v1/tokens/\(segment(name))") }
}
