public import Primitives

extension LoginRegistry {
    /// Takes over what the settings say of users; addresses that they do not name any more are nobody's but of whom
    /// others put there. `known` are groups that they name, with members or without.
    public mutating func settle(_ list: [SettledUser], at time: Timestamp, _ effects: inout LoginEffects) {
        let before = settled
        var known: Set<String> = []
        var now: [IPAddress: Settled] = [:]
        let groupsBefore = settledGroups
        settledGroups = [:]
        for user in list {
            known.formUnion(user.groups)
            settledGroups[user.name] = user.groups
            // Settings are bounded; the name of one that finds no room is still read in expressions.
            guard let (number, isNew) = try? users.know(user.name) else { continue }
            if users.settle(user.groups, of: number) || isNew { effects.users.append(number) }
            for address in user.addresses.map(\.unmapped) where address.isHost {
                let since = before[address]?.user == number ? before[address]?.since : nil
                now[address] = Settled(user: number, since: since ?? time.second)
            }
        }
        for name in groupsBefore.keys where settledGroups[name] == nil {
            if let number = users.number(of: name), users.settle([], of: number) { effects.users.append(number) }
        }
        users.settleGroups(known.sorted())
        settled = now
        for address in Set(before.keys).union(now.keys) where before[address]?.user != now[address]?.user {
            guard table.entry(at: address) == nil else { continue }
            effects.places.append(LoginEffects.Place(address: address, user: now[address]?.user ?? 0))
        }
    }

    /// What the system says of a user's groups.
    public mutating func setSystemGroups(_ groups: [String], of user: String, _ effects: inout LoginEffects) {
        guard let number = users.number(of: user), users.setSystemGroups(groups, of: number) else { return }
        effects.users.append(number)
    }
}

extension LoginRegistry {
    /// Who is at an address; nil is nobody.
    public func login(at address: IPAddress) -> Login? {
        let address = address.unmapped
        if let entry = table.entry(at: address) { return login(entry) }
        return settled[address].map { login($0, address) }
    }

    /// The log-ins of one part of the table, in the order of their addresses. Those that the settings make stand in part 0.
    public func logins(of part: Int) -> [Login] {
        var found = table.entries(of: part).map { login($0) }
        if part == 0 {
            for (address, settled) in settled where table.entry(at: address) == nil {
                found.append(login(settled, address))
            }
        }
        return found.sorted { $0.address < $1.address }
    }

    private func login(_ entry: LoginEntry) -> Login {
        Login(
            user: users.name(of: entry.user), address: entry.address, origin: sources.origin(entry.source),
            since: Timestamp(second: Int64(entry.since)), heard: Timestamp(second: Int64(entry.heard)),
            until: end(of: entry).map { Timestamp(second: $0) }, groups: users.groups(of: entry.user))
    }

    private func login(_ settled: Settled, _ address: IPAddress) -> Login {
        let since = Timestamp(second: Int64(settled.since))
        return Login(
            user: users.name(of: settled.user), address: address, origin: .settings, since: since, heard: since,
            until: nil, groups: users.groups(of: settled.user))
    }
}
