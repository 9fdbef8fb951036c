public import Primitives

/// The packet that nearly all traffic consists of, read without being decoded: Ethernet II without tags, IPv4
/// without options, TCP or UDP, no fragment, the headers whole in the capture, and lengths that fit each other.
///
/// What stands at fixed offsets there needs no `Layers`. Says exactly what `Layers.decode` says of the same
/// frame, which a test holds against each other. A dozen loads; never allocates.
@frozen
public struct PlainPacket {
    public let source4: UInt32
    public let destination4: UInt32
    public let sourcePort: UInt16
    public let destinationPort: UInt16
    /// 6 or 17.
    public let protocolNumber: UInt8
    /// 0 for UDP, which has none.
    public let tcpFlags: UInt8
    public let ttl: UInt8
    public let dscp: UInt8
    public let totalLength: UInt32
    public let payloadLength: UInt32

    /// Facts that every plain packet has, and those that TCP and UDP add.
    public static let facts: Layers.Presence = [
        .sourceMAC, .destinationMAC, .etherType, .ipv4, .upperProtocol, .ports, .payload,
    ]
    public static let tcpFacts = facts.union([.tcp, .tcpFlags])
    public static let udpFacts = facts.union(.udp)

    /// The facts that `Layers.present` would have of those above.
    @inlinable @inline(__always)
    public var present: Layers.Presence { protocolNumber == IPProtocol.tcp ? Self.tcpFacts : Self.udpFacts }

    /// nil for every other frame.
    @inlinable @inline(__always)
    public init?(_ bytes: RawSpan, of frame: Frame) {
        let captured = bytes.byteCount
        guard frame.linkType == .ethernet, captured >= 42 else { return nil }
        // EtherType 0800, version 4, five words.
        guard bytes.big32(at: 12) >> 8 == 0x0800_45 else { return nil }
        let second = bytes.big64(at: 16)
        let total = Int(truncatingIfNeeded: second >> 48)
        let number = UInt8(truncatingIfNeeded: bytes.byte(at: 23))
        // No fragment: offset and "more" are clear.
        guard (second >> 16) & 0x3FFF == 0, total <= max(frame.originalLength, captured) &- 14 else { return nil }
        if number == IPProtocol.tcp {
            guard captured >= 54, total >= 40 else { return nil }
            let lengthAndFlags = bytes.big16(at: 46)
            let header = Int(lengthAndFlags >> 10) & 0x3C
            guard header >= 20, header &+ 20 <= total, header &+ 34 <= captured else { return nil }
            tcpFlags = UInt8(truncatingIfNeeded: lengthAndFlags)
            payloadLength = UInt32(truncatingIfNeeded: total &- 20 &- header)
        } else {
            guard number == IPProtocol.udp, total >= 28 else { return nil }
            let length = Int(bytes.big16(at: 38))
            guard length >= 8, length <= total &- 20 else { return nil }
            tcpFlags = 0
            payloadLength = UInt32(truncatingIfNeeded: length &- 8)
        }
        protocolNumber = number
        totalLength = UInt32(truncatingIfNeeded: total)
        ttl = UInt8(truncatingIfNeeded: second >> 8)
        dscp = bytes.byte(at: 15) >> 2
        let addresses = bytes.big64(at: 26)
        source4 = UInt32(truncatingIfNeeded: addresses >> 32)
        destination4 = UInt32(truncatingIfNeeded: addresses)
        let ports = bytes.big32(at: 34)
        sourcePort = UInt16(truncatingIfNeeded: ports >> 16)
        destinationPort = UInt16(truncatingIfNeeded: ports)
    }
}
