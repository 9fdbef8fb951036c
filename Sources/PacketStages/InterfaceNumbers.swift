import Expressions
import PacketDecoding

/// Interfaces that captures name by the kernel's index: the firewall's log, and Linux cooked v2.
///
/// The settings say which index is which; an index they do not know is called "ifindex 3". Identifiers are given
/// from above, those of the capture files' own interfaces from below, so that they never meet.
struct InterfaceNumbers {
    /// Most indexes told apart; a packet on a further one is on an unnamed interface.
    /// - Limit: interfaces that a capture's packets name by the kernel's index |  | packets of further ones have none
    static let limit = 1024

    private var ids: [UInt32: InterfaceID] = [:]
    private let known: [UInt32: Directory.Interface]

    init(_ known: [UInt32: Directory.Interface]) { self.known = known }

    /// The identifier of an index, and the interface where the identifier is new.
    mutating func id(at index: UInt32) -> (InterfaceID, Directory.Interface?) {
        if let id = ids[index] { return (id, nil) }
        guard ids.count < Self.limit else { return (.none, nil) }
        let id = InterfaceID(rawValue: InterfaceID.none.rawValue - 1 - UInt16(ids.count))
        ids[index] = id
        return (id, known[index] ?? Directory.Interface(displayName: "ifindex \(index)"))
    }
}
