public import Primitives

/// A route as far as it says where senders are: which addresses are behind which interfaces.
public struct SourceRoute: Hashable, Sendable {
    public var range: AddressRange
    /// Bits of the prefix: the longest one that holds an address decides.
    public var prefixLength: Int
    /// Interfaces through which the addresses are reached, by the numbers that frames carry; none where they are
    /// reached through none (blackhole, unreachable, this machine itself).
    public var interfaces: [UInt32]
    /// The route as an administrator knows it: "10.1.0.0/16 dev eth1", "trusted LAN".
    public var text: String

    public init(_ range: AddressRange, prefixLength: Int, interfaces: [UInt32], text: String) {
        self.range = range
        self.prefixLength = prefixLength
        self.interfaces = interfaces
        self.text = text
    }
}

/// Where each address is, by the longest prefix. Immutable; made anew when routes change.
public struct SourceRoutes: Sendable {
    /// The routes; those with the same range are one, through all their interfaces.
    public let routes: [SourceRoute]
    private let map: AddressMap

    /// At most 16,777,214 routes.
    public init(_ routes: [SourceRoute]) {
        var merged: [SourceRoute] = []
        var places: [AddressRange: Int] = [:]
        for route in routes {
            if let place = places[route.range] {
                merged[place].interfaces += route.interfaces
                merged[place].text += ", \(route.text)"
            } else {
                places[route.range] = merged.count
                merged.append(route)
            }
        }
        precondition(merged.count < 1 << 24, "a machine has fewer routes than numbers for them")
        let ranges = merged.enumerated().map { index, route in
            (range: route.range, value: UInt32(clamping: route.prefixLength + 1) << 24 | UInt32(index + 1))
        }
        self.routes = merged
        // Lengths go up to 128, one more for the bits of zero: the longest is the greatest number.
        map = AddressMap(ranges) { values in (values.last ?? 0) & 0xFF_FFFF }
    }

    /// The route to an address; nil where there is none.
    public func route(to address: IPAddress) -> SourceRoute? {
        let number = map.value(at: address)
        return number == 0 ? nil : routes[Int(number) - 1]
    }

    /// Whether the route to an address leads through an interface; nil where there is no route.
    func leads(to address: IPAddress, through interface: UInt32) -> Bool? {
        let number = map.value(at: address)
        return number == 0 ? nil : routes[Int(number) - 1].interfaces.contains(interface)
    }
}
