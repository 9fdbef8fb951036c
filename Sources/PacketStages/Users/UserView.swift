import Expressions
public import Primitives
public import Records

/// The users as one thread knows them: it follows the news, and asks the table that all share.
public struct UserView: Sendable {
    let board: UserBoard
    private var table: UserTable
    private var version: UInt64
    private var position: UserNews
    /// Of the news at `position`, so many were taken.
    private var taken: Int
    /// Who is in the table with a greater number is somebody of whom the news come with the next batch.
    public private(set) var known: UInt32

    /// Where nobody is ever logged in.
    static let nobody = UserView(KnownUsers(settled: [], seed: 0))

    public init(_ users: KnownUsers) {
        board = users.board
        version = 0
        table = users.board.table
        position = users.latest
        taken = position.users.count
        known = UInt32(users.users.count)
    }

    /// Whether something was published since `follow` had seen everything.
    var hasNews: Bool { board.currentVersion != version }

    /// Tells a program what was taken after `latest`, which it knows.
    func teach(_ program: inout Program, since latest: UserNews) {
        guard program.demands.contains(.users) else { return }
        var news = latest
        while news.number < position.number, let next = news.next {
            for item in next.users { program.learn(user: item.user, as: item.number) }
            news = next
        }
    }

    /// Takes up to `most` news and gives them to `take`, with the number of their piece; goes over to a new table.
    mutating func follow(most: Int, _ take: (NumberedUser, UInt64) -> Void) {
        let seen = board.currentVersion
        table = board.table
        var left = most
        while left > 0 {
            guard taken < position.users.count else {
                guard let next = position.next else {
                    version = seen
                    return
                }
                position = next
                taken = 0
                continue
            }
            let item = position.users[taken]
            taken += 1
            left -= 1
            known = max(known, item.number)
            take(item, position.number)
        }
    }

    /// Takes up to `most` news and keeps the names by number.
    public mutating func follow(most: Int, _ names: inout NameTable) {
        guard hasNews else { return }
        follow(most: most) { item, _ in
            if !names.hasName(Int(item.number)) { names.set(item.user.name, for: Int(item.number)) }
        }
    }

    /// The users at two addresses; 0 is nobody.
    @inline(__always)
    public func users(at source: IPAddress, and destination: IPAddress) -> (UInt32, UInt32) {
        let users = table.users(at: source, and: destination)
        return (users.0 <= known ? users.0 : 0, users.1 <= known ? users.1 : 0)
    }
}
