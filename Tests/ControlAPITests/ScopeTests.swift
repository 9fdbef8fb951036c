import ControlClient
import ControlMessages
import ControlTestSupport
import Testing

@testable import ControlAPI

@Suite("Scopes, sessions and the page's process")
struct ScopeTests {
    /// A process of nobody, which may nothing by itself.
    struct Nobody: ControlAccess {
        var isDoor = false

        func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller {
            guard isDoor else { throw ControlError(.forbidden, "nobody may talk to this daemon") }
            return ControlCaller(
                actor: ControlActor(name: "gatelog-web", from: "unix socket"), scopes: [], isDoor: true)
        }
    }

    static func with(
        isDoor: Bool = false, _ body: (Gateway, [Route]) async throws -> Void
    ) async throws {
        let accounts = MadeUpEngine()
        try await Gateway.with(access: BearerAccess(accounts, else: Nobody(isDoor: isDoor))) { gateway async throws in
            let routes = ControlRoutes(
                engine: gateway.engine, limits: ControlLimits(), slots: StreamSlots(limit: 1)
            ).table.routes
            try await body(gateway, routes)
        }
    }

    static func status(_ route: Route, _ gateway: Gateway, _ headers: [String]) async throws -> Int {
        let path = route.path.replacing(#/\{\w+\}/#, with: "x")
        return try await RawConnection.request(
            "\(route.method)", path, headers: headers, socket: gateway.client.socket
        ).status
    }

    @Test("Every route asks for its own scope and takes no other")
    func matrix() async throws {
        try await Self.with { gateway, routes in
            for route in routes where !route.path.hasSuffix("/live") {
                guard case .scope(let needed) = route.need else { continue }
                let others = ControlScope.allCases.filter { $0 != needed }.map(\.rawValue).joined(separator: ",")
                let refused = try await Self.status(route, gateway, ["Authorization: Bearer \(others)"])
                #expect(refused == 403, "\(route.method) \(route.path) takes others than \(needed.rawValue)")
                let taken = try await Self.status(route, gateway, ["Authorization: bearer \(needed.rawValue)"])
                #expect(taken != 403 && taken != 401, "\(route.method) \(route.path) does not take \(needed.rawValue)")
            }
        }
    }

    @Test("Roles: the auditor changes nothing, the operator changes no settings and no accounts")
    func roles() {
        #expect(ControlRole.administrator.scopes.count == ControlScope.allCases.count)
        #expect(ControlRole.auditor.scopes.allSatisfy { $0.isReading })
        let operates = ControlRole.operator.scopes
        #expect(operates.isDisjoint(with: [.settingsChange, .accountsRead, .accountsChange, .logsClear]))
        #expect(operates.isSuperset(of: [.packetLogChange, .dumpsChange, .dumpsDownload, .logsRead, .settingsRead]))
    }

    @Test("A value that is worth nothing is refused before anything else, and says how to show one")
    func worthless() async throws {
        try await Self.with { gateway, routes in
            for route in routes {
                let status = try await Self.status(route, gateway, ["Authorization: Bearer nothing"])
                #expect(status == 401, "\(route.method) \(route.path)")
            }
            for header in ["Basic amFuZTpyaWdodA==", "Bearer", "Bearer a b", "logs:read"] {
                let reply = try await RawConnection.request(
                    "GET", "/v1/status", headers: ["Authorization: \(header)"], socket: gateway.client.socket)
                #expect(reply.status == 401)
                #expect(reply.code == "unauthenticated")
                #expect(reply.headers["www-authenticate"] == "Bearer")
            }
        }
    }

    @Test("The page's process logs others in, may nothing itself, and is believed from where they come")
    func door() async throws {
        try await Self.with(isDoor: true) { gateway, routes in
            for route in routes {
                if case .scope = route.need { #expect(try await Self.status(route, gateway, []) == 403) }
            }
            let answer = try await gateway.client.login(
                LoginRequest(name: "jane", password: "right", client: "192.0.2.7"))
            #expect(answer.token == "session-7")
            #expect(answer.caller.role == .auditor)
            let reply = try await RawConnection.request(
                "GET", "/v1/session",
                headers: ["Authorization: Bearer session-7", "Gatelog-Client: 192.0.2.7"],
                socket: gateway.client.socket)
            #expect(reply.body.contains(#""from":"192.0.2.7""#))
            #expect(reply.body.contains(#""proof":"session""#))
        }
    }

    @Test("Nobody else logs others in, or chooses from where he comes")
    func noDoor() async throws {
        try await Self.with { gateway, _ in
            let headers = ["Authorization: Bearer status:read", "Gatelog-Client: 192.0.2.7"]
            let reply = try await RawConnection.request(
                "GET", "/v1/session", headers: headers, socket: gateway.client.socket)
            #expect(reply.body.contains(#""from":"unix socket, pid "#))
            let client = DaemonClient(socket: gateway.client.socket, token: "status:read,accounts:change")
            let error = await #expect(throws: DaemonError.self) {
                try await client.login(LoginRequest(name: "jane", password: "right", client: "192.0.2.7"))
            }
            #expect(
                error
                    == .refused(
                        ControlError(
                            .forbidden,
                            "token x may not do this: only the page's process logs others in (api.door)")))
            #expect(await gateway.engine.calls.isEmpty)
        }
    }

    @Test("The client asks for everything that there is about accounts and versions")
    func client() async throws {
        try await Gateway.with { gateway async throws in
            let client = gateway.client
            let jane = try await client.addAccount(AccountRequest(name: "jane", role: .operator, password: "right one"))
            #expect(try await client.accounts() == [jane])
            #expect(try await client.changeAccount("jane", AccountChange(enabled: false)).enabled == false)
            try await client.removeAccount("jane")
            #expect(try await client.createToken(TokenRequest(name: "ci", scopes: ["logs:read"])).token == "glt_value")
            #expect(try await client.tokens().map(\.name) == ["ci"])
            try await client.revokeToken("ci")
            #expect(try await client.sessions().isEmpty)
            #expect(try await client.settingsHistory().map(\.version) == [2, 1])
            #expect(try await client.settingsDifferences(from: 1, to: nil).count == 2)
            #expect(try await client.settingsDifferences(from: 1, to: 1).isEmpty)
            #expect(try await client.revertSettings(SettingsReversion(version: 1, dryRun: true)).version == nil)
            #expect(try await client.revertSettings(SettingsReversion(version: 1)).version == 3)
            #expect(try await client.applySettings(SettingsApplication(text: "{}", name: "x")).version == 3)
            #expect(try await client.exportSettings(version: 1).version == 1)
            let calls = await gateway.engine.calls
            #expect(calls.contains("revert 1"))
            #expect(calls.contains("apply x"))
            #expect(calls.contains("export 1"))
        }
    }
}
