public import PacketDecoding
public import Primitives

/// What the packets of a conversation have in common, whichever way they go: both endpoints, the protocol, and where
/// they were watched. The lower endpoint stands first.
public struct FlowKey: Hashable, Sendable {
    /// The ends of a conversation: an address (IPv4 mapped) and a port, 0 for protocols without ports.
    public struct Endpoint: Hashable, Comparable, BitwiseCopyable, Sendable {
        public var high: UInt64
        public var low: UInt64
        public var port: UInt16

        public var address: IPv6Address { IPv6Address(high: high, low: low) }

        @inlinable
        public static func < (left: Endpoint, right: Endpoint) -> Bool {
            (left.high, left.low, left.port) < (right.high, right.low, right.port)
        }
    }

    public var lower: Endpoint
    public var upper: Endpoint
    public var protocolNumber: UInt8
    /// Where the conversation was watched: an interface or a VLAN, as the caller parts them; a gateway sees each packet
    /// that it forwards on two interfaces.
    public var domain: UInt32

    /// The key of an IP packet, and whether its source is the upper endpoint; nil for what is not IP.
    public init?(_ layers: Layers, _ bytes: RawSpan, domain: UInt32, sourceIsUpper: inout Bool) {
        var source = Endpoint(high: 0, low: 0, port: 0)
        var destination = source
        if layers.present.contains(.ipv4) {
            source.low = FlowKey.mapped | UInt64(layers.source4)
            destination.low = FlowKey.mapped | UInt64(layers.destination4)
        } else if layers.present.contains(.ipv6) {
            let sourceAddress = layers.source6(in: bytes)
            let destinationAddress = layers.destination6(in: bytes)
            (source.high, source.low) = (sourceAddress.high, sourceAddress.low)
            (destination.high, destination.low) = (destinationAddress.high, destinationAddress.low)
        } else {
            return nil
        }
        if layers.present.contains(.ports) {
            source.port = layers.sourcePort
            destination.port = layers.destinationPort
        } else if layers.present.contains(.icmp), let identifier = FlowKey.echoIdentifier(layers, bytes) {
            source.port = identifier
            destination.port = identifier
        }
        sourceIsUpper = destination < source
        lower = sourceIsUpper ? destination : source
        upper = sourceIsUpper ? source : destination
        protocolNumber = layers.protocolNumber
        self.domain = domain
    }

    private static var mapped: UInt64 { 0xFFFF_0000_0000 }

    /// What joins an echo request and its reply (RFC 792, RFC 4443).
    private static func echoIdentifier(_ layers: Layers, _ bytes: RawSpan) -> UInt16? {
        switch (layers.protocolNumber, layers.icmpType) {
        case (1, 0), (1, 8), (58, 128), (58, 129):
            let place = Int(layers.transportOffset) + 4
            return bytes.holds(2, at: place) ? bytes.big16(at: place) : nil
        default: return nil
        }
    }

    /// The key as the hash takes it.
    var words: TableKey {
        TableKey(
            lower.high, lower.low, upper.high, upper.low,
            UInt64(lower.port) << 48 | UInt64(upper.port) << 32 | UInt64(domain & 0xFF_FFFF) << 8
                | UInt64(protocolNumber))
    }
}
