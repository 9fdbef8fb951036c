public import ControlMessages
import Primitives
import Settings
import SystemCalls
public import Users

extension GatewayEngine {
    /// Somebody learned who is where. From any thread; thousands of changes a second are meant to come in batches.
    public nonisolated func take(_ changes: [LoginChange]) { logins.take(changes) }

    public func logIn(
        _ request: UserLoginRequest, by actor: ControlActor
    ) async throws(ControlError) -> LoginState {
        let address = try address(request.address)
        let change = LoginChange(
            .login, user: request.user, address: address, origin: .command(by: actor.name), time: Clocks.wall)
        let before = try command(change)
        note(actor, LoginEvent.path(address), from: before.map(LoginEvent.quoted), to: LoginEvent.quoted(request.user))
        guard let login = logins.ask({ $0.login(at: address) }) else {
            throw ControlError(.conflict, "somebody logged \(address) out at the same time")
        }
        var state = LoginState(login)
        state.replaced = before
        return state
    }

    public func logOut(
        _ request: UserLogoutRequest, by actor: ControlActor
    ) async throws(ControlError) -> LoginState {
        let address = try address(request.address)
        guard let login = logins.ask({ $0.login(at: address) }) else {
            throw ControlError(.notFound, "\(LoginRefusal.notThere(address))")
        }
        if let user = request.user, user != login.user {
            throw ControlError(
                .conflict,
                "it is \(LoginEvent.quoted(login.user)) who is at \(address), not \(LoginEvent.quoted(user))")
        }
        let change = LoginChange(
            .logout, user: request.user ?? "", address: address, origin: .command(by: actor.name), time: Clocks.wall)
        let before = try command(change)
        let now = logins.ask { $0.login(at: address) }?.user
        note(actor, LoginEvent.path(address), from: before.map(LoginEvent.quoted), to: now.map(LoginEvent.quoted))
        return LoginState(login)
    }

    private func command(_ change: LoginChange) throws(ControlError) -> String? {
        let result: Result<String?, LoginRefusal> = logins.change { registry, effects in
            do throws(LoginRefusal) {
                return .success(try registry.take(change, &effects))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let before): return before
        case .failure(let refusal): throw ControlError(refusal.code, "\(refusal)")
        }
    }

    private nonisolated func address(_ text: String) throws(ControlError) -> IPAddress {
        if let address = IPAddress(parsing: text) { return address }
        throw ControlError(
            .invalid,
            "\(LoginEvent.quoted(text)) is no address; a user is at a single one, like 10.0.0.5 or 2001:db8::5")
    }

    /// Log-ins of one page at least, where there are so many: parts of the table are told whole.
    static let loginPage = 1_000

    public func logins(_ query: LoginQuery) async throws(ControlError) -> LoginPage {
        if let text = query.address {
            let address = try address(text)
            let found = logins.ask { $0.login(at: address) }.map { [$0] } ?? []
            return LoginPage(found.filter { $0.isAsked(query) }.map { LoginState($0) }, next: nil)
        }
        var part = 0
        if let after = query.after {
            guard let number = Int(after), 0..<LoginRegistry.parts ~= number else {
                throw ControlError(.invalid, "\"\(after)\" is no place in the log-ins; take `next` of the page before")
            }
            part = number
        }
        var found: [LoginState] = []
        while part < LoginRegistry.parts, found.count < Self.loginPage {
            let number = part
            found += logins.ask { $0.logins(of: number) }.filter { $0.isAsked(query) }.map { LoginState($0) }
            part += 1
        }
        return LoginPage(found, next: part < LoginRegistry.parts ? "\(part)" : nil)
    }

    public func userGroups() async -> [UserGroupState] {
        logins.ask { registry in
            registry.users.memberCounts.map { group in
                UserGroupState(
                    name: group.name, members: group.members, inSettings: group.inSettings, inSystem: group.inSystem)
            }
        }
    }

    public func userGroup(_ name: String) async throws(ControlError) -> UserGroupState {
        let found = await userGroups().first { $0.name == name }
        guard var group = found, let members = logins.ask({ $0.users.members(of: name) }) else {
            throw ControlError(
                .notFound,
                "there is no group \(LoginEvent.quoted(name)) among users who were heard of; `gatelog group list` shows those"
            )
        }
        group.users = Array(members.prefix(1000))
        return group
    }

    var usersState: UsersState {
        logins.ask { registry in
            var state = UsersState()
            state.loggedIn = registry.count
            state.known = registry.users.count
            state.logins = registry.counters.logins
            state.logouts = registry.counters.logouts
            state.timeouts = registry.counters.timeouts
            state.malformed = registry.counters.malformed
            state.refused = registry.counters.refused
            state.late = registry.counters.late
            return state
        }
    }

    /// Takes over what the settings say of users.
    func settleUsers(_ document: SettingsDocument) {
        let users = document.users.map { user in
            SettledUser(
                name: user.name.value, groups: user.groups.map(\.value), addresses: user.addresses.map(\.value))
        }
        let settings = document.logins
        let now = Clocks.wall
        logins.change { registry, effects in
            registry.commandRules = LoginRules(idle: settings.commandIdle.value, limit: settings.commandLimit.value)
            registry.radiusRules = LoginRules(idle: settings.radiusIdle.value, limit: settings.radiusLimit.value)
            registry.tellsRadius = settings.radiusLines.value
            registry.settle(users, at: now, &effects)
        }
        systemGroups?.configure(
            isOn: settings.systemGroups.value, refreshSeconds: settings.groupRefresh.value.seconds)
    }
}

extension LoginRules {
    init(idle: TimeSpan?, limit: TimeSpan?) {
        self.init(idle: idle.map { Int64($0.seconds) }, limit: limit.map { Int64($0.seconds) })
    }
}

extension LoginRefusal {
    fileprivate var code: ControlError.Code {
        switch self {
        case .noName, .longName, .noHost: .invalid
        case .tooManyLogins, .tooManyUsers: .unavailable
        case .late, .settled: .conflict
        case .notThere: .notFound
        }
    }
}

extension Login {
    fileprivate func isAsked(_ query: LoginQuery) -> Bool {
        (query.user.map { $0 == user } ?? true) && (query.group.map { groups.contains($0) } ?? true)
    }
}

extension LoginState {
    init(_ login: Login) {
        let (origin, by): (String, String?) =
            switch login.origin {
            case .settings: ("settings", nil)
            case .command(let name): ("command", name)
            case .radius(let client, _): ("radius", client)
            }
        self.init(
            user: login.user, address: "\(login.address)", origin: origin, by: by, since: EventTimes.text(login.since),
            heard: EventTimes.text(login.heard))
        until = login.until.map { EventTimes.text($0) }
        groups = login.groups
    }
}
