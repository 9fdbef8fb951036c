/// The users that were heard of and the groups that they are in. A user has a number, from 1, that stays his for as long
/// as the registry lives, so that packets speak of users by numbers.
public struct UserRegistry: Sendable {
    struct User: Sendable {
        var name: String
        /// Numbers of groups, as the settings tell them and as the system does.
        var settled: [UInt32] = []
        var fromSystem: [UInt32] = []
        /// Addresses where he is logged in.
        var places: UInt32 = 0
    }

    /// Number 1 stands first.
    private(set) var users: [User] = []
    private var numbers: [String: UInt32] = [:]
    private var groupNames: [String] = []
    private var groupNumbers: [String: UInt32] = [:]
    /// Groups that the settings name: they are there even where nobody is in them.
    private var settledGroups: Set<UInt32> = []
    /// Groups that found no room.
    public private(set) var refusedGroups = 0

    public init() {}

    /// How many users are known; numbers are 1 to this.
    public var count: Int { users.count }

    /// The user's number; nil for a name that was never heard.
    public func number(of name: String) -> UInt32? { numbers[name] }

    /// The user's name.
    public func name(of number: UInt32) -> String { users[Int(number) - 1].name }

    /// Names of the groups of a user, each once, in order.
    public func groups(of number: UInt32) -> [String] {
        let user = users[Int(number) - 1]
        if user.settled.isEmpty && user.fromSystem.isEmpty { return [] }
        return Set(user.settled + user.fromSystem).map { groupNames[Int($0)] }.sorted()
    }

    /// Names of all groups that the settings name or that a user is in, in order.
    public var groups: [String] { memberCounts.map(\.name) }

    /// Names of groups, how many users are in each, and where it is from.
    public var memberCounts: [(name: String, members: Int, inSettings: Bool, inSystem: Bool)] {
        var counts: [UInt32: (members: Int, inSystem: Bool)] = [:]
        for group in settledGroups { counts[group] = (0, false) }
        for user in users {
            for group in user.settled { counts[group, default: (0, false)].members += 1 }
            for group in user.fromSystem {
                if !user.settled.contains(group) { counts[group, default: (0, false)].members += 1 }
                counts[group]?.inSystem = true
            }
        }
        return counts.map { (groupNames[Int($0)], $1.members, settledGroups.contains($0), $1.inSystem) }
            .sorted { $0.name < $1.name }
    }

    /// Names of the users who are in a group, in order; nil for a group that nobody named.
    public func members(of group: String) -> [String]? {
        guard let wanted = groupNumbers[group] else { return nil }
        return users.filter { $0.settled.contains(wanted) || $0.fromSystem.contains(wanted) }.map(\.name).sorted()
    }

    /// Names from a number on, at most so many.
    public func names(from first: UInt32, most: Int) -> [String] {
        guard first >= 1, Int(first) <= users.count else { return [] }
        return users[(Int(first) - 1)...].prefix(most).map(\.name)
    }

    /// The number of a user, who is new perhaps.
    mutating func know(_ name: String) throws(LoginRefusal) -> (number: UInt32, isNew: Bool) {
        if let number = numbers[name] { return (number, false) }
        guard !name.isEmpty else { throw .noName }
        let bytes = name.utf8.count
        guard bytes <= LoginLimits.nameBytes else { throw .longName(bytes: bytes) }
        guard users.count < LoginLimits.users else { throw .tooManyUsers }
        users.append(User(name: name))
        let number = UInt32(users.count)
        numbers[name] = number
        return (number, true)
    }

    mutating func count(_ change: Int32, placesOf number: UInt32) {
        let index = Int(number) - 1
        users[index].places = UInt32(clamping: Int64(users[index].places) + Int64(change))
    }

    /// Whether the user is logged in anywhere.
    func isLoggedIn(_ number: UInt32) -> Bool { users[Int(number) - 1].places > 0 }

    /// Says what the settings say of groups; true where that is news.
    mutating func settle(_ groups: [String], of number: UInt32) -> Bool {
        let found = numbers(of: groups)
        settledGroups.formUnion(found)
        let index = Int(number) - 1
        guard users[index].settled != found else { return false }
        users[index].settled = found
        return true
    }

    /// Says what the system says of groups; true where that is news.
    mutating func setSystemGroups(_ groups: [String], of number: UInt32) -> Bool {
        let found = numbers(of: groups)
        let index = Int(number) - 1
        guard users[index].fromSystem != found else { return false }
        users[index].fromSystem = found
        return true
    }

    /// The settings name these groups, and no others.
    mutating func settleGroups(_ groups: [String]) { settledGroups = Set(numbers(of: groups)) }

    private mutating func numbers(of groups: [String]) -> [UInt32] {
        if groups.isEmpty { return [] }
        var found: [UInt32] = []
        for name in groups.prefix(LoginLimits.groupsOfUser) {
            if let number = groupNumbers[name] {
                found.append(number)
            } else if groupNames.count < LoginLimits.groups, !name.isEmpty, name.utf8.count <= LoginLimits.nameBytes {
                groupNumbers[name] = UInt32(groupNames.count)
                found.append(UInt32(groupNames.count))
                groupNames.append(name)
            } else {
                refusedGroups += 1
            }
        }
        refusedGroups += max(0, groups.count - LoginLimits.groupsOfUser)
        return found.sorted()
    }
}
