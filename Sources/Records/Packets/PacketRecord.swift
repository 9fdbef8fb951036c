public import PacketDecoding
public import Primitives

/// A packet that is logged: plain facts of a fixed size, before it is a line, an object or a row.
///
/// A fact has a meaning only where its bit of `present` is set, as in `Layers`. Text stays where it is:
/// a rule's name is a range of the frame's bytes, the names of interfaces, hosts and users are
/// identifiers that `PacketNames` knows.
public struct PacketRecord: Sendable {
    /// Where the packet was seen.
    public enum Source: UInt8, Hashable, Sendable {
        case capture, nflog, nfqueue, file
    }

    public var present: Layers.Presence
    public var source: Source
    public var direction: FrameDirection
    /// Read back from a line, which says neither the code point nor, but for ICMP, the TTL, nor the identification of
    /// what is no fragment: these are not known, and 0 here.
    public var isReadBack = false
    /// What the echo request or reply says stands in `icmpID` and `icmpSequence`.
    public var hasEcho = false

    public var time: Timestamp
    /// The interface to print, whichever way the packet went.
    public var interface: InterfaceID
    public var incoming: InterfaceID
    public var outgoing: InterfaceID
    public var inputIndex: UInt32
    public var outputIndex: UInt32
    public var linkType: LinkType
    public var etherType: UInt16
    /// Tags with `.vlan`, outermost first: `vlanCount` of them (1 ... 4).
    public var vlans: InlineArray<4, UInt16>
    public var vlanCount: UInt8
    public var sourceMAC = MACAddress(0)
    public var destinationMAC = MACAddress(0)

    /// IPv4 addresses are mapped (RFC 4291 section 2.5.5.2); `present` tells the family.
    public var sourceIP = IPv6Address(0)
    public var destinationIP = IPv6Address(0)
    /// IP total length; without IP, what was on the wire behind the link header, as far as that is known.
    public var length: UInt32
    public var protocolNumber: UInt8
    public var ttl: UInt8
    public var dscp: UInt8
    public var fragmentMore: Bool
    public var fragmentOffset: UInt32
    public var identification: UInt32

    public var sourcePort: UInt16
    public var destinationPort: UInt16
    public var tcpFlags: UInt8
    public var icmpType: UInt8
    public var icmpCode: UInt8
    public var icmpID: UInt16 = 0
    public var icmpSequence: UInt16 = 0
    /// With `.tcpFlags`; `tcpWindow` with `.tcp`.
    public var tcpSequence: UInt32 = 0
    public var tcpAcknowledgement: UInt32 = 0
    public var tcpWindow: UInt16 = 0
    public var payloadLength: UInt32

    /// What the firewall did, and by which rule: ranges of the frame's bytes.
    public var verdict: Layers.Verdict
    public var ruleOffset: Int32
    public var ruleLength: Int32
    public var ruleGroupOffset: Int32
    public var ruleGroupLength: Int32
    public var ruleNumber: UInt32

    /// Where the packet's own bytes begin: IP header, or what follows the link header.
    public var networkOffset: Int32

    /// What tables beside the decoder know; 0 is unknown. Filled by who looked it up.
    public var sourceHost: UInt32 = 0
    public var destinationHost: UInt32 = 0
    public var sourceUser: UInt32 = 0
    public var destinationUser: UInt32 = 0
    /// Two letters, the first in the high byte.
    public var sourceCountry: UInt16 = 0
    public var destinationCountry: UInt16 = 0
    public var sourceASN: UInt32 = 0
    public var destinationASN: UInt32 = 0

    /// The facts of a frame whose layers have been decoded. Allocates nothing.
    @inlinable
    public init(_ frame: Frame, _ layers: Layers, _ bytes: RawSpan, source: Source = .file) {
        present = layers.present
        self.source = source
        direction =
            frame.direction == .unknown && layers.present.contains(.linkDirection)
            ? layers.linkDirection : frame.direction
        time = frame.time
        let seen = direction == .outgoing ? frame.outgoing : frame.incoming
        interface = seen == .none ? frame.interface : seen
        incoming = frame.incoming
        outgoing = frame.outgoing
        inputIndex = layers.inputIndex
        outputIndex = layers.outputIndex
        linkType = frame.linkType
        etherType = layers.etherType
        vlans = layers.vlans
        vlanCount = layers.vlanCount
        length = layers.totalLength
        protocolNumber = layers.protocolNumber
        ttl = layers.ttl
        dscp = layers.dscp
        fragmentMore = layers.moreFragments
        fragmentOffset = layers.fragmentOffset
        identification = layers.identification
        sourcePort = layers.sourcePort
        destinationPort = layers.destinationPort
        tcpFlags = layers.tcpFlags
        icmpType = layers.icmpType
        icmpCode = layers.icmpCode
        payloadLength = layers.payloadLength
        verdict = layers.verdict
        ruleOffset = layers.ruleOffset
        ruleLength = layers.ruleLength
        ruleGroupOffset = layers.ruleGroupOffset
        ruleGroupLength = layers.ruleGroupLength
        ruleNumber = layers.ruleNumber
        networkOffset = layers.networkOffset
        readAddresses(layers, bytes, originalLength: frame.originalLength)
        readTransport(layers, bytes)
    }

    @inlinable @inline(__always)
    mutating func readAddresses(_ layers: Layers, _ bytes: RawSpan, originalLength: Int) {
        if present.contains(.ipv4) {
            sourceIP = IPv6Address(mapping: IPv4Address(layers.source4))
            destinationIP = IPv6Address(mapping: IPv4Address(layers.destination4))
        } else if present.contains(.ipv6) {
            sourceIP = layers.source6(in: bytes)
            destinationIP = layers.destination6(in: bytes)
        } else {
            length = UInt32(clamping: originalLength - min(Int(layers.networkOffset), originalLength))
        }
        if present.contains(.sourceMAC) { sourceMAC = MACAddress(in: bytes, at: Int(layers.sourceMAC)) }
        if present.contains(.destinationMAC) { destinationMAC = MACAddress(in: bytes, at: Int(layers.destinationMAC)) }
    }

    @inlinable @inline(__always)
    mutating func readTransport(_ layers: Layers, _ bytes: RawSpan) {
        let offset = Int(layers.transportOffset)
        if present.contains(.tcpFlags), !present.contains(.laterFragment), bytes.holds(14, at: offset) {
            tcpSequence = bytes.big32(at: offset + 4)
            tcpAcknowledgement = bytes.big32(at: offset + 8)
            if present.contains(.tcp) { tcpWindow = bytes.big16(at: offset + 14) }
        } else if present.contains(.icmp), isEcho, bytes.holds(8, at: offset) {
            hasEcho = true
            icmpID = bytes.big16(at: offset + 4)
            icmpSequence = bytes.big16(at: offset + 6)
        }
    }

    /// An echo request or reply of either family.
    @inlinable @inline(__always)
    var isEcho: Bool {
        protocolNumber == IPProtocol.icmp6
            ? icmpType == 128 || icmpType == 129 : icmpType == 8 || icmpType == 0
    }

    /// The outermost tag.
    @inlinable
    public var vlan: UInt16 { vlans[0] }

    /// The source address, or nil without IP.
    public var sourceAddress: IPAddress? { address(sourceIP) }

    /// The destination address, or nil without IP.
    public var destinationAddress: IPAddress? { address(destinationIP) }

    private func address(_ number: IPv6Address) -> IPAddress? {
        if present.contains(.ipv4) { return .v4(IPv4Address(UInt32(truncatingIfNeeded: number.number))) }
        return present.contains(.ipv6) ? .v6(number) : nil
    }
}
