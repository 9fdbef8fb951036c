public import Primitives

/// The ports of datagrams whose first fragment was seen, for the fragments that follow it.
///
/// Bounded and seeded: fragments are cheap to send. A fragment that comes before the first one, or later than
/// `lifetime`, keeps no ports.
public struct FragmentPorts: ~Copyable {
    /// Nanoseconds of packet time for which a first fragment's ports are remembered: as long as Linux waits for the
    /// rest of a datagram (30 s).
    /// - Limit: ports of a first fragment are remembered for | ns | later fragments have none
    public static let lifetime: Int64 = 30_000_000_000

    private var table: SeededTable<UInt32>
    /// Later fragments that got their ports.
    public private(set) var filled = 0
    /// Later fragments whose first one is not known.
    public private(set) var missed = 0

    /// First fragments that had to make room for others before their time.
    public var evicted: Int { table.evicted }

    /// Remembers up to `capacity` datagrams. `seed` is secret and new for each run.
    public init(capacity: Int = 4096, seed: UInt64) {
        table = SeededTable(capacity: capacity, seed: seed, lifetime: FragmentPorts.lifetime, vacantValue: 0)
    }

    /// Remembers the ports of a first fragment, and gives them to a later one: `.ports` is then set. Other packets
    /// pass at the cost of one comparison.
    @inlinable @inline(__always)
    public mutating func settle(_ layers: inout Layers, _ bytes: RawSpan, at time: Timestamp) {
        if layers.present.contains(.fragment) { settleFragment(&layers, bytes, at: time) }
    }

    @usableFromInline
    mutating func settleFragment(_ layers: inout Layers, _ bytes: RawSpan, at time: Timestamp) {
        let key = FragmentPorts.key(layers, bytes)
        if layers.present.contains(.laterFragment) {
            guard let ports = table.value(of: key, at: time) else {
                missed += 1
                return
            }
            layers.sourcePort = UInt16(truncatingIfNeeded: ports >> 16)
            layers.destinationPort = UInt16(truncatingIfNeeded: ports)
            layers.present.insert(.ports)
            filled += 1
        } else if layers.present.contains(.ports) {
            table.store(UInt32(layers.sourcePort) << 16 | UInt32(layers.destinationPort), for: key, at: time)
        }
    }

    /// What joins a datagram's fragments: addresses, identification, and in IPv4 the protocol (RFC 791; in IPv6 the
    /// fragments' headers may name different ones, RFC 8200 section 4.5).
    private static func key(_ layers: Layers, _ bytes: RawSpan) -> TableKey {
        let identification = UInt64(layers.identification)
        guard layers.present.contains(.ipv6) else {
            return TableKey(
                UInt64(layers.source4) << 32 | UInt64(layers.destination4), 0, 0, 0,
                4 << 56 | UInt64(layers.protocolNumber) << 32 | identification)
        }
        let source = layers.source6(in: bytes)
        let destination = layers.destination6(in: bytes)
        return TableKey(source.high, source.low, destination.high, destination.low, 6 << 56 | identification)
    }
}
