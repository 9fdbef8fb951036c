import Accounts
public import ControlMessages
import LogIndex
import Primitives
import Records
import Settings
import Synchronization
import SystemCalls

extension GatewayEngine {
    /// Whatever the reason is, who is refused learns no more than this.
    private static let refused = ControlError(.unauthenticated, "the name or the password is wrong")

    public func login(_ request: LoginRequest) async throws(ControlError) -> LoginAnswer {
        guard let address = IPAddress(parsing: request.client) else {
            throw ControlError(.invalid, "\"\(request.client)\" is no address; client takes 192.0.2.7 or 2001:db8::7")
        }
        let from = "\(address)"
        let grant: LoginGrant
        do {
            grant = try await localUsers.login(
                request.name, password: request.password, service: request.service.rawValue, address: address,
                from: from)
        } catch {
            throw refusal(error, request, from)
        }
        let actor = ControlActor(name: grant.account.name, from: from)
        note(actor, "session", from: nil, to: "logged in (\(request.service.rawValue))")
        let caller = ControlCaller(
            actor: actor, scopes: grant.account.role.scopes, proof: .session(grant.session.number))
        return LoginAnswer(
            token: grant.token,
            caller: CallerState(caller, displayName: grant.account.displayName, role: grant.account.role),
            seconds: grant.seconds)
    }

    private func refusal(_ refusal: LoginRefusal, _ request: LoginRequest, _ from: String) -> ControlError {
        let reason: AuthenticationFailure.Reason
        var answer = Self.refused
        switch refusal {
        case .unknownUser(let name): reason = .unknownUser(name)
        case .wrongPassword(let name): reason = .wrongPassword(name)
        case .disabled(let name): reason = .disabled(name)
        case .blocked(let failures, let seconds, let attempts):
            answer = ControlError(
                .tooMany, "too many log-ins from \(from) have failed; try again in \(seconds) s")
            guard let attempts else { return answer }
            reason = .blocked(after: failures, attempts: attempts)
        case .tooMany:
            return ControlError(.tooMany, "too many log-ins from \(from) at a time; wait until they are answered")
        case .unavailable(let error): return ControlError(.unavailable, "nobody can log in just now: \(error)")
        }
        let service: AuthenticationFailure.Service = request.service == .webAdmin ? .webAdmin : .webInterface
        let failure = AuthenticationFailure(service: service, client: from, reason: reason)
        say(.authentication(failure))
        note(ControlActor(name: request.name, from: from), "session", from: nil, to: "refused: \(failure.why)")
        return answer
    }

    /// A line of the Security log.
    nonisolated func say(_ event: SecurityEvent, at time: Timestamp = Clocks.wall) {
        logs.say(event, dialect.withLock { $0 }, at: time)
    }

    public func logout(_ caller: ControlCaller) async throws(ControlError) {
        guard case .session(let number) = caller.proof else {
            throw ControlError(.conflict, "you are not logged in: nothing but a session can be logged out")
        }
        guard localUsers.logout(number) != nil else { return }
        note(caller.actor, "session", from: "logged in", to: "logged out")
    }

    public func sessions() async -> [SessionState] {
        localUsers.sessions.map { session in
            SessionState(
                number: session.number, account: session.account, service: session.service, from: session.from,
                begunAt: EventTimes.text(session.begunAt))
        }
    }

    public func endSession(_ number: UInt64, by actor: ControlActor) async throws(ControlError) {
        guard let session = localUsers.logout(number) else {
            throw ControlError(.notFound, "there is no session \(number); it may have ended by itself")
        }
        note(actor, "session of \(session.account) from \(session.from)", from: "logged in", to: "ended")
    }

    /// Says which sessions ended by themselves, and brings uses of tokens to the disk from time to time.
    func keepAccounts() {
        for session in localUsers.expireSessions() {
            note(
                ControlActor(name: session.account, from: session.from), "session", from: "logged in",
                to: "timed out")
        }
        localUsers.keepUses()
    }

    public nonisolated func caller(
        bearer: String, client: String?, from: String
    ) throws(ControlError) -> ControlCaller {
        var place = from
        if let client {
            guard let address = IPAddress(parsing: client) else {
                throw ControlError(.invalid, "\"\(client)\" in Gatelog-Client is no address")
            }
            place = "\(address)"
        }
        do {
            switch try localUsers.identify(bearer, from: place) {
            case .session(let session, let account):
                return ControlCaller(
                    actor: ControlActor(name: account.name, from: place), scopes: account.role.scopes,
                    proof: .session(session.number))
            case .token(let token, let scopes):
                let name = token.owner.map { "\($0), token \(token.name)" } ?? "token \(token.name)"
                return ControlCaller(
                    actor: ControlActor(name: name, from: place), scopes: scopes, proof: .token(token.name))
            }
        } catch {
            throw refusal(error, from: place)
        }
    }

    private nonisolated func refusal(_ refusal: BearerRefusal, from place: String) -> ControlError {
        let (key, make, message): (String, (Int) -> AuthenticationFailure.Reason, String)
        switch refusal {
        // Sessions end in the course of things; a page that comes back is nobody's attack.
        case .ended: return ControlError(.unauthenticated, "the session has ended: log in again")
        case .unknown:
            (key, make) = ("", { .unknownToken(attempts: $0) })
            message = "nobody knows this token: it was revoked, or never was one"
        case .expired(let name):
            (key, make) = (name, { .expiredToken(name, attempts: $0) })
            message = "the token \(name) has expired: have another one made"
        case .ownerGone(let name, let owner):
            (key, make) = (name, { .ownerGone(token: name, owner: owner, attempts: $0) })
            message = "the token \(name) is worth nothing, since \(owner) may not log in"
        }
        if let attempts = authenticationNotes.attempts("\(key) \(Self.origin(place))") {
            say(.authentication(AuthenticationFailure(service: .api, client: place, reason: make(attempts))))
        }
        return ControlError(.unauthenticated, message)
    }

    /// The processes of this machine are one origin.
    private static func origin(_ place: String) -> String { place.hasPrefix("unix socket") ? "local" : place }
}

extension AuthenticationFailure {
    /// The reason alone, as the line has it.
    var why: String { fields.items.first { $0.name == "reason" }?.value ?? "" }
}
