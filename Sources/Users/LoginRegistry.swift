public import Primitives

/// Who is logged in where: takes changes from all who tell of them, forgets what timed out, and says what others must
/// know. Clockless: time comes with the changes. One owner.
///
/// At an address is one user: whom the last news put there, else whom the settings put there. A change costs about a
/// microsecond, a million log-ins about 60 MB.
public struct LoginRegistry: Sendable {
    public internal(set) var users = UserRegistry()
    public internal(set) var counters = LoginCounters()
    /// When log-ins by command end, and those by RADIUS.
    public var commandRules = LoginRules()
    public var radiusRules = LoginRules()
    /// Whether effects tell of RADIUS log-ins as events; time-outs of others they always tell.
    public var tellsRadius = false
    var table: LoginTable
    var sources = LoginSources()
    var settled: [IPAddress: Settled] = [:]
    /// What the settings say of groups, for users who are heard of later.
    var settledGroups: [String: [String]] = [:]
    /// Where the look for time-outs goes on.
    private var nextShard = 0

    struct Settled: Hashable, Sendable {
        var user: UInt32
        var since: UInt32
    }

    /// Nobody anywhere; `seed` is new for each run.
    public init(seed: UInt64) { table = LoginTable(seed: seed) }

    /// Addresses where somebody is logged in.
    public var count: Int { table.count + settled.keys.count { table.entry(at: $0) == nil } }

    /// The number of the user at an address; 0 is nobody.
    public func user(at address: IPAddress) -> UInt32 {
        let address = address.unmapped
        return table.entry(at: address)?.user ?? settled[address]?.user ?? 0
    }

    /// Who was at the address at a time, as far as that is known: whoever is there now came in an earlier second. 0 is
    /// nobody, or who is gone.
    public func user(at address: IPAddress, at time: Timestamp) -> UInt32 {
        let address = address.unmapped
        if let entry = table.entry(at: address) { return entry.since < time.second ? entry.user : 0 }
        guard let settled = settled[address] else { return 0 }
        return settled.since < time.second ? settled.user : 0
    }

    // MARK: Changes

    /// Takes over changes in their order; those that cannot be are counted.
    public mutating func take(_ changes: [LoginChange], _ effects: inout LoginEffects) {
        for change in changes {
            do throws(LoginRefusal) {
                _ = try take(change, &effects)
            } catch {
                continue
            }
        }
    }

    /// Takes over one change; says who was there before. What throws has changed nothing but a counter.
    public mutating func take(_ change: LoginChange, _ effects: inout LoginEffects) throws(LoginRefusal) -> String? {
        do throws(LoginRefusal) {
            let address = change.address.unmapped
            guard address.isHost else { throw .noHost(address) }
            switch change.action {
            case .login, .refresh: return try logIn(change, address, &effects)
            case .logout: return try logOut(change, address, &effects)
            }
        } catch {
            counters.count(error)
            throw error
        }
    }

    private mutating func logIn(
        _ change: LoginChange, _ address: IPAddress, _ effects: inout LoginEffects
    ) throws(LoginRefusal) -> String? {
        let old = table.entry(at: address)
        let second = change.time.second
        if let old, isLate(change, old) { throw .late }
        if old == nil, table.count >= LoginLimits.logins { throw .tooManyLogins }
        let (user, isNew) = try users.know(change.user)
        if isNew {
            if let groups = settledGroups[change.user] { _ = users.settle(groups, of: user) }
            effects.users.append(user)
        }
        let source = sources.number(of: change.origin)
        let session = change.origin.sessionHash
        let (high, low) = LoginEntry.key(address)
        var since = second
        if let old, old.user == user, old.source == source, change.action == .refresh || old.session == session {
            since = old.since
            counters.refreshes += 1
        } else {
            counters.logins += 1
        }
        table.store(
            LoginEntry(
                high: high, low: low, user: user, source: source, since: since, heard: max(second, old?.heard ?? 0),
                session: session))
        let before = old?.user ?? settled[address]?.user ?? 0
        guard old == nil || before != user else { return name(before) }
        if let old { users.count(-1, placesOf: old.user) }
        users.count(1, placesOf: user)
        if before != user {
            effects.places.append(LoginEffects.Place(address: address, user: user))
            tell(.login, address, before, user, change.origin, change.time, &effects)
        }
        return name(before)
    }

    private mutating func logOut(
        _ change: LoginChange, _ address: IPAddress, _ effects: inout LoginEffects
    ) throws(LoginRefusal) -> String? {
        guard let old = table.entry(at: address) else {
            if case .command = change.origin, settled[address] != nil { throw .settled(address) }
            throw .notThere(address)
        }
        if !change.user.isEmpty, users.number(of: change.user) != old.user { throw .notThere(address) }
        if case .radius = change.origin {
            let session = change.origin.sessionHash
            guard sources.number(of: change.origin) == old.source,
                session == 0 || old.session == 0 || session == old.session
            else { throw .notThere(address) }
            if isLate(change, old) { throw .late }
        }
        counters.logouts += 1
        end(old, .logout, change.origin, change.time, &effects)
        return name(old.user)
    }

    /// RADIUS says when a thing was, and may say it late; commands are always now.
    private func isLate(_ change: LoginChange, _ old: LoginEntry) -> Bool {
        guard case .radius = change.origin else { return false }
        let age = Int64(old.since) - Int64(change.time.second)
        return age > 0 && age <= LoginLimits.lateness
    }

    private mutating func end(
        _ entry: LoginEntry, _ kind: LoginEvent.Kind, _ origin: LoginOrigin, _ time: Timestamp,
        _ effects: inout LoginEffects
    ) {
        let address = entry.address
        table.remove(address)
        users.count(-1, placesOf: entry.user)
        let next = settled[address]?.user ?? 0
        if next != entry.user { effects.places.append(LoginEffects.Place(address: address, user: next)) }
        tell(kind, address, entry.user, next, origin, time, &effects)
    }

    private func tell(
        _ kind: LoginEvent.Kind, _ address: IPAddress, _ old: UInt32, _ new: UInt32, _ origin: LoginOrigin,
        _ time: Timestamp, _ effects: inout LoginEffects
    ) {
        switch origin {
        // Who gave a command tells of it.
        case .command where kind != .timeout, .settings: return
        case .radius where !tellsRadius: return
        default: break
        }
        effects.events.append(
            LoginEvent(kind: kind, address: address, old: name(old), new: name(new), origin: origin, time: time))
    }

    func name(_ user: UInt32) -> String? { user == 0 ? nil : users.name(of: user) }

    // MARK: Time-outs

    /// Ends log-ins whose time is over in the next `parts` parts of the table, of `LoginRegistry.parts`.
    public mutating func expire(at time: Timestamp, parts: Int, _ effects: inout LoginEffects) {
        let now = Int64(time.second)
        for _ in 0..<min(parts, LoginTable.shardCount) {
            nextShard = (nextShard + 1) % LoginTable.shardCount
            guard table.shards[nextShard].count > 0 else { continue }
            var over: [LoginEntry] = []
            for entry in table.shards[nextShard].slots where !entry.isEmpty {
                if let end = end(of: entry), end <= now { over.append(entry) }
            }
            for entry in over {
                counters.timeouts += 1
                end(entry, .timeout, sources.origin(entry.source), time, &effects)
            }
        }
    }

    /// Parts that the table is looked through and listed in.
    public static let parts = LoginTable.shardCount

    func end(of entry: LoginEntry) -> Int64? {
        let rules = if case .radius = sources[entry.source] { radiusRules } else { commandRules }
        return rules.end(since: Int64(entry.since), heard: Int64(entry.heard))
    }
}

extension LoginSources {
    func origin(_ number: UInt32) -> LoginOrigin {
        switch self[number] {
        case .command(let name): .command(by: name)
        case .radius(let client): .radius(client: client, session: "")
        }
    }
}
