public import Primitives

/// The packet that nearly all traffic consists of, read without being decoded: Ethernet II without tags, IPv4
/// without options or IPv6 without extension headers, TCP or UDP, no fragment, the headers whole in the capture, and
/// lengths that fit each other.
///
/// What stands at fixed offsets there needs no `Layers`; each fact is read when it is asked for. Says exactly what
/// `Layers.decode` says of the same frame, which a test holds against each other. Never allocates.
@frozen
public struct PlainPacket: ~Escapable {
    @usableFromInline let bytes: RawSpan
    /// 6 or 17.
    public let protocolNumber: UInt8
    public let isIPv6: Bool

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
        guard captured >= 42 else { return nil }
        let typeAndVersion = bytes.little32(at: 12)
        let wire = max(originalLength, captured) &- 14
        // EtherType 0800, version 4, five words.
        if typeAndVersion & 0xFF_FFFF == 0x45_0008 {
            let total = Int(bytes.big16(at: 16))
            // No fragment: offset and "more" are clear.
            guard bytes.little16(at: 20) & 0xFF3F == 0, total <= wire else { return nil }
            protocolNumber = bytes.byte(at: 23)
            isIPv6 = false
            guard Self.isPlain(bytes, protocolNumber, at: 34, length: total &- 20) else { return nil }
        } else {
            // EtherType 86dd, version 6. A length of 0 has a meaning of its own.
            guard typeAndVersion & 0xF0_FFFF == 0x60_DD86, captured >= 62 else { return nil }
            let length = Int(bytes.big16(at: 18))
            guard length &+ 40 <= wire, length > 0 else { return nil }
            protocolNumber = bytes.byte(at: 20)
            isIPv6 = true
            guard Self.isPlain(bytes, protocolNumber, at: 54, length: length) else { return nil }
        }
        self.bytes = bytes
    }

    /// Whether a whole TCP or UDP header stands at `offset`, in `length` bytes that IP gives to it.
    @inlinable @inline(__always)
    static func isPlain(_ bytes: RawSpan, _ number: UInt8, at offset: Int, length: Int) -> Bool {
        if number == IPProtocol.tcp {
            guard bytes.byteCount >= offset &+ 20 else { return false }
            let header = Int(bytes.byte(at: offset &+ 12) >> 4) &* 4
            return header >= 20 && header <= length && header &+ offset <= bytes.byteCount
        }
        guard number == IPProtocol.udp else { return false }
        let claimed = Int(bytes.big16(at: offset &+ 4))
        return claimed >= 8 && claimed <= length
    }
}

extension PlainPacket {
    /// The facts of all plain packets of a family and a protocol.
    @inlinable
    public static func facts(isIPv6: Bool, isTCP: Bool) -> Layers.Presence {
        let common: Layers.Presence = [
            .sourceMAC, .destinationMAC, .etherType, .upperProtocol, .ports, .payload,
        ]
        return common.union(isIPv6 ? .ipv6 : .ipv4).union(isTCP ? [.tcp, .tcpFlags] : .udp)
    }

    @inlinable @inline(__always)
    public var isTCP: Bool { protocolNumber == IPProtocol.tcp }

    /// Where TCP or UDP begins.
    @inlinable @inline(__always)
    public var transportOffset: Int { isIPv6 ? 54 : 34 }

    /// Whether it comes from where name servers answer: such a packet teaches names (`HostNames.learn`).
    @inlinable @inline(__always)
    public var isNameAnswer: Bool {
        let port = bytes.big16(at: transportOffset)
        return port == 53 || port == 5353
    }

    /// Four bytes in network order at an offset of the frame. Those up to the eighth byte of the transport header are
    /// sure to be there, for TCP up to the twentieth. Traps past the end.
    @inlinable @inline(__always)
    public func word(at offset: Int) -> UInt32 { bytes.big32(at: offset) }
}
