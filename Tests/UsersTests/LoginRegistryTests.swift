import Primitives
import TestSupport
import Testing

@testable import Users

@Suite("Who is logged in where")
struct LoginRegistryTests {
    private static func at(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: (1_700_000_000 + seconds) * 1_000_000_000)
    }

    private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(parsing: text)) }

    private static func change(
        _ action: LoginChange.Action, _ user: String, _ address: String, at seconds: Int64 = 0,
        by origin: LoginOrigin = .command(by: "root")
    ) throws -> LoginChange {
        LoginChange(action, user: user, address: try self.address(address), origin: origin, time: at(seconds))
    }

    private static func radius(_ client: String, _ session: String) -> LoginOrigin {
        .radius(client: client, session: session)
    }

    @Test("A log-in holds until the log-out; the last one at an address counts")
    func replacing() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let before1 = try registry.take(Self.change(.login, "jane", "10.0.0.5"), &effects)
        #expect(before1 == nil)
        let before2 = try registry.take(Self.change(.login, "bob", "10.0.0.5", at: 5), &effects)
        #expect(before2 == "jane")
        let address = try Self.address("10.0.0.5")
        #expect(registry.login(at: address)?.user == "bob")
        #expect(registry.login(at: address)?.since == Self.at(5))
        #expect(effects.users == [1, 2])
        #expect(effects.places.map(\.user) == [1, 2])
        let before3 = try registry.take(Self.change(.logout, "", "10.0.0.5", at: 6), &effects)
        #expect(before3 == "bob")
        #expect(registry.login(at: address) == nil)
        #expect(effects.places.last?.user == 0)
        #expect(registry.count == 0)
    }

    @Test("A mapped IPv4 address is the IPv4 address")
    func mapped() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        _ = try registry.take(Self.change(.login, "jane", "::ffff:10.0.0.5"), &effects)
        #expect(registry.user(at: try Self.address("10.0.0.5")) == 1)
        #expect(effects.places.first?.address == (try Self.address("10.0.0.5")))
    }

    @Test(
        "What is no host's address or no name is refused and counted",
        arguments: [
            "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "255.255.255.254", "::", "ff02::1",
        ])
    func noHosts(_ text: String) throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let address = try Self.address(text)
        #expect(throws: LoginRefusal.noHost(address)) {
            try registry.take(Self.change(.login, "jane", text), &effects)
        }
        #expect(registry.counters.malformed == 1)
        #expect(effects.isEmpty)
    }

    @Test("Names are taken as they are, within their limit")
    func names() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let odd = [
            "quo\"te", "[a],b", "line\nend", "\u{1B}[31m", "a -> b", "\u{202E}", "\0",
            String(repeating: "é", count: 128),
        ]
        for (index, name) in odd.enumerated() {
            _ = try registry.take(Self.change(.login, name, "10.0.1.\(index + 1)"), &effects)
            #expect(registry.login(at: try Self.address("10.0.1.\(index + 1)"))?.user == name)
        }
        #expect(throws: LoginRefusal.noName) { try registry.take(Self.change(.login, "", "10.0.0.1"), &effects) }
        #expect(throws: LoginRefusal.longName(bytes: 257)) {
            try registry.take(Self.change(.login, String(repeating: "x", count: 257), "10.0.0.1"), &effects)
        }
        #expect(throws: LoginRefusal.longName(bytes: 10_000)) {
            try registry.take(Self.change(.login, String(repeating: "x", count: 10_000), "10.0.0.1"), &effects)
        }
        #expect(registry.users.count == odd.count)
    }

    @Test("A session's end ends that session alone")
    func sessions() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let address = try Self.address("10.0.0.5")
        _ = try registry.take(Self.change(.login, "jane", "10.0.0.5", by: Self.radius("nas1", "a")), &effects)
        _ = try registry.take(Self.change(.login, "jane", "10.0.0.5", at: 9, by: Self.radius("nas1", "b")), &effects)
        #expect(throws: LoginRefusal.notThere(address)) {
            try registry.take(Self.change(.logout, "jane", "10.0.0.5", at: 10, by: Self.radius("nas1", "a")), &effects)
        }
        #expect(throws: LoginRefusal.notThere(address)) {
            try registry.take(Self.change(.logout, "jane", "10.0.0.5", at: 10, by: Self.radius("nas2", "b")), &effects)
        }
        #expect(throws: LoginRefusal.notThere(address)) {
            try registry.take(Self.change(.logout, "bob", "10.0.0.5", at: 10, by: Self.radius("nas1", "b")), &effects)
        }
        _ = try registry.take(Self.change(.logout, "jane", "10.0.0.5", at: 10, by: Self.radius("nas1", "b")), &effects)
        #expect(registry.user(at: address) == 0)
        #expect(registry.counters.late == 3)
    }

    @Test("News that come late do not undo newer ones; a clock that was set back does not stop the news")
    func lateness() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let address = try Self.address("10.0.0.5")
        _ = try registry.take(Self.change(.login, "bob", "10.0.0.5", at: 100, by: Self.radius("nas1", "b")), &effects)
        #expect(throws: LoginRefusal.late) {
            try registry.take(Self.change(.login, "jane", "10.0.0.5", at: 90, by: Self.radius("nas2", "a")), &effects)
        }
        #expect(registry.login(at: address)?.user == "bob")
        _ = try registry.take(
            Self.change(.login, "jane", "10.0.0.5", at: -7200, by: Self.radius("nas2", "a")), &effects)
        #expect(registry.login(at: address)?.user == "jane")
        // A command is always now.
        _ = try registry.take(Self.change(.login, "root", "10.0.0.5", at: -7300), &effects)
        #expect(registry.login(at: address)?.user == "root")
    }

    @Test("A refresh keeps the beginning and moves the end; one of somebody unknown logs him in")
    func refreshing() throws {
        var registry = LoginRegistry(seed: 1)
        registry.radiusRules = LoginRules(idle: 60, limit: 100)
        var effects = LoginEffects()
        let address = try Self.address("10.0.0.5")
        _ = try registry.take(Self.change(.refresh, "jane", "10.0.0.5", by: Self.radius("nas1", "a")), &effects)
        #expect(registry.login(at: address)?.until == Self.at(60))
        _ = try registry.take(Self.change(.refresh, "jane", "10.0.0.5", at: 50, by: Self.radius("nas1", "a")), &effects)
        #expect(registry.login(at: address)?.since == Self.at(0))
        #expect(registry.login(at: address)?.until == Self.at(100))
        #expect(effects.places.count == 1)
        #expect(registry.counters.logins == 1)
        #expect(registry.counters.refreshes == 1)
        registry.expire(at: Self.at(99), parts: LoginRegistry.parts, &effects)
        #expect(registry.user(at: address) == 1)
        registry.expire(at: Self.at(100), parts: LoginRegistry.parts, &effects)
        #expect(registry.user(at: address) == 0)
        #expect(registry.counters.timeouts == 1)
        // RADIUS is told only where the settings want it.
        #expect(effects.events.isEmpty)
    }

    @Test("Time-outs of commands are told")
    func timeouts() throws {
        var registry = LoginRegistry(seed: 1)
        registry.commandRules = LoginRules(limit: 10)
        var effects = LoginEffects()
        _ = try registry.take(Self.change(.login, "jane", "10.0.0.5"), &effects)
        #expect(effects.events.isEmpty)
        registry.expire(at: Self.at(10), parts: LoginRegistry.parts, &effects)
        #expect(effects.events.map(\.kind) == [.timeout])
        #expect(effects.events.first?.old == "jane")
        #expect(effects.events.first?.new == nil)
    }

    @Test("The settings' users are there where nobody else is")
    func settled() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let address = try Self.address("10.0.0.5")
        registry.settle([SettledUser(name: "jane", groups: ["staff"], addresses: [address])], at: Self.at(0), &effects)
        #expect(effects.places == [LoginEffects.Place(address: address, user: 1)])
        _ = try registry.take(Self.change(.login, "guest", "10.0.0.5", at: 1), &effects)
        #expect(registry.login(at: address)?.user == "guest")
        _ = try registry.take(Self.change(.logout, "", "10.0.0.5", at: 2), &effects)
        #expect(registry.login(at: address)?.user == "jane")
        #expect(registry.login(at: address)?.origin == .settings)
        #expect(throws: LoginRefusal.settled(address)) {
            try registry.take(Self.change(.logout, "", "10.0.0.5", at: 3), &effects)
        }
        effects = LoginEffects()
        registry.settle([SettledUser(name: "jane", groups: ["sales"])], at: Self.at(4), &effects)
        #expect(effects.users == [1])
        #expect(effects.places == [LoginEffects.Place(address: address, user: 0)])
        #expect(registry.users.groups(of: 1) == ["sales"])
        effects = LoginEffects()
        registry.settle([], at: Self.at(5), &effects)
        #expect(effects.users == [1])
        #expect(registry.users.groups == [])
    }

    @Test("Groups are those of the settings and of the system, for users who come later too")
    func groups() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        registry.settle([SettledUser(name: "jane", groups: ["staff", "b"])], at: Self.at(0), &effects)
        _ = try registry.take(Self.change(.login, "bob", "10.0.0.6"), &effects)
        registry.setSystemGroups(["ldap", "staff"], of: "jane", &effects)
        registry.setSystemGroups(["ldap"], of: "bob", &effects)
        registry.setSystemGroups(["ldap"], of: "nobody", &effects)
        #expect(effects.users == [1, 2, 1, 2])
        #expect(registry.users.groups(of: 1) == ["b", "ldap", "staff"])
        #expect(registry.users.members(of: "ldap") == ["bob", "jane"])
        let counts = registry.users.memberCounts
        #expect(counts.map(\.name) == ["b", "ldap", "staff"])
        #expect(counts.map(\.members) == [1, 2, 1])
        #expect(counts.map(\.inSystem) == [false, true, true])
        // The same again is no news.
        effects = LoginEffects()
        registry.setSystemGroups(["staff", "ldap"], of: "jane", &effects)
        #expect(effects.isEmpty)
        registry.setSystemGroups((0..<2000).map { "g\($0)" }, of: "bob", &effects)
        #expect(registry.users.groups(of: 2).count == LoginLimits.groupsOfUser)
        #expect(registry.users.refusedGroups == 2000 - LoginLimits.groupsOfUser)
    }

    @Test("Who was there when something began is known while he is there, from the next second on")
    func moments() throws {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let address = try Self.address("10.0.0.5")
        _ = try registry.take(Self.change(.login, "jane", "10.0.0.5", at: 10), &effects)
        #expect(registry.user(at: address, at: Self.at(9)) == 0)
        #expect(registry.user(at: address, at: Self.at(10)) == 0)
        #expect(registry.user(at: address, at: Self.at(11)) == 1)
    }

    @Test("The registry is what a dictionary would be")
    func twin() throws {
        var random = SeededGenerator(seed: 20_261_121)
        var registry = LoginRegistry(seed: random.next())
        var plain: [IPAddress: String] = [:]
        for step in 0..<40_000 {
            let number = UInt32.random(in: 1...3000, using: &random)
            let address: IPAddress =
                number % 3 == 0
                ? .v6(IPv6Address(high: 0x2001_0DB8 << 32, low: UInt64(number)))
                : .v4(IPv4Address(0x0A00_0000 | number))
            let user = "user \(UInt32.random(in: 0..<200, using: &random))"
            let isLogin = Bool.random(using: &random)
            var effects = LoginEffects()
            let change = LoginChange(
                isLogin ? .login : .logout, user: isLogin ? user : "", address: address, origin: .command(by: "root"),
                time: Self.at(Int64(step)))
            let before = try? registry.take(change, &effects)
            #expect(before == .some(plain[address]) || plain[address] == nil)
            plain[address] = isLogin ? user : nil
        }
        #expect(registry.count == plain.count)
        for (address, user) in plain { #expect(registry.login(at: address)?.user == user) }
        var listed = 0
        for part in 0..<LoginRegistry.parts {
            for login in registry.logins(of: part) {
                #expect(plain[login.address] == login.user)
                listed += 1
            }
        }
        #expect(listed == plain.count)
    }
}
