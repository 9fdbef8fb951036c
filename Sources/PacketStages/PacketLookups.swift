public import Expressions

/// What tables beside the packets say of them: who is logged in at an address, where it is, and what the machine
/// that captured calls its interfaces. Made anew when any of it changes, but for the users, whom workers follow, and for
/// each worker: databases keep answers.
public struct PacketLookups {
    /// Nil where nobody is ever logged in.
    public let users: KnownUsers?
    public let geography: Geography
    /// Interfaces by the kernel's index, for records that tell no name.
    public let interfacesByIndex: [UInt32: Directory.Interface]
    /// Whether somebody answers who is asked for names of hosts (`PacketTables.wantedHosts`).
    public let asksForHosts: Bool

    public init(
        users: KnownUsers?, geography: Geography = Geography(), interfacesByIndex: [UInt32: Directory.Interface] = [:],
        asksForHosts: Bool = false
    ) {
        self.asksForHosts = asksForHosts
        self.users = users
        self.geography = geography
        self.interfacesByIndex = interfacesByIndex
    }

    /// Users who stay where they are.
    public init(
        users: [Directory.User] = [], geography: Geography = Geography(),
        interfacesByIndex: [UInt32: Directory.Interface] = [:]
    ) {
        self.init(
            users: users.isEmpty ? nil : KnownUsers(settled: users, seed: .random(in: 0 ... .max)),
            geography: geography, interfacesByIndex: interfacesByIndex)
    }
}
