import Primitives
import Testing

@testable import Accounts

@Suite("Addresses from which log-ins fail")
struct LoginThrottleTests {
    static let second: Int64 = 1_000_000_000
    let policy = AccountPolicy()

    static func key(_ text: String) throws -> LoginThrottle.Key {
        LoginThrottle.Key(try #require(IPAddress(parsing: text)))
    }

    private func fail(_ throttle: inout LoginThrottle, _ key: LoginThrottle.Key, at now: Int64) {
        #expect(throttle.begin(key, now: now, policy) == .go)
        throttle.failed(key, now: now, policy)
    }

    @Test("Five failures block an address for a quarter of an hour, and no other")
    func block() throws {
        var throttle = LoginThrottle()
        let (one, other) = (try Self.key("192.0.2.1"), try Self.key("192.0.2.2"))
        for number in 0..<5 { fail(&throttle, one, at: Int64(number) * Self.second) }
        let now = 10 * Self.second
        #expect(throttle.begin(one, now: now, policy) == .blocked(after: 5, seconds: 895, tell: 1))
        #expect(throttle.begin(other, now: now, policy) == .go)
        let end = 4 * Self.second + 900 * Self.second
        #expect(throttle.begin(one, now: end - 1, policy) == .blocked(after: 5, seconds: 1, tell: 1))
        #expect(throttle.begin(one, now: end, policy) == .go)
        throttle.failed(one, now: end, policy)
        #expect(throttle.begin(one, now: end + 1, policy) == .go)
    }

    @Test("Attempts while blocked are told once a minute, with their number")
    func told() throws {
        var throttle = LoginThrottle()
        let key = try Self.key("192.0.2.1")
        for _ in 0..<5 { fail(&throttle, key, at: 0) }
        var told: [Int] = []
        for tenth in 0..<1800 {
            let now = Int64(tenth) * Self.second / 10
            guard case .blocked(_, _, let tell) = throttle.begin(key, now: now, policy) else {
                Issue.record("not blocked")
                return
            }
            if let tell { told.append(tell) }
        }
        #expect(told == [1, 600, 600])
    }

    @Test("A success forgets what failed before")
    func success() throws {
        var throttle = LoginThrottle()
        let key = try Self.key("192.0.2.1")
        for _ in 0..<4 { fail(&throttle, key, at: 0) }
        #expect(throttle.begin(key, now: 1, policy) == .go)
        throttle.succeeded(key)
        #expect(throttle.count == 0)
        for _ in 0..<4 { fail(&throttle, key, at: 2) }
        #expect(throttle.begin(key, now: 3, policy) == .go)
    }

    @Test("Many attempts at one time are no way around: only as many are checked as may still fail")
    func parallel() throws {
        var throttle = LoginThrottle()
        let key = try Self.key("192.0.2.1")
        fail(&throttle, key, at: 0)
        for _ in 0..<4 { #expect(throttle.begin(key, now: 1, policy) == .go) }
        #expect(throttle.begin(key, now: 1, policy) == .tooMany)
        throttle.abandoned(key)
        #expect(throttle.begin(key, now: 1, policy) == .go)
        for _ in 0..<4 { throttle.failed(key, now: 2, policy) }
        #expect(throttle.begin(key, now: 3, policy) != .go)
    }

    @Test("A /64 of IPv6 is one address; an IPv4 address is itself, however it is written")
    func families() throws {
        #expect(try Self.key("2001:db8::1") == Self.key("2001:db8::ffff:1"))
        #expect(try Self.key("2001:db8::1") != Self.key("2001:db8:0:1::1"))
        #expect(try Self.key("::ffff:192.0.2.1") == Self.key("192.0.2.1"))
        #expect(try Self.key("::ffff:192.0.2.1") != Self.key("192.0.2.2"))
        #expect(try Self.key("::1") != Self.key("0.0.0.1"))
    }

    @Test("The table is bounded; those that are blocked stay longest")
    func bounded() throws {
        var throttle = LoginThrottle()
        let blocked = try Self.key("192.0.2.1")
        for _ in 0..<5 { fail(&throttle, blocked, at: 0) }
        for number in 0..<UInt32(LoginThrottle.limit + 100) {
            fail(&throttle, LoginThrottle.Key(.v4(IPv4Address(0x0A00_0000 + number))), at: Int64(number))
        }
        #expect(throttle.count == LoginThrottle.limit)
        #expect(throttle.begin(blocked, now: 1, policy) != .go)
    }

    @Test("Where settings say none, nobody is blocked and nothing is remembered")
    func off() throws {
        var throttle = LoginThrottle()
        var policy = AccountPolicy()
        policy.failedLogins = nil
        let key = try Self.key("192.0.2.1")
        for _ in 0..<100 {
            #expect(throttle.begin(key, now: 0, policy) == .go)
            throttle.failed(key, now: 0, policy)
        }
        #expect(throttle.count == 0)
    }
}
