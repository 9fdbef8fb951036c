/// An IPv4 address as the number that its four bytes make in network order (RFC 791).
public struct IPv4Address: Hashable, Comparable, Sendable {
    public var number: UInt32

    @inlinable
    public init(_ number: UInt32) { self.number = number }

    @inlinable
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.number < right.number }
}

/// An IPv6 address as the number that its sixteen bytes make in network order (RFC 4291).
public struct IPv6Address: Hashable, Comparable, Sendable {
    public var number: UInt128

    @inlinable
    public init(_ number: UInt128) { self.number = number }

    @inlinable
    public init(high: UInt64, low: UInt64) { number = UInt128(high) << 64 | UInt128(low) }

    @inlinable
    public var high: UInt64 { UInt64(truncatingIfNeeded: number >> 64) }

    @inlinable
    public var low: UInt64 { UInt64(truncatingIfNeeded: number) }

    @inlinable
    public static func < (left: IPv6Address, right: IPv6Address) -> Bool { left.number < right.number }
}

/// An address of either family. The families never compare equal; IPv4 sorts before IPv6.
public enum IPAddress: Hashable, Comparable, Sendable {
    case v4(IPv4Address)
    case v6(IPv6Address)

    @inlinable
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }
}

/// Addresses from `lower` to `upper`, both included, of one family.
public struct AddressRange: Hashable, Sendable {
    public let lower: IPAddress
    public let upper: IPAddress

    /// The range between two addresses of one family; nil for two families or where `upper` is below `lower`.
    public init?(_ lower: IPAddress, _ upper: IPAddress) {
        switch (lower, upper) {
        case (.v4, .v4), (.v6, .v6): break
        default: return nil
        }
        guard lower <= upper else { return nil }
        self.lower = lower
        self.upper = upper
    }

    /// One address.
    public init(_ address: IPAddress) {
        lower = address
        upper = address
    }

    /// The addresses of `address/prefixLength`; host bits are masked. Nil where the length exceeds the family's.
    public init?(_ address: IPAddress, prefixLength: Int) {
        switch address {
        case .v4(let address):
            guard 0...32 ~= prefixLength else { return nil }
            let host = prefixLength == 0 ? UInt32.max : ~(UInt32.max << UInt32(32 - prefixLength))
            lower = .v4(IPv4Address(address.number & ~host))
            upper = .v4(IPv4Address(address.number | host))
        case .v6(let address):
            guard 0...128 ~= prefixLength else { return nil }
            let host = prefixLength == 0 ? UInt128.max : ~(UInt128.max << UInt128(128 - prefixLength))
            lower = .v6(IPv6Address(address.number & ~host))
            upper = .v6(IPv6Address(address.number | host))
        }
    }
}
