public import Primitives

/// The packet that nearly all traffic consists of, read without being decoded: Ethernet II without tags, IPv4
/// without options, TCP or UDP, no fragment, the headers whole in the capture, and lengths that fit each other.
///
/// What stands at fixed offsets there needs no `Layers`; each fact is read when it is asked for. Says exactly what
/// `Layers.decode` says of the same frame, which a test holds against each other. Never allocates.
@frozen
public struct PlainPacket: ~Escapable {
    @usableFromInline let bytes: RawSpan
    /// 6 or 17.
    public let protocolNumber: UInt8

    /// nil for every frame that is not plain.
    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    public init?(_ bytes: RawSpan, of frame: Frame) {
        guard frame.linkType == .ethernet else { return nil }
        self.init(ethernet: bytes, originalLength: frame.originalLength)
    }

    /// The same for a frame that is known to be Ethernet's, of `originalLength` bytes on the wire.
    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    public init?(ethernet bytes: RawSpan, originalLength: Int) {
        let captured = bytes.byteCount
        // EtherType 0800, version 4, five words.
        guard captured >= 42, bytes.little32(at: 12) & 0xFF_FFFF == 0x45_0008 else { return nil }
        let number = bytes.byte(at: 23)
        let total = Int(bytes.big16(at: 16))
        // No fragment: offset and "more" are clear.
        guard bytes.little16(at: 20) & 0xFF3F == 0, total <= max(originalLength, captured) &- 14 else { return nil }
        if number == IPProtocol.tcp {
            guard captured >= 54 else { return nil }
            let header = Int(bytes.byte(at: 46) >> 4) &* 4
            guard header >= 20, header &+ 20 <= total, header &+ 34 <= captured else { return nil }
        } else {
            guard number == IPProtocol.udp else { return nil }
            let length = Int(bytes.big16(at: 38))
            guard length >= 8, length &+ 20 <= total else { return nil }
        }
        self.bytes = bytes
        protocolNumber = number
    }
}

extension PlainPacket {
    /// Facts that every plain packet has, and those that TCP and UDP add.
    @inlinable
    public static var facts: Layers.Presence {
        [.sourceMAC, .destinationMAC, .etherType, .ipv4, .upperProtocol, .ports, .payload]
    }

    /// The facts that `Layers.present` would have of those above.
    @inlinable @inline(__always)
    public var present: Layers.Presence { Self.facts.union(isTCP ? [.tcp, .tcpFlags] : .udp) }

    @inlinable @inline(__always)
    public var isTCP: Bool { protocolNumber == IPProtocol.tcp }

    /// Four bytes in network order at an offset of the frame; at most 38, or 50 for TCP, are sure to be there. Traps
    /// past the end.
    @inlinable @inline(__always)
    public func word(at offset: Int) -> UInt32 { bytes.big32(at: offset) }

    @inlinable @inline(__always)
    public var source4: UInt32 { bytes.big32(at: 26) }

    @inlinable @inline(__always)
    public var destination4: UInt32 { bytes.big32(at: 30) }

    @inlinable @inline(__always)
    public var sourcePort: UInt16 { bytes.big16(at: 34) }

    @inlinable @inline(__always)
    public var destinationPort: UInt16 { bytes.big16(at: 36) }

    /// 0 for UDP, which has none.
    @inlinable @inline(__always)
    public var tcpFlags: UInt8 { isTCP ? bytes.byte(at: 47) : 0 }

    @inlinable @inline(__always)
    public var ttl: UInt8 { bytes.byte(at: 22) }

    @inlinable @inline(__always)
    public var dscp: UInt8 { bytes.byte(at: 15) >> 2 }

    @inlinable @inline(__always)
    public var totalLength: UInt32 { UInt32(bytes.big16(at: 16)) }

    @inlinable @inline(__always)
    public var payloadLength: UInt32 {
        isTCP
            ? totalLength &- 20 &- UInt32(bytes.byte(at: 46) >> 4) &* 4 : UInt32(bytes.big16(at: 38)) &- 8
    }
}
