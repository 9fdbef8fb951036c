import Primitives
import Testing

@testable import Accounts

@Suite("Sessions")
struct SessionTableTests {
    static let second: Int64 = 1_000_000_000
    let policy = AccountPolicy()
    let time = Timestamp(seconds: 1_795_248_000)

    private func begin(_ table: inout SessionTable, _ name: String, _ account: String = "jane", at now: Int64) {
        _ = table.begin(
            Secret.digest(name), account: account, service: "WebAdmin", from: "192.0.2.7", at: time, now: now)
    }

    @Test("A session ends when it was not used for half an hour, and after twelve hours in any case")
    func times() {
        var table = SessionTable()
        begin(&table, "a", at: 0)
        let half = 1800 * Self.second
        #expect(table.use(Secret.digest("a"), now: half - 1, policy) != nil)
        #expect(table.use(Secret.digest("a"), now: 2 * half - 2, policy) != nil)
        #expect(table.use(Secret.digest("a"), now: 3 * half - 2, policy) == nil)
        begin(&table, "b", at: 0)
        var now: Int64 = 0
        while now < 12 * 3600 * Self.second {
            #expect(table.use(Secret.digest("b"), now: now, policy) != nil)
            now += 600 * Self.second
        }
        #expect(table.use(Secret.digest("b"), now: now, policy) == nil)
        #expect(table.all.isEmpty)
    }

    @Test("Who did not log out is told of when his time is over, once")
    func expiry() {
        var table = SessionTable()
        begin(&table, "a", at: 0)
        begin(&table, "b", "john", at: 1)
        #expect(table.expire(now: 1800 * Self.second, policy).map(\.account) == ["jane"])
        #expect(table.expire(now: 1800 * Self.second, policy).isEmpty)
        #expect(table.all.map(\.account) == ["john"])
    }

    @Test("Sessions are bounded, for one and for all; the one that was idle longest goes")
    func bounded() {
        var table = SessionTable()
        for number in 0..<40 { begin(&table, "j\(number)", at: Int64(number)) }
        #expect(table.all.count == SessionTable.limitOfOne)
        #expect(table.use(Secret.digest("j7"), now: 50, policy) == nil)
        #expect(table.use(Secret.digest("j8"), now: 50, policy) != nil)
        for number in 0..<2000 { begin(&table, "u\(number)", "u\(number)", at: Int64(100 + number)) }
        #expect(table.all.count == SessionTable.limit)
    }

    @Test("All sessions of an account end together, but for the one that asks")
    func account() {
        var table = SessionTable()
        for name in ["a", "b", "c"] { begin(&table, name, at: 0) }
        begin(&table, "d", "john", at: 0)
        table.end(account: "jane", but: 2)
        #expect(table.all.map(\.number) == [2, 4])
        #expect(table.end(2)?.account == "jane")
        #expect(table.end(2) == nil)
    }
}
