public import Primitives

/// Who may send us accounting packets.
public struct RadiusClient: Sendable {
    /// As the settings call it.
    public var name: String
    public var addresses: [AddressRange]
    public var secret: RadiusSecret
    /// Packets without an Event-Timestamp are refused.
    public var requiresTimestamp: Bool

    public init(name: String, addresses: [AddressRange], secret: RadiusSecret, requiresTimestamp: Bool = false) {
        self.name = name
        self.addresses = addresses
        self.secret = secret
        self.requiresTimestamp = requiresTimestamp
    }
}

/// The clients by the addresses that their packets come from. Where several have an address, the narrowest range
/// decides, and of equal ones the first.
public struct RadiusClients: Sendable {
    public let all: [RadiusClient]
    /// Single addresses.
    private var single: [IPAddress: Int] = [:]
    /// Ranges, the narrowest first.
    private var ranges: [(range: AddressRange, client: Int)] = []

    public init(_ clients: [RadiusClient]) {
        all = clients
        for (index, client) in clients.enumerated() {
            for range in client.addresses {
                if range.lower == range.upper {
                    if single[range.lower] == nil { single[range.lower] = index }
                } else {
                    ranges.append((range, index))
                }
            }
        }
        let order = ranges.enumerated().sorted {
            ($0.element.range.width, $0.offset) < ($1.element.range.width, $1.offset)
        }
        ranges = order.map(\.element)
    }

    /// The place of an address's client in `all`; nil for a stranger. As many comparisons as there are ranges.
    public func index(of address: IPAddress) -> Int? {
        if let found = single[address] { return found }
        return ranges.first { $0.range.lower <= address && address <= $0.range.upper }?.client
    }
}

extension AddressRange {
    /// How many addresses less one.
    fileprivate var width: UInt128 {
        switch (lower, upper) {
        case (.v4(let lower), .v4(let upper)): UInt128(upper.number - lower.number)
        case (.v6(let lower), .v6(let upper)): upper.number - lower.number
        default: 0
        }
    }
}
