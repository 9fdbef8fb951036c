import ControlMessages
public import Primitives
import Synchronization
import SystemCalls

/// Local users, their sessions, and tokens. Safe from any thread: whoever shows a token or a session is looked up
/// under a short lock; a change is on the disk when it returns; passwords are hashed elsewhere.
public final class AccountKeeper: Sendable {
    let file: AccountFile
    let parameters: ScryptParameters
    let workers = PasswordWorkers()
    let state: Mutex<State>
    /// Held while a change goes to the disk, so that changes come one after the other and nobody else waits for the disk.
    private let writing = Mutex(())

    struct State: Sendable {
        var book = AccountBook()
        /// Why there are no accounts: the file cannot be used.
        var closed: AccountError?
        var sessions = SessionTable()
        var throttle = LoginThrottle()
        var policy = AccountPolicy()
        /// Whether log-ins and uses were noted that the file does not know yet.
        var hasNews = false
        /// When uses went to the file last.
        var keptAt: Int64 = 0
    }

    /// How often log-ins and uses of tokens are written to the file.
    static let keepInterval: Int64 = 300_000_000_000

    /// Reads the file at `path`. One that cannot be used is no reason for a gateway not to watch: nobody can log in
    /// then, nothing can be changed, and `problem` says why.
    public convenience init(path: String, parameters: ScryptParameters = .standard) {
        self.init(AccountFile(path: path), parameters)
    }

    init(_ file: AccountFile, _ parameters: ScryptParameters) {
        self.file = file
        self.parameters = parameters
        var state = State()
        do {
            state.book = try file.read()
        } catch {
            state.closed = error
        }
        self.state = Mutex(state)
    }

    /// Why nobody can log in; nil where all is well.
    public var problem: String? { state.withLock { $0.closed?.description } }

    /// What holds for log-ins from now on.
    public func configure(_ policy: AccountPolicy) { state.withLock { $0.policy = policy } }

    /// Sorted by name.
    public var accounts: [Account] {
        state.withLock { $0.book.accounts.values.sorted { $0.name < $1.name } }
    }

    /// Sorted by name.
    public var tokens: [AccountToken] {
        state.withLock { $0.book.tokens.values.sorted { $0.name < $1.name } }
    }

    public func account(_ name: String) throws(AccountError) -> Account {
        try state.withLock { state throws(AccountError) in try state.book.account(name) }
    }

    /// Sessions that have not ended.
    public var sessions: [AccountSession] {
        state.withLock { state in
            _ = state.sessions.expire(now: Clocks.monotonic, state.policy)
            return state.sessions.all.map(AccountSession.init)
        }
    }

    /// Changes the book: checked, on the disk, and in force when this returns; where it throws, nothing has changed.
    func change<Value>(_ body: (inout AccountBook) throws(AccountError) -> Value) throws(AccountError) -> Value {
        try writing.withLock { _ throws(AccountError) in
            var (book, closed) = state.withLock { ($0.book, $0.closed) }
            if let closed { throw closed }
            let value = try body(&book)
            try file.write(book)
            let now = Clocks.monotonic
            state.withLock { state in
                // Uses that were noted meanwhile are not in what was written.
                state.hasNews = state.book.giveUses(to: &book)
                state.book = book
                state.keptAt = now
            }
            return value
        }
    }

    /// Writes log-ins and uses of tokens to the file where some were noted, at most every five minutes unless the
    /// daemon ends.
    public func keepUses(atEnd: Bool = false) {
        let now = Clocks.monotonic
        let isDue = state.withLock { state in
            state.closed == nil && state.hasNews && (atEnd || now - state.keptAt >= Self.keepInterval)
        }
        guard isDue else { return }
        try? change { (_: inout AccountBook) throws(AccountError) in }
    }

    /// Ends the sessions whose time is over; returns whose they were.
    public func expireSessions() -> [AccountSession] {
        state.withLock { $0.sessions.expire(now: Clocks.monotonic, $0.policy).map(AccountSession.init) }
    }
}

/// A session of a local user.
public struct AccountSession: Hashable, Sendable {
    public let number: UInt64
    public let account: String
    /// "WebAdmin".
    public let service: String
    public let from: String
    public let begunAt: Timestamp

    init(_ session: SessionTable.Session) {
        number = session.number
        account = session.account
        service = session.service
        from = session.from
        begunAt = session.begunAt
    }
}
