import Expressions
import Primitives

/// What is known around a capture: the names that expressions may use, who is logged in where, and what the
/// databases say of an address.
struct Surroundings {
    /// The names that exist here; what the captures themselves name is added.
    private(set) var directory = Directory()
    /// What a capture without interface names was taken on.
    let unnamedInterface: String?
    /// Interfaces by the kernel's index, for captures that tell no name.
    private(set) var interfacesByIndex: [UInt32: Directory.Interface] = [:]
    private(set) var geography = Geography()
    /// The users that are logged in somewhere; a user's number is the place here, from 1.
    private(set) var users: [Directory.User] = []
    private var userNumbers: [IPAddress: UInt32] = [:]

    /// What `options` say, and the interfaces that the captures name.
    init(_ options: NameOptions, captures: [String], _ console: Console) throws {
        unnamedInterface = options.interfaceName
        try addInterfaces(of: captures)
        indexUsers()
    }

    /// Adds the interfaces that stand before the first packet of each capture. A capture that tells no names leaves
    /// the interfaces unknown, unless the command line says one; standard input cannot be looked into beforehand.
    private mutating func addInterfaces(of captures: [String]) throws {
        var found: [Directory.Interface] = unnamedInterface.map { [Directory.Interface(displayName: $0)] } ?? []
        for path in captures where path != "-" {
            guard let interfaces = try CaptureNames.interfaces(of: path) else { return }
            for interface in interfaces where !found.contains(interface) { found.append(interface) }
        }
        if !found.isEmpty { directory.interfaces = (directory.interfaces ?? []) + found }
    }

    private mutating func indexUsers() {
        users = directory.users ?? []
        userNumbers = [:]
        for (index, user) in users.enumerated() {
            for address in user.addresses { userNumbers[address] = UInt32(index + 1) }
        }
    }

    /// The number of the user logged in at an address; 0 is nobody.
    func user(at address: IPAddress) -> UInt32 { userNumbers[address] ?? 0 }
}
