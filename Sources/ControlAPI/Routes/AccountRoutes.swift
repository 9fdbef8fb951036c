import ControlMessages
import Hummingbird

extension ControlRoutes {
    /// Log-ins, and the local users of the daemon.
    var accountRoutes: [Route] { ownRoutes + sessionRoutes + userRoutes }

    /// What is about who asks.
    private var ownRoutes: [Route] {
        [
            Route(.post, "/v1/login", .door, isAudited: true) { request, _ in
                let wanted: LoginRequest = try await request.message(limits)
                return try .json(await engine.login(wanted), status: .created)
            }
            .documented(
                "Log somebody in; for the page's process alone", .created(LoginAnswer.self), takes: LoginRequest.self),
            Route(.get, "/v1/session", .known, isAudited: false) { _, context in
                try .json(await engine.whoAmI(context.known))
            }
            .documented("Who asks, and what he may", .json(CallerState.self)),
            Route(.delete, "/v1/session", .known, isAudited: true) { _, context in
                try await engine.logout(context.known)
                return Response(status: .noContent)
            }
            .documented("Log out: end the session that is shown", .nothing),
            Route(.put, "/v1/session/password", .known, isAudited: true) { request, context in
                let wanted: PasswordChange = try await request.message(limits)
                try await engine.changePassword(wanted, of: context.known)
                return Response(status: .noContent)
            }
            .documented("Change the password of who is logged in", .nothing, takes: PasswordChange.self),
        ]
    }

    private var sessionRoutes: [Route] {
        [
            .get("/v1/sessions", .accountsRead) { _, _ in try .json(Listing(await engine.sessions())) }
                .documented("Who is logged in to the daemon", .list(of: SessionState.self)),
            .change(.delete, "/v1/sessions/{number}", .accountsChange) { _, context in
                let text = try context.segment("number")
                guard let number = UInt64(text) else {
                    throw ControlError(.notFound, "there is no session \"\(text)\"; sessions have numbers")
                }
                try await engine.endSession(number, by: context.actor)
                return Response(status: .noContent)
            }
            .documented("End somebody's session", .nothing),
        ]
    }

    private var userRoutes: [Route] {
        [
            .get("/v1/accounts", .accountsRead) { _, _ in try .json(Listing(await engine.accounts())) }
                .documented("Local users", .list(of: AccountState.self)),
            .change(.post, "/v1/accounts", .accountsChange) { request, context in
                let wanted: AccountRequest = try await request.message(limits)
                return try .json(await engine.addAccount(wanted, by: context.actor), status: .created)
            }
            .documented("Make a local user", .created(AccountState.self), takes: AccountRequest.self),
            .change(.put, "/v1/accounts/{name}", .accountsChange) { request, context in
                let wanted: AccountChange = try await request.message(limits)
                return try .json(
                    await engine.changeAccount(try context.segment("name"), wanted, by: context.actor))
            }
            .documented("Change a local user", .json(AccountState.self), takes: AccountChange.self),
            .change(.delete, "/v1/accounts/{name}", .accountsChange) { _, context in
                try await engine.removeAccount(try context.segment("name"), by: context.actor)
                return Response(status: .noContent)
            }
            .documented("Remove a local user", .nothing),
        ]
    }

    var tokenRoutes: [Route] {
        [
            .get("/v1/tokens", .accountsRead) { _, _ in try .json(Listing(await engine.tokens())) }
                .documented("Tokens, without their values", .list(of: TokenState.self)),
            .change(.post, "/v1/tokens", .accountsChange) { request, context in
                let wanted: TokenRequest = try await request.message(limits)
                return try .json(await engine.createToken(wanted, by: context.known), status: .created)
            }
            .documented(
                "Make a token; its value is told this once", .created(CreatedToken.self), takes: TokenRequest.self),
            .change(.delete, "/v1/tokens/{name}", .accountsChange) { _, context in
                try await engine.revokeToken(try context.segment("name"), by: context.actor)
                return Response(status: .noContent)
            }
            .documented("Revoke a token", .nothing),
        ]
    }
}
