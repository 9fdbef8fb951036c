public import Expressions
import Synchronization

/// A user by his number, as programs learn of him.
public struct NumberedUser: Sendable {
    public var number: UInt32
    public var user: Directory.User

    public init(_ number: UInt32, _ user: Directory.User) {
        self.number = number
        self.user = user
    }
}

/// Users who are new or whose groups changed, in the order in which it became known: each piece leads to the next, so
/// that every worker goes on from where it is, and what all have passed is gone.
public final class UserNews: Sendable {
    /// Counts up.
    public let number: UInt64
    let users: [NumberedUser]
    private let following = Mutex<UserNews?>(nil)

    /// What comes before all news.
    init() {
        number = 0
        users = []
    }

    private init(_ users: [NumberedUser], number: UInt64) {
        self.number = number
        self.users = users
    }

    var next: UserNews? { following.withLock { $0 } }

    /// The news after these, which are the last so far.
    func append(_ users: [NumberedUser]) -> UserNews {
        let next = UserNews(users, number: number + 1)
        following.withLock { $0 = next }
        return next
    }

    /// One after the other: pieces that nobody waits for may be many, and a chain of ends would be as deep.
    deinit {
        var next = following.withLock { $0.take() }
        while isKnownUniquelyReferenced(&next) {
            let after = next.flatMap { news in news.following.withLock { $0.take() } }
            next = after
        }
    }
}

/// Where workers look, once a batch, whether there is news of users: a word that is loaded, and a lock only where there is.
public final class UserBoard: Sendable {
    private struct State {
        var table: UserTable
        var latest: UserNews
    }

    private let state: Mutex<State>
    private let version = Atomic<UInt64>(1)

    /// A board of a table; nobody has a number yet.
    public init(_ table: UserTable) { state = Mutex(State(table: table, latest: UserNews())) }

    /// The last news so far.
    public var latest: UserNews { state.withLock { $0.latest } }

    /// Hands out a table in place of the one before.
    public func publish(_ table: UserTable) {
        state.withLock { $0.table = table }
        version.wrappingAdd(1, ordering: .releasing)
    }

    /// Tells of users. Not from two threads at once.
    public func publish(_ users: [NumberedUser]) {
        state.withLock { $0.latest = $0.latest.append(users) }
        version.wrappingAdd(1, ordering: .releasing)
    }

    /// Changes with everything that is published.
    var currentVersion: UInt64 { version.load(ordering: .acquiring) }

    var table: UserTable { state.withLock { $0.table } }
}

/// The users as who begins to read packets gets to know them.
public struct KnownUsers: Sendable {
    public let board: UserBoard
    /// Who is known: number 1 stands first.
    public let users: [Directory.User]
    /// The last news that are in `users` and that a plan's programs were taught.
    public let latest: UserNews

    public init(board: UserBoard, users: [Directory.User], latest: UserNews) {
        self.board = board
        self.users = users
        self.latest = latest
    }

    /// Users who stay where they are (settings for a capture). The later one has an address that two share.
    public init(settled users: [Directory.User], seed: UInt64) {
        var writer = UserTableWriter(seed: seed)
        for (index, user) in users.enumerated() {
            for address in user.addresses { _ = writer.set(UInt32(index + 1), at: address) }
        }
        let board = UserBoard(writer.table)
        self.init(board: board, users: users, latest: board.latest)
    }

    /// Tells a program of all users.
    public func teach(_ program: inout Program) {
        guard program.demands.contains(.users) else { return }
        for (index, user) in users.enumerated() { program.learn(user: user, as: UInt32(index + 1)) }
    }
}
