import Expressions
import PacketStages
import Primitives
import Synchronization
import Users

/// Who is logged in where, shared by all who tell of it and all who ask: the API, RADIUS, time-outs, workers.
///
/// Changes may come from any thread. The log-ins stand behind a lock that is held for a batch of changes or a part of the
/// table; workers never take it: they read `UserTable` as it changes, and the news of users at the border of a batch.
final class LoginBoard: Sendable {
    /// Events that wait to be told; further ones are counted.
    static let mostEvents = 1_000

    struct State: ~Copyable {
        var registry: LoginRegistry
        var places: UserTableWriter
        /// As programs and directories know users; number 1 stands first.
        var users: [Directory.User] = []
        var events: [LoginEvent] = []
        var lostEvents = 0
        /// Something changed that a restart should know.
        var isUnsaved = false
    }

    /// Where workers look.
    let workers: UserBoard
    private let state: Mutex<State>

    init(seed: UInt64 = .random(in: 0 ... .max)) {
        let places = UserTableWriter(seed: seed)
        workers = UserBoard(places.table)
        state = Mutex(State(registry: LoginRegistry(seed: seed), places: places))
    }

    /// Takes over changes, in their order, from any thread. Does not wait for a worker or for the engine; a batch costs
    /// one lock, so that who has many hands them over together.
    func take(_ changes: [LoginChange]) {
        guard !changes.isEmpty else { return }
        change { registry, effects in registry.take(changes, &effects) }
    }

    /// Changes the registry, and tells workers what came of it.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout LoginRegistry, inout LoginEffects) -> Value) -> Value {
        state.withLock { state in
            var effects = LoginEffects()
            let value = body(&state.registry, &effects)
            spread(effects, &state)
            return value
        }
    }

    private func spread(_ effects: LoginEffects, _ state: inout State) {
        // A place of a user whom a worker does not know yet is nobody's to it.
        if !effects.users.isEmpty {
            var news: [NumberedUser] = []
            news.reserveCapacity(effects.users.count)
            for number in effects.users {
                let user = Directory.User(
                    name: state.registry.users.name(of: number), groups: state.registry.users.groups(of: number))
                if Int(number) <= state.users.count {
                    state.users[Int(number) - 1] = user
                } else {
                    state.users.append(user)
                }
                news.append(NumberedUser(number, user))
            }
            workers.publish(news)
        }
        var isReplaced = false
        for place in effects.places where state.places.set(place.user, at: place.address) { isReplaced = true }
        if isReplaced { workers.publish(state.places.table) }
        for event in effects.events {
            if state.events.count < Self.mostEvents { state.events.append(event) } else { state.lostEvents += 1 }
        }
        state.isUnsaved = true
    }

    // MARK: Asking

    /// Asks the registry.
    func ask<Value: Sendable>(_ body: (borrowing LoginRegistry) -> Value) -> Value {
        state.withLock { body($0.registry) }
    }

    /// The users as who begins to read packets gets to know them, and as a plan's programs have to be taught.
    var known: KnownUsers {
        state.withLock { state in
            KnownUsers(board: workers, users: state.users, latest: workers.latest)
        }
    }

    /// Everybody who was heard of, with his groups, as expressions may name them; and the groups.
    var directory: (users: [Directory.User], groups: [String]) {
        state.withLock { ($0.users, $0.registry.users.groups) }
    }

    func number(of name: String) -> UInt32? { state.withLock { $0.registry.users.number(of: name) } }

    /// What waits to be told since the last time, and how much found no room.
    func takeEvents() -> (events: [LoginEvent], lost: Int) {
        state.withLock { state in
            defer {
                state.events = []
                state.lostEvents = 0
            }
            return (state.events, state.lostEvents)
        }
    }

    /// Whether something changed since the last time that somebody asked.
    func takeUnsaved() -> Bool {
        state.withLock { state in
            defer { state.isUnsaved = false }
            return state.isUnsaved
        }
    }

    /// Bytes of the table that workers read; addresses that found no room in it.
    var table: (bytes: Int, refused: Int) { state.withLock { ($0.places.table.bytes, $0.places.refused) } }
}
