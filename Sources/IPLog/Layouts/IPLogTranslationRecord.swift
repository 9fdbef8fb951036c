public import Primitives

/// A translation that began or ended.
public struct IPLogTranslationRecord: Hashable, Sendable {
    /// What happened, in the numbers of 5.x; what 4.1 and 3.4 write is turned into them (`unknown` where it cannot be).
    public var action: UInt32
    /// The kind of translation, in the numbers of 5.x; 0 where 4.1 and 3.4 do not tell it.
    public var kind: UInt32
    /// The one number that 4.1 and 3.4 write in place of both; 0 from 5.x on.
    public var event: UInt16
    /// The source before the translation, and after it; ports are those of TCP and UDP, or an ICMP identifier.
    public var oldSource, newSource: Endpoint
    /// The destination before the translation, and after it (where the layout has one; else as before).
    public var oldDestination, newDestination: Endpoint
    /// The number of the rule from 0; -1 without one.
    public var rule: Int32
    /// Packets there and back; 3.4 counts both as the first.
    public var packets: Pair
    /// Bytes there and back; 3.4 counts both as the first.
    public var bytes: Pair
    /// The IP protocols before and after the translation.
    public var protocols: (before: UInt8, after: UInt8)
    /// The IP versions before and after the translation, 4 or 6.
    public var versions: (before: UInt8, after: UInt8)
    /// The interfaces (5.x).
    public var interfaces: (first: IPLogName, second: IPLogName)

    /// An address as its sixteen bytes stand in network order, an IPv4 address in the first four, and a port.
    public struct Endpoint: Hashable, Sendable {
        public var address: UInt128
        public var port: UInt16

        @inlinable
        public init(address: UInt128 = 0, port: UInt16 = 0) {
            self.address = address
            self.port = port
        }

        public init(_ address: IPAddress, port: UInt16) {
            switch address {
            case .v4(let address): self.address = UInt128(address.number) << 96
            case .v6(let address): self.address = address.number
            }
            self.port = port
        }

        /// The address as the first four bytes, or as all sixteen.
        @inlinable
        public func address(version: UInt8) -> IPAddress {
            version == 4
                ? .v4(IPv4Address(UInt32(truncatingIfNeeded: address >> 96))) : .v6(IPv6Address(address))
        }
    }

    /// Two counters.
    public struct Pair: Hashable, Sendable {
        public var there, back: UInt64

        @inlinable
        public init(there: UInt64 = 0, back: UInt64 = 0) {
            self.there = there
            self.back = back
        }
    }

    /// What can happen to a translation, as 5.x numbers it.
    public enum Action {
        @inlinable public static var new: UInt32 { 0 }
        @inlinable public static var clone: UInt32 { 1 }
        @inlinable public static var purge: UInt32 { 0xFFFC }
        @inlinable public static var destroy: UInt32 { 0xFFFD }
        @inlinable public static var flush: UInt32 { 0xFFFE }
        @inlinable public static var expire: UInt32 { 0xFFFF }
        /// Nothing that 5.x has a number for.
        @inlinable public static var unknown: UInt32 { .max }
    }

    /// Kinds of translation, as 5.x numbers them.
    public enum Kind {
        @inlinable public static var map: UInt32 { 1 }
        @inlinable public static var redirect: UInt32 { 2 }
        @inlinable public static var bidirectional: UInt32 { 3 }
        @inlinable public static var mapBlock: UInt32 { 4 }
        @inlinable public static var rewriteMap: UInt32 { 9 }
        @inlinable public static var rewriteRedirect: UInt32 { 10 }
    }

    /// A translation of generation 5 without counters.
    public init(
        action: UInt32, kind: UInt32, oldSource: Endpoint, oldDestination: Endpoint, newSource: Endpoint,
        newDestination: Endpoint, rule: Int32 = -1, protocol number: UInt8, version: UInt8
    ) {
        self.action = action
        self.kind = kind
        event = 0
        self.oldSource = oldSource
        self.oldDestination = oldDestination
        self.newSource = newSource
        self.newDestination = newDestination
        self.rule = rule
        packets = Pair()
        bytes = Pair()
        protocols = (number, number)
        versions = (version, version)
        interfaces = (IPLogName(), IPLogName())
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.action == right.action && left.kind == right.kind && left.event == right.event
            && left.oldSource == right.oldSource && left.newSource == right.newSource
            && left.oldDestination == right.oldDestination && left.newDestination == right.newDestination
            && left.rule == right.rule && left.packets == right.packets && left.bytes == right.bytes
            && left.protocols == right.protocols && left.versions == right.versions
            && left.interfaces == right.interfaces
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(oldSource)
        hasher.combine(newSource)
        hasher.combine(action)
    }
}
