public import Primitives

/// What the decoder understood of one frame: plain offsets into its bytes and the hot scalars.
///
/// A field has a meaning only where its bit of `present` is set; the rest keeps whatever
/// the last frame left there, so that starting anew costs one store. Offsets count from
/// the first byte of the frame. Never holds bytes: they are borrowed beside it.
public struct Layers: Sendable {
    /// Which facts the frame has and the capture kept. The constants are computed: other rooms see
    /// their values, where a stored static would be a call away.
    public struct Presence: OptionSet, Sendable {
        public let rawValue: UInt32

        @inlinable
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// `sourceMAC`: the offset of six bytes.
        @inlinable public static var sourceMAC: Presence { Presence(rawValue: 1 << 0) }
        /// `destinationMAC`: the offset of six bytes.
        @inlinable public static var destinationMAC: Presence { Presence(rawValue: 1 << 1) }
        /// `etherType`.
        @inlinable public static var etherType: Presence { Presence(rawValue: 1 << 2) }
        /// `vlanCount` and `vlans`: at least one tag.
        @inlinable public static var vlan: Presence { Presence(rawValue: 1 << 3) }
        /// An IPv4 header whole enough for its addresses: all fields under "Network".
        @inlinable public static var ipv4: Presence { Presence(rawValue: 1 << 4) }
        /// An IPv6 fixed header: all fields under "Network" but the fragment ones.
        @inlinable public static var ipv6: Presence { Presence(rawValue: 1 << 5) }
        /// The packet is a fragment: `fragmentOffset`, `moreFragments`, `identification`.
        @inlinable public static var fragment: Presence { Presence(rawValue: 1 << 6) }
        /// A fragment other than the first: no transport header is here.
        @inlinable public static var laterFragment: Presence { Presence(rawValue: 1 << 7) }
        /// `protocolNumber` is the protocol above IP, all extension headers having been walked.
        @inlinable public static var upperProtocol: Presence { Presence(rawValue: 1 << 8) }
        /// `sourcePort` and `destinationPort`, of the packet or inherited from its first fragment.
        @inlinable public static var ports: Presence { Presence(rawValue: 1 << 9) }
        /// `tcpFlags`.
        @inlinable public static var tcpFlags: Presence { Presence(rawValue: 1 << 10) }
        /// A whole fixed TCP header stands at `transportOffset` (20 bytes).
        @inlinable public static var tcp: Presence { Presence(rawValue: 1 << 11) }
        /// A whole UDP or UDP-Lite header stands at `transportOffset` (8 bytes).
        @inlinable public static var udp: Presence { Presence(rawValue: 1 << 12) }
        /// `icmpType` and `icmpCode`, of ICMP or ICMPv6 as `protocolNumber` tells.
        @inlinable public static var icmp: Presence { Presence(rawValue: 1 << 13) }
        /// `payloadOffset` and `payloadLength`.
        @inlinable public static var payload: Presence { Presence(rawValue: 1 << 14) }
        /// A tunnel's inner packet: `tunnel` and `tunnelOffset`.
        @inlinable public static var tunnel: Presence { Presence(rawValue: 1 << 15) }
        /// `ruleOffset` and `ruleLength`: the firewall rule's name.
        @inlinable public static var rule: Presence { Presence(rawValue: 1 << 16) }
        /// `verdict`.
        @inlinable public static var verdict: Presence { Presence(rawValue: 1 << 17) }
        /// `ruleGroupOffset`, `ruleGroupLength` and `ruleNumber` of the log prefix's `@group:rule`.
        @inlinable public static var ruleNumber: Presence { Presence(rawValue: 1 << 18) }
        /// `error`: the one thing that stopped the decoder.
        @inlinable public static var error: Presence { Presence(rawValue: 1 << 19) }
        /// `inputIndex`, the kernel's interface index.
        @inlinable public static var inputIndex: Presence { Presence(rawValue: 1 << 20) }
        /// `outputIndex`, the kernel's interface index.
        @inlinable public static var outputIndex: Presence { Presence(rawValue: 1 << 21) }
        /// `linkDirection`, as the link header tells it.
        @inlinable public static var linkDirection: Presence { Presence(rawValue: 1 << 22) }
        /// `userID` of the socket that sent it (NFLOG).
        @inlinable public static var userID: Presence { Presence(rawValue: 1 << 23) }
        /// An authentication header stands between IP and `protocolNumber`: the packet is `proto = ah` as well.
        @inlinable public static var authentication: Presence { Presence(rawValue: 1 << 24) }

        /// A packet of either family.
        @inlinable public static var ip: Presence { Presence(rawValue: 3 << 4) }
    }

    /// What the firewall did with a packet, as its log prefix tells.
    public enum Verdict: UInt8, Sendable {
        case pass
        case drop
        case reject
    }

    /// How the packet inside a tunnel begins.
    public enum Tunnel: UInt8, Sendable {
        case ipv4
        case ipv6
        case ethernet
        /// PPP as enhanced GRE carries it (RFC 2637).
        case ppp
    }

    public var present: Presence = []

    // Link

    public var sourceMAC: Int32 = 0
    public var destinationMAC: Int32 = 0
    /// The EtherType of what the link carries, behind all tags and labels, even where it is not IP.
    public var etherType: UInt16 = 0
    /// How many VLAN identifiers `vlans` holds, outermost first: 1...4. Further tags are passed over.
    public var vlanCount: UInt8 = 0
    /// - Limit: VLAN tags of a frame |  | further ones are passed over
    public var vlans: InlineArray<4, UInt16> = .init(repeating: 0)
    public var linkDirection: FrameDirection = .unknown

    // Network

    /// The first byte of the IP header; without IP, of what follows the link header.
    public var networkOffset: Int32 = 0
    /// IPv4 addresses as numbers. IPv6 ones are read from the bytes: see `sourceV6(in:)`.
    public var source4: UInt32 = 0
    public var destination4: UInt32 = 0
    /// IP total length in bytes as the header says it (IPv6: 40 and the payload length; a jumbogram's
    /// option; where offloading left it zero, what was on the wire behind the link header).
    public var totalLength: UInt32 = 0
    /// Hop limit for IPv6.
    public var ttl: UInt8 = 0
    public var dscp: UInt8 = 0
    /// The protocol number above IP (IANA); for a broken extension chain the last one known.
    public var protocolNumber: UInt8 = 0
    public var moreFragments = false
    /// In bytes.
    public var fragmentOffset: UInt32 = 0
    /// IPv4: the header's, always set. IPv6: the fragment header's, with `.fragment`.
    public var identification: UInt32 = 0

    // Transport

    /// The first byte above the IP header and its extensions (set with `.upperProtocol`); it may lie behind the
    /// captured bytes.
    public var transportOffset: Int32 = 0
    public var sourcePort: UInt16 = 0
    public var destinationPort: UInt16 = 0
    /// The low eight bits of TCP's flags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128.
    public var tcpFlags: UInt8 = 0
    public var icmpType: UInt8 = 0
    public var icmpCode: UInt8 = 0
    /// The first byte behind the innermost header understood (TCP with its options).
    public var payloadOffset: Int32 = 0
    /// Bytes from there to the packet's end as its lengths say; the capture may hold fewer.
    public var payloadLength: UInt32 = 0

    // Tunnel

    public var tunnel: Tunnel = .ipv4
    public var tunnelOffset: Int32 = 0

    // Firewall log (NFLOG)

    public var verdict: Verdict = .pass
    public var ruleOffset: Int32 = 0
    public var ruleLength: Int32 = 0
    public var ruleGroupOffset: Int32 = 0
    public var ruleGroupLength: Int32 = 0
    public var ruleNumber: UInt32 = 0
    public var inputIndex: UInt32 = 0
    public var outputIndex: UInt32 = 0
    public var userID: UInt32 = 0

    /// With `.error`: what stopped the decoder; everything before it stands.
    public var error = DecodeError(layer: .link, reason: .truncated, offset: 0, needed: 0, available: 0)

    @inlinable
    public init() {}
}

/// The one thing that stopped the decoder, with the numbers that show it.
public struct DecodeError: Error, Hashable, Sendable {
    /// Where it happened.
    public enum Layer: UInt8, Sendable {
        case link, vlan, pppoe, ppp, mpls, nflog, wireless, ipv4, ipv6, extensionHeader, authentication
        case tcp, udp, sctp, icmp, igmp, gre, vxlan, geneve, gtp, esp
    }

    /// What was wrong there.
    public enum Reason: UInt8, Sendable {
        /// The capture ends before the header does (snap length, or a damaged file).
        case truncated
        /// A length field says less than the header itself takes: `needed` against `available`.
        case lengthTooSmall
        /// A length field says more than is there: `needed` against `available`.
        case lengthTooLarge
        /// The version field does not fit: `available` holds what it says.
        case badVersion
        /// More headers than the named limit: `needed` holds the limit.
        case tooManyHeaders
        /// A link layer that is named and passed over.
        case unsupportedLink
    }

    public var layer: Layer
    public var reason: Reason
    /// Offset of the header in the frame.
    public var offset: Int32
    public var needed: Int32
    public var available: Int32

    @inlinable
    public init(layer: Layer, reason: Reason, offset: Int32, needed: Int32, available: Int32) {
        self.layer = layer
        self.reason = reason
        self.offset = offset
        self.needed = needed
        self.available = available
    }
}

extension Layers {
    /// The source of an IPv6 packet. Traps without `.ipv6`'s promise that the header is there.
    @inlinable @inline(__always)
    public func source6(in bytes: RawSpan) -> IPv6Address {
        IPv6Address(
            high: bytes.big64(at: Int(networkOffset) + 8), low: bytes.big64(at: Int(networkOffset) + 16))
    }

    /// The destination of an IPv6 packet. Traps without `.ipv6`'s promise that the header is there.
    @inlinable @inline(__always)
    public func destination6(in bytes: RawSpan) -> IPv6Address {
        IPv6Address(
            high: bytes.big64(at: Int(networkOffset) + 24), low: bytes.big64(at: Int(networkOffset) + 32))
    }

    /// The source address of an IP packet, or nil.
    @inlinable
    public func source(in bytes: RawSpan) -> IPAddress? {
        if present.contains(.ipv4) { return .v4(IPv4Address(source4)) }
        if present.contains(.ipv6) { return .v6(source6(in: bytes)) }
        return nil
    }

    /// The destination address of an IP packet, or nil.
    @inlinable
    public func destination(in bytes: RawSpan) -> IPAddress? {
        if present.contains(.ipv4) { return .v4(IPv4Address(destination4)) }
        if present.contains(.ipv6) { return .v6(destination6(in: bytes)) }
        return nil
    }

    /// Bytes of the payload that the capture kept: at most `payloadLength`. Needs `.payload`.
    @inlinable
    public func capturedPayload(in bytes: RawSpan) -> Range<Int> {
        let start = min(Int(payloadOffset), bytes.byteCount)
        return start..<start + min(Int(payloadLength), bytes.byteCount - start)
    }
}
