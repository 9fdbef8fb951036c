public import PacketDecoding
import Patterns

/// The names that a program asks for, kept apart from what it evaluates: each name that the run learns
/// is compared here once, and its identifier put into the sets that it belongs to.
struct ProgramNames: Sendable {
    struct Interfaces: Sendable {
        let set: Int
        let criteria: Set<InterfaceCriterion>
        /// What was found for each name that is asked for.
        var named: [String: NamedInterfaces]
        /// Interfaces that belong here for what they are.
        var others: [InterfaceID] = []
    }

    /// Where one interface's display name is another's kernel name, the display name wins.
    struct NamedInterfaces: Sendable {
        var isDisplayName: Bool
        var displayed: [InterfaceID] = []
        var inKernel: [InterfaceID] = []

        var members: [InterfaceID] { isDisplayName ? displayed : inKernel }
    }

    struct Users: Sendable {
        let set: Int
        let names: Set<String>
        let groups: Set<String>
        let patterns: [Pattern]
    }

    struct Hosts: Sendable {
        let set: Int
        let names: Set<String>
        let parents: Set<String>
        let patterns: [Pattern]
    }

    private(set) var interfaces: [Interfaces] = []
    private(set) var users: [Users] = []
    private(set) var hosts: [Hosts] = []
    /// Identifiers beyond `Program.identifierLimit`.
    fileprivate(set) var refused = 0
    private let displayNames: Set<String>

    init(directory: Directory) {
        displayNames = Set((directory.interfaces ?? []).map(\.displayName))
    }

    mutating func addInterfaces(_ criteria: Set<InterfaceCriterion>, _ tables: inout ProgramTables) -> UInt32 {
        let set = tables.addIdentifierSet()
        var named: [String: NamedInterfaces] = [:]
        for case .named(let name) in criteria {
            named[name] = NamedInterfaces(isDisplayName: displayNames.contains(name))
        }
        interfaces.append(Interfaces(set: Int(set), criteria: criteria, named: named))
        return set
    }

    mutating func addUsers(_ criteria: Set<NameCriterion>, _ tables: inout ProgramTables) -> UInt32 {
        let set = tables.addIdentifierSet()
        users.append(
            Users(
                set: Int(set), names: Set(criteria.compactMap(\.name)), groups: Set(criteria.compactMap(\.group)),
                patterns: Self.patterns(criteria, &tables)))
        return set
    }

    mutating func addHosts(_ criteria: Set<NameCriterion>, _ tables: inout ProgramTables) -> UInt32 {
        let set = tables.addIdentifierSet()
        hosts.append(
            Hosts(
                set: Int(set), names: Set(criteria.compactMap(\.name)), parents: Set(criteria.compactMap(\.parent)),
                patterns: Self.patterns(criteria, &tables)))
        return set
    }

    private static func patterns(_ criteria: Set<NameCriterion>, _ tables: inout ProgramTables) -> [Pattern] {
        let patterns = criteria.compactMap { criterion -> Pattern? in
            guard case .matching(let regex) = criterion else { return nil }
            return try? Pattern(regex.pattern, ignoresCase: regex.ignoresCase, over: .text)
        }
        // The tables hold every pattern, so that all are counted in one place.
        tables.patterns += patterns
        return patterns
    }
}

extension NameCriterion {
    fileprivate var name: String? { if case .exactly(let name) = self { name } else { nil } }
    fileprivate var parent: String? { if case .below(let name) = self { name } else { nil } }
    fileprivate var group: String? { if case .group(let name) = self { name } else { nil } }
}

// MARK: Learning

extension Program {
    /// Identifiers from here on are not learned: a table of names that is bounded stays below.
    /// - Limit: identifiers that a program learns |  | refused and counted
    public static let identifierLimit: UInt32 = 1 << 22

    /// Identifiers that were not learned because they are beyond `identifierLimit`.
    public var refusedIdentifiers: Int { names.refused }

    /// From now on packets that name `id` may meet conditions on `interface`. Interfaces of the directory
    /// are learned like others: only the run knows how it numbers them.
    public mutating func learn(interface: Directory.Interface, as id: InterfaceID) {
        guard id != .none else { return }
        for index in names.interfaces.indices { names.learn(interface, id, index, &tables) }
    }

    /// From now on facts with `id` mean this user, who may have been in other groups before. 0 stands for nobody and is
    /// not learned.
    public mutating func learn(user: Directory.User, as id: UInt32) {
        guard id != 0 else { return }
        for users in names.users {
            if users.contain(user) {
                names.insert(id, users.set, &tables)
            } else {
                tables.remove(id, from: users.set)
            }
        }
    }

    /// From now on facts with `id` mean this host, whose name is compared without regard to case and to a
    /// final dot. 0 stands for no name and is not learned.
    public mutating func learn(host: String, as id: UInt32) {
        guard id != 0, !names.hosts.isEmpty else { return }
        var name = host.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        for hosts in names.hosts where hosts.contain(name) { names.insert(id, hosts.set, &tables) }
    }
}

extension ProgramNames {
    fileprivate mutating func learn(
        _ interface: Directory.Interface, _ id: InterfaceID, _ index: Int, _ tables: inout ProgramTables
    ) {
        let set = interfaces[index].set
        if interfaces[index].criteria.contains(where: { $0.isMet(by: interface) }) {
            interfaces[index].others.append(id)
            insert(UInt32(id.rawValue), set, &tables)
        }
        if let kernelName = interface.kernelName, kernelName != interface.displayName,
            let found = interfaces[index].named[kernelName]
        {
            interfaces[index].named[kernelName]?.inKernel.append(id)
            if !found.isDisplayName { insert(UInt32(id.rawValue), set, &tables) }
        }
        guard let found = interfaces[index].named[interface.displayName] else { return }
        interfaces[index].named[interface.displayName]?.displayed.append(id)
        if found.isDisplayName || found.inKernel.isEmpty {
            interfaces[index].named[interface.displayName]?.isDisplayName = true
            insert(UInt32(id.rawValue), set, &tables)
        } else {
            interfaces[index].named[interface.displayName]?.isDisplayName = true
            tables.removeAll(in: set)
            for id in interfaces[index].others + interfaces[index].named.values.flatMap(\.members) {
                insert(UInt32(id.rawValue), set, &tables)
            }
        }
    }

    fileprivate mutating func insert(_ identifier: UInt32, _ set: Int, _ tables: inout ProgramTables) {
        guard identifier < Program.identifierLimit else {
            refused += 1
            return
        }
        tables.insert(identifier, in: set)
    }
}

extension InterfaceCriterion {
    /// For what the interface is; its names are looked up elsewhere.
    fileprivate func isMet(by interface: Directory.Interface) -> Bool {
        switch self {
        case .named: false
        case .vpnClient: interface.kind == .vpnClient
        case .anyVPN: interface.kind == .vpnClient || interface.kind == .vpnTunnel
        case .connection(let name): interface.connection == name
        }
    }
}

extension ProgramNames.Users {
    fileprivate func contain(_ user: Directory.User) -> Bool {
        names.contains(user.name) || user.groups.contains(where: groups.contains)
            || patterns.contains { $0.matches(user.name.utf8Span.span.bytes) }
    }
}

extension ProgramNames.Hosts {
    /// `*.example.com` means every name below example.com, and not example.com itself.
    fileprivate func contain(_ name: String) -> Bool {
        if names.contains(name) { return true }
        if !parents.isEmpty {
            for (index, letter) in zip(name.utf8.indices, name.utf8) where letter == UInt8(ascii: ".") {
                if parents.contains(String(name[name.utf8.index(after: index)...])) { return true }
            }
        }
        return patterns.contains { $0.matches(name.utf8Span.span.bytes) }
    }
}

extension ProgramTables {
    fileprivate mutating func insert(_ identifier: UInt32, in set: Int) {
        let word = Int(identifier >> 6)
        if word >= identifierSets[set].words { grow(set, to: word + 1) }
        bits[identifierSets[set].start + word] |= 1 << UInt64(identifier & 63)
    }

    fileprivate mutating func remove(_ identifier: UInt32, from set: Int) {
        let word = Int(identifier >> 6)
        guard word < identifierSets[set].words else { return }
        bits[identifierSets[set].start + word] &= ~(1 << UInt64(identifier & 63))
    }

    fileprivate mutating func removeAll(in set: Int) {
        let set = identifierSets[set]
        for word in set.start..<set.start + set.words { bits[word] = 0 }
    }

    /// Moves the set to the end of the bits and at least doubles it, so that what is left behind stays
    /// smaller than what is in use.
    private mutating func grow(_ index: Int, to words: Int) {
        let old = identifierSets[index]
        let grown = max(words, old.words * 2)
        identifierSets[index] = IdentifierSet(start: bits.count, words: grown)
        bits += bits[old.start..<old.start + old.words]
        bits += [UInt64](repeating: 0, count: grown - old.words)
    }
}
