import ControlMessages
import Foundation
import Primitives
import SystemCalls
import TestSupport
import Testing

@testable import Accounts

@Suite("Local users on disk, their log-ins and tokens")
struct AccountKeeperTests {
    static let now = Timestamp(seconds: 1_795_248_000)
    static let password = "correct horse"

    static func keeper(_ home: String, parameters: ScryptParameters = .weak) -> AccountKeeper {
        AccountKeeper(path: "\(home)/accounts", parameters: parameters)
    }

    static func withKeeper(_ body: (AccountKeeper, String) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-test-\(UUID())").path
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let keeper = keeper(home)
        try await keeper.add("jane", displayName: "Jane", role: .administrator, password: password, at: now)
        try await body(keeper, home)
    }

    static func login(
        _ keeper: AccountKeeper, _ name: String, _ password: String, from: String = "192.0.2.7"
    ) async -> Result<LoginGrant, LoginRefusal> {
        do {
            return .success(
                try await keeper.login(
                    name, password: password, service: "WebAdmin", address: IPAddress(parsing: from), from: from))
        } catch {
            return .failure(error)
        }
    }

    static func refusal(_ result: Result<LoginGrant, LoginRefusal>) -> LoginRefusal? {
        if case .failure(let refusal) = result { refusal } else { nil }
    }

    @Test("Who has the password is let in, and stays himself until he logs out")
    func login() async throws {
        try await Self.withKeeper { keeper, home in
            let grant = try await Self.login(keeper, "jane", Self.password).get()
            #expect(grant.token.hasPrefix("gls_"))
            #expect(grant.account.role == .administrator)
            guard case .session(let session, let account) = try keeper.identify(grant.token, from: "192.0.2.7") else {
                Issue.record("a session was expected")
                return
            }
            #expect(session == grant.session)
            #expect(account.name == "jane")
            #expect(keeper.logout(session.number) == session)
            #expect(throws: BearerRefusal.ended) { try keeper.identify(grant.token, from: "192.0.2.7") }
            keeper.keepUses(atEnd: true)
            #expect(try Self.keeper(home).account("jane").lastLogin != nil)
        }
    }

    @Test("Whoever has not is refused, and the log knows why")
    func refused() async throws {
        try await Self.withKeeper { keeper, _ in
            #expect(Self.refusal(await Self.login(keeper, "jane", "wrong")) == .wrongPassword("jane"))
            #expect(Self.refusal(await Self.login(keeper, "jane", "")) == .wrongPassword("jane"))
            #expect(Self.refusal(await Self.login(keeper, "nobody", Self.password)) == .unknownUser("nobody"))
            try await keeper.add("john", displayName: "", role: .auditor, password: Self.password, at: Self.now)
            try keeper.change("john", isEnabled: false)
            #expect(Self.refusal(await Self.login(keeper, "john", Self.password)) == .disabled("john"))
            let long = String(repeating: "x", count: 5000)
            #expect(Self.refusal(await Self.login(keeper, "jane", long, from: "192.0.2.8")) == .wrongPassword("jane"))
            // The fifth failure of the first address.
            #expect(Self.refusal(await Self.login(keeper, "jane", "wrong")) == .wrongPassword("jane"))
            guard case .blocked(5, _, 1) = Self.refusal(await Self.login(keeper, "jane", Self.password)) else {
                Issue.record("the address is not blocked")
                return
            }
            #expect(Self.refusal(await Self.login(keeper, "jane", Self.password, from: "192.0.2.8")) == nil)
        }
    }

    @Test("Who is disabled, removed or gets another password loses his sessions")
    func sessionsEnd() async throws {
        try await Self.withKeeper { keeper, _ in
            try await keeper.add("root2", displayName: "", role: .administrator, password: Self.password, at: Self.now)
            func session() async throws -> String { try await Self.login(keeper, "jane", Self.password).get().token }
            var token = try await session()
            try keeper.change("jane", isEnabled: false)
            #expect(throws: BearerRefusal.ended) { try keeper.identify(token, from: "x") }
            try keeper.change("jane", isEnabled: true)
            token = try await session()
            let kept = try await session()
            guard case .session(let own, _) = try keeper.identify(kept, from: "x") else { return }
            try await keeper.setPassword(of: "jane", to: "another password", keeping: own.number)
            #expect(throws: BearerRefusal.ended) { try keeper.identify(token, from: "x") }
            #expect(throws: Never.self) { try keeper.identify(kept, from: "x") }
            #expect(Self.refusal(await Self.login(keeper, "jane", Self.password)) == .wrongPassword("jane"))
            _ = try keeper.remove("jane")
            #expect(throws: BearerRefusal.ended) { try keeper.identify(kept, from: "x") }
        }
    }

    @Test("A role that changes holds for sessions that are there")
    func role() async throws {
        try await Self.withKeeper { keeper, _ in
            try await keeper.add("john", displayName: "", role: .auditor, password: Self.password, at: Self.now)
            let token = try await Self.login(keeper, "john", Self.password).get().token
            try keeper.change("john", role: .operator)
            guard case .session(_, let account) = try keeper.identify(token, from: "x") else { return }
            #expect(account.role == .operator)
        }
    }

    @Test("A password that was hashed for less is hashed anew when it was right")
    func upgrade() async throws {
        try await Self.withKeeper { keeper, home in
            let stronger = try #require(ScryptParameters(logRounds: 5, blockSize: 8, parallelism: 1))
            let other = Self.keeper(home, parameters: stronger)
            #expect(try other.account("jane").password.parameters == .weak)
            #expect(Self.refusal(await Self.login(other, "jane", "wrong")) != nil)
            #expect(try other.account("jane").password.parameters == .weak)
            _ = try await Self.login(other, "jane", Self.password).get()
            #expect(try other.account("jane").password.parameters == stronger)
            let again = Self.keeper(home, parameters: stronger)
            #expect(try again.account("jane").password.parameters == stronger)
            #expect(Self.refusal(await Self.login(again, "jane", Self.password)) == nil)
        }
    }

    @Test("A token may what it was made for, and no more than its owner may now")
    func tokens() async throws {
        try await Self.withKeeper { keeper, home in
            try await keeper.add("admin", displayName: "", role: .administrator, password: Self.password, at: Self.now)
            let value = try keeper.createToken(
                "ci", scopes: [.logsRead, .settingsChange], owner: "jane", by: "jane", at: Self.now, expiresAt: nil)
            func scopes() throws -> Set<ControlScope> {
                guard case .token(_, let scopes) = try keeper.identify(value, from: "192.0.2.9") else { return [] }
                return scopes
            }
            #expect(try scopes() == [.logsRead, .settingsChange])
            try keeper.change("jane", role: .operator)
            #expect(try scopes() == [.logsRead])
            try keeper.change("jane", isEnabled: false)
            #expect(throws: BearerRefusal.ownerGone("ci", owner: "jane")) { try scopes() }
            try keeper.change("jane", isEnabled: true)
            keeper.keepUses(atEnd: true)
            let again = Self.keeper(home)
            #expect(again.tokens.map(\.lastFrom) == ["192.0.2.9"])
            #expect(throws: Never.self) { try again.identify(value, from: "x") }
            try again.revokeToken("ci")
            #expect(throws: BearerRefusal.unknown) { try again.identify(value, from: "x") }
        }
    }

    @Test("A token ends at its time; no value but its own is it")
    func tokenEnds() async throws {
        try await Self.withKeeper { keeper, _ in
            let past = Timestamp(seconds: Self.now.seconds - 10)
            #expect(throws: AccountError.self) {
                try keeper.createToken(
                    "t", scopes: [.logsRead], owner: nil, by: "root", at: Self.now, expiresAt: past)
            }
            let value = try keeper.createToken(
                "t", scopes: [.logsRead], owner: nil, by: "root", at: Timestamp(seconds: 0),
                expiresAt: Timestamp(seconds: 1))
            #expect(throws: BearerRefusal.expired("t")) { try keeper.identify(value, from: "x") }
            for other in ["", "glt_", value + "x", String(value.dropLast()), "gls_" + value.dropFirst(4)] {
                #expect(throws: BearerRefusal.self) { try keeper.identify(other, from: "x") }
            }
        }
    }

    @Test("Passwords that are too short or too long are refused")
    func passwordLength() async throws {
        try await Self.withKeeper { keeper, _ in
            for password in ["", "123456789", String(repeating: "x", count: 1025)] {
                await #expect(throws: AccountError.self) {
                    try await keeper.setPassword(of: "jane", to: password)
                }
            }
            var policy = AccountPolicy()
            policy.passwordLength = 3
            keeper.configure(policy)
            try await keeper.setPassword(of: "jane", to: "123")
        }
    }

    @Test("Passwords are hashed two at a time, a few more wait, and the rest is refused")
    func bounded() async throws {
        let workers = PasswordWorkers()
        let count = PasswordWorkers.atOnce + PasswordWorkers.waiting
        let gate = Monitor((running: 0, most: 0, isOpen: false))
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count + 10 {
                group.addTask {
                    do throws(AccountError) {
                        try await workers.run {
                            gate.withLock { state in
                                state.running += 1
                                state.most = max(state.most, state.running)
                            }
                            _ = gate.wait { $0.isOpen ? true : nil }
                            gate.withLock { $0.running -= 1 }
                        }
                        return true
                    } catch {
                        return false
                    }
                }
            }
            // The first ones to end are those for whom there was no place.
            for _ in 0..<10 { #expect(await group.next() == false) }
            gate.withLock { $0.isOpen = true }
            gate.notify()
            var done = 0
            for await isDone in group where isDone { done += 1 }
            #expect(done == count)
        }
        #expect(gate.withLock { $0.most } == PasswordWorkers.atOnce)
    }

    @Test("Who waits for his turn and goes away leaves his place to others")
    func cancelled() async throws {
        let workers = PasswordWorkers()
        let gate = Monitor((running: 0, isOpen: false))
        let running = (0..<PasswordWorkers.atOnce).map { _ in
            Task {
                try await workers.run {
                    gate.withLock { $0.running += 1 }
                    _ = gate.wait { $0.isOpen ? true : nil }
                }
            }
        }
        while gate.withLock({ $0.running }) < PasswordWorkers.atOnce { try await Task.sleep(for: .milliseconds(1)) }
        let waiting = (0..<PasswordWorkers.waiting).map { _ in Task { try await workers.run {} } }
        for task in waiting { task.cancel() }
        for task in waiting { #expect((try? await task.value) == nil) }
        gate.withLock { $0.isOpen = true }
        gate.notify()
        for task in running { try await task.value }
        try await workers.run {}
    }

    @Test("The file is for the daemon alone; one of a newer program closes the accounts, and is never written over")
    func newer() async throws {
        try await Self.withKeeper { keeper, home in
            let path = "\(home)/accounts"
            let mode = try #require(
                FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)
            #expect(mode.intValue == 0o600)
            let newer = Data("# gatelog accounts, format 9\n# end of 0 entries\n".utf8)
            try newer.write(to: URL(fileURLWithPath: path))
            let closed = Self.keeper(home)
            #expect(closed.problem?.contains("written by a newer Gatelog (form 9; this one reads up to 1)") == true)
            #expect(throws: AccountError.newer(path: path, format: 9)) { try closed.revokeToken("x") }
            guard case .unavailable = Self.refusal(await Self.login(closed, "jane", Self.password)) else {
                Issue.record("somebody was let in, or refused for another reason")
                return
            }
            closed.keepUses(atEnd: true)
            #expect(FileManager.default.contents(atPath: path) == newer)
        }
    }
}
