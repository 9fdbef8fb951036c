import Primitives

extension Layers {
    /// The protocol above IP that begins at `offset`. `fragment`: the packet is a datagram's first fragment, whose
    /// own length fields speak of the whole.
    @inline(never)
    mutating func upper(
        _ bytes: RawSpan, _ number: UInt8, at offset: Int, end: Int, fragment: Bool, _ before: Presence
    ) -> Presence {
        switch number {
        case IPProtocol.tcp: return tcp(bytes, at: offset, end: end, before)
        case IPProtocol.udp: return udp(bytes, at: offset, end: end, fragment: fragment, before)
        case IPProtocol.icmp, IPProtocol.icmp6: return icmp(bytes, at: offset, end: end, before)
        case IPProtocol.udpLite: return udpLite(bytes, at: offset, end: end, before)
        case IPProtocol.sctp: return sctp(bytes, at: offset, end: end, before)
        case IPProtocol.igmp: return fixedHeader(.igmp, 8, bytes, at: offset, end: end, before)
        case IPProtocol.esp: return fixedHeader(.esp, 8, bytes, at: offset, end: end, before)
        case IPProtocol.ah: return authentication(bytes, at: offset, end: end, fragment: fragment, before)
        case IPProtocol.gre: return gre(bytes, at: offset, end: end, before)
        case IPProtocol.ipip: return tunnel(.ipv4, at: offset, payload(at: offset, end: end, before))
        case IPProtocol.ipv6: return tunnel(.ipv6, at: offset, payload(at: offset, end: end, before))
        case IPProtocol.etherIP: return etherIP(bytes, at: offset, end: end, before)
        default: return payload(at: offset, end: end, before)
        }
    }

    /// Notes that the packet's payload stands at `offset`; the caller knows that `offset` does not exceed `end`.
    @inline(__always)
    mutating func payload(at offset: Int, end: Int, _ before: Presence) -> Presence {
        payloadOffset = Int32(truncatingIfNeeded: offset)
        payloadLength = UInt32(clamping: end - offset)
        return before.union(.payload)
    }

    mutating func tunnel(_ kind: Tunnel, at offset: Int, _ before: Presence) -> Presence {
        tunnel = kind
        tunnelOffset = Int32(truncatingIfNeeded: offset)
        return before.union(.tunnel)
    }

    /// A header of a fixed length of which no field is read here.
    private mutating func fixedHeader(
        _ layer: DecodeError.Layer, _ length: Int, _ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence
    ) -> Presence {
        guard min(bytes.byteCount, end) - offset >= length else {
            return short(layer, bytes, at: offset, needed: length, end, before)
        }
        return payload(at: offset + length, end: end, before)
    }

    /// An authentication header (RFC 4302): it hides nothing, so what it protects is decoded behind it.
    private mutating func authentication(
        _ bytes: RawSpan, at offset: Int, end: Int, fragment: Bool, _ before: Presence
    ) -> Presence {
        let readable = min(bytes.byteCount, end) - offset
        guard readable >= 12 else { return short(.authentication, bytes, at: offset, needed: 12, end, before) }
        let length = (Int(bytes.byte(at: offset + 1)) + 2) * 4
        guard length >= 12 else {
            return failed(.authentication, .lengthTooSmall, at: offset, needed: 12, available: length, before)
        }
        guard readable >= length else {
            return short(.authentication, bytes, at: offset, needed: length, end, before)
        }
        let present = before.union(.authentication)
        let next = bytes.byte(at: offset)
        // A second one has no meaning, and would let a packet choose how deep this goes.
        guard next != IPProtocol.ah else {
            return failed(.authentication, .tooManyHeaders, at: offset + length, needed: 1, available: 2, present)
        }
        protocolNumber = next
        transportOffset = Int32(truncatingIfNeeded: offset + length)
        return upper(bytes, next, at: offset + length, end: end, fragment: fragment, present)
    }
}
