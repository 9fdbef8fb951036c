public import Expressions
public import Primitives

/// What tables beside the packets say of them: who is logged in at an address, where it is, and what the machine
/// that captured calls its interfaces. Made anew when any of it changes, and for each worker: databases keep answers.
public struct PacketLookups {
    /// The users that are logged in somewhere; a user's number is the place here, from 1.
    public let users: [Directory.User]
    private let userNumbers: [IPAddress: UInt32]
    public let geography: Geography
    /// Interfaces by the kernel's index, for records that tell no name.
    public let interfacesByIndex: [UInt32: Directory.Interface]

    public init(
        users: [Directory.User] = [], geography: Geography = Geography(),
        interfacesByIndex: [UInt32: Directory.Interface] = [:]
    ) {
        var numbers: [IPAddress: UInt32] = [:]
        for (index, user) in users.enumerated() {
            for address in user.addresses { numbers[address] = UInt32(index + 1) }
        }
        self.users = users
        userNumbers = numbers
        self.geography = geography
        self.interfacesByIndex = interfacesByIndex
    }

    /// The number of the user logged in at an address; 0 is nobody.
    public func user(at address: IPAddress) -> UInt32 { userNumbers[address] ?? 0 }
}
