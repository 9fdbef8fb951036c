public import Primitives

/// What is done with a packet of a listed address.
public enum ListAction: UInt8, Hashable, Sendable, CaseIterable {
    case logAndDrop
    case log
    case nothing
}

/// A list with its name, as it is used.
public struct NamedList: Sendable {
    public var name: String
    public var action: ListAction
    public var list: AddressList

    public init(_ name: String, _ action: ListAction, _ list: AddressList) {
        self.name = name
        self.action = action
        self.list = list
    }
}

/// What a listed address is listed as.
public struct Listing: Hashable, Sendable {
    /// The list's name, as the administrator calls it.
    public var list: String
    public var action: ListAction
    public var gid: UInt32
    public var sid: UInt32
    public var revision: UInt32
    public var message: String
    /// Only packets of this protocol are meant; nil for all.
    public var protocolNumber: UInt8?
}

/// All blacklists in one structure: what an address is listed as, whichever lists name it. Immutable; made anew when a
/// list changes.
public struct KnownIntruders: Sendable {
    /// The generator of listings of lists that have no rules of their own. Rules of others use 1 and 3, the engines'
    /// decoders numbers below 1000.
    public static let generator: UInt32 = 7201

    public let listings: [Listing]
    /// For each value of the map the places in `listings`.
    private let sets: [[Int32]]
    private let map: AddressMap

    /// Lists whose action is nothing are left out.
    public init(_ lists: [NamedList]) {
        var listings: [Listing] = []
        var ranges: [(range: AddressRange, value: UInt32)] = []
        ranges.reserveCapacity(lists.reduce(0) { $0 + $1.list.entries.count })
        for named in lists where named.action != .nothing {
            let base = listings.count
            if named.list.rules.isEmpty {
                listings.append(Listing(plain: named))
            } else {
                listings += named.list.rules.map { Listing($0, of: named) }
            }
            for entry in named.list.entries {
                ranges.append((entry.range, UInt32(base + Int(entry.rule ?? 0)) + 1))
            }
        }
        var sets: [[Int32]] = [[]]
        var numbers: [[UInt32]: UInt32] = [:]
        map = AddressMap(ranges) { values in
            if let number = numbers[values] { return number }
            let number = UInt32(sets.count)
            numbers[values] = number
            sets.append(values.map { Int32($0) - 1 })
            return number
        }
        self.sets = sets
        self.listings = listings
    }

    /// Nothing is listed.
    public init() { self.init([]) }

    public var isEmpty: Bool { listings.isEmpty }

    /// Bytes of the structure that look-ups use.
    public var memory: Int { map.memory + sets.count * 40 }

    /// What an address is listed as: places in `listings`, none for most. Allocates nothing.
    public func places(of address: IPAddress) -> [Int32] { sets[Int(map.value(at: address))] }
}

extension Listing {
    init(plain named: NamedList) {
        self.init(
            list: named.name, action: named.action, gid: KnownIntruders.generator,
            sid: Listing.stableNumber(named.name),
            revision: 0, message: named.name, protocolNumber: nil)
    }

    init(_ rule: AddressList.Rule, of named: NamedList) {
        self.init(
            list: named.name, action: named.action, gid: rule.gid, sid: rule.sid, revision: rule.revision,
            message: rule.message, protocolNumber: rule.protocolNumber)
    }

    /// A number of seven digits that stays the same for a name (FNV-1a).
    private static func stableNumber(_ name: String) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return 1_000_000 + hash % 9_000_000
    }
}
