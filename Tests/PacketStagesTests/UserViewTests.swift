import Expressions
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

@testable import PacketStages

@Suite("Users as a worker knows them")
struct UserViewTests {
    private static let address = IPAddress.v4(IPv4Address(0x0A00_0005))

    private static func user(_ name: String, _ groups: [String] = []) -> Directory.User {
        Directory.User(name: name, groups: groups)
    }

    private static func program(_ text: String) throws -> Program {
        var directory = Directory()
        directory.users = []
        directory.groups = []
        directory.usersMayMove = true
        let expression = try Expression(parsing: text, directory: directory)
        return Program(expression.tree, directory: directory)
    }

    /// A frame from 10.0.0.5 to 10.0.0.6.
    private static func matches(_ tables: inout PacketTables, _ program: borrowing Program, reply: Bool = false) -> Bool
    {
        var frame = Frame(time: Timestamp(nanoseconds: 0), capturedLength: 28, originalLength: 28, linkType: .raw)
        let (from, to): (UInt8, UInt8) = reply ? (6, 5) : (5, 6)
        let bytes: [UInt8] = [
            0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, from, 10, 0, 0, to, 0, 53, 0, 53, 0, 8, 0, 0,
        ]
        let span = bytes.span.bytes
        tables.read(&frame, span)
        return program.matches(frame, tables.layers, span, tables.facts)
    }

    @Test("Programs follow log-ins, new users and groups without a new plan")
    func following() throws {
        var writer = UserTableWriter(seed: 3)
        let board = UserBoard(writer.table)
        let known = KnownUsers(board: board, users: [], latest: board.latest)
        var tables = PacketTables(.users, PacketLookups(users: known), seed: 1)
        var program = try Self.program("saddr = user:\"jane,[staff]\"")
        known.teach(&program)
        tables.teach(&program)
        let met1 = Self.matches(&tables, program)
        #expect(!met1)

        // The address is there before the name: nobody yet.
        _ = writer.set(1, at: Self.address)
        let met2 = Self.matches(&tables, program)
        #expect(!met2)
        let first = tables.facts.sourceUser
        #expect(first == 0)
        board.publish([NumberedUser(1, Self.user("bob", ["sales"]))])
        tables.followUsers(most: 10)
        tables.tell(&program)
        tables.newsTold()
        let met3 = Self.matches(&tables, program)
        #expect(!met3)
        let second = tables.facts.sourceUser
        #expect(second == 1)
        let isNamed = tables.names.users.hasName(1)
        #expect(isNamed)

        board.publish([NumberedUser(1, Self.user("bob", ["sales", "staff"]))])
        tables.followUsers(most: 10)
        let hasNews = tables.hasNews
        #expect(hasNews)
        tables.tell(&program)
        tables.newsTold()
        let met4 = Self.matches(&tables, program)
        #expect(met4)
        let met5 = Self.matches(&tables, program, reply: true)
        #expect(!met5)

        board.publish([NumberedUser(1, Self.user("bob", ["sales"]))])
        tables.followUsers(most: 10)
        tables.tell(&program)
        tables.newsTold()
        let met6 = Self.matches(&tables, program)
        #expect(!met6)
    }

    @Test("A plan that knows more, or less, than the worker comes to the same", arguments: [true, false])
    func plans(_ isAhead: Bool) throws {
        var writer = UserTableWriter(seed: 3)
        let board = UserBoard(writer.table)
        let before = KnownUsers(board: board, users: [], latest: board.latest)
        var tables = PacketTables(.users, PacketLookups(users: before), seed: 1)
        _ = writer.set(2, at: Self.address)
        let users = [Self.user("bob"), Self.user("jane", ["staff"])]
        board.publish([NumberedUser(1, users[0])])
        board.publish([NumberedUser(2, users[1])])
        let after = KnownUsers(board: board, users: users, latest: board.latest)
        // The plan was made before the news and is taken over after them, or the other way round.
        if !isAhead { tables.followUsers(most: 10) }
        tables.newsTold()
        let plan = isAhead ? after : before
        var program = try Self.program("user = \"[staff]\"")
        plan.teach(&program)
        tables.reconfigure(.users, PacketLookups(users: plan))
        tables.teach(&program)
        tables.followUsers(most: 10)
        let hasNews = tables.hasNews
        #expect(!hasNews)
        let met7 = Self.matches(&tables, program)
        #expect(met7)
    }

    @Test("A worker takes few news at a time and misses none")
    func slices() throws {
        let writer = UserTableWriter(seed: 3)
        let board = UserBoard(writer.table)
        let known = KnownUsers(board: board, users: [], latest: board.latest)
        var view = UserView(known)
        var number: UInt32 = 0
        for count in [1, 0, 5, 100, 3] {
            board.publish(
                (0..<count).map { _ in
                    number += 1
                    return NumberedUser(number, Self.user("u\(number)"))
                })
        }
        var taken: [UInt32] = []
        var rounds = 0
        while view.hasNews, rounds < 100 {
            view.follow(most: 7) { item, _ in taken.append(item.number) }
            rounds += 1
        }
        #expect(taken == Array(1...number))
        #expect(view.known == number)
        #expect(rounds > 10)
    }

    @Test("News that nobody waits for go without a deep end")
    func chain() {
        let writer = UserTableWriter(seed: 3)
        let board = UserBoard(writer.table)
        var view: UserView? = UserView(KnownUsers(board: board, users: [], latest: board.latest))
        for number in 1...UInt32(300_000) { board.publish([NumberedUser(number, Self.user("u"))]) }
        #expect(view?.hasNews == true)
        view = nil
        #expect(board.latest.number == 300_000)
    }

    @Test("Settings for a capture are the same table")
    func settled() {
        var jane = Self.user("jane")
        jane.addresses = [Self.address]
        let lookups = PacketLookups(users: [Self.user("bob"), jane])
        let users = UserView(lookups.users!).users(at: Self.address, and: .v4(IPv4Address(1)))
        #expect(users == (2, 0))
    }
}
