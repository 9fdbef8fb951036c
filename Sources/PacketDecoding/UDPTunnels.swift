import Primitives

// Tunnels over UDP, known by the destination port. `.payload` stays what UDP carries.

extension Layers {
    /// What a datagram to one of the ports between GTP-U's and VXLAN's may be.
    @inline(never)
    mutating func udpTunnel(
        _ bytes: RawSpan, _ port: UInt16, at offset: Int, end: Int, _ before: Presence
    ) -> Presence {
        switch port {
        case UDPPort.vxlan, UDPPort.vxlanLinux: return vxlan(bytes, at: offset, end: end, before)
        case UDPPort.geneve: return geneve(bytes, at: offset, end: end, before)
        case UDPPort.gtp: return gtp(bytes, at: offset, end: end, before)
        default: return before
        }
    }

    /// VXLAN (RFC 7348): an Ethernet frame behind eight bytes, where the network's number is valid.
    private mutating func vxlan(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        guard min(bytes.byteCount, end) - offset >= 8 else {
            return short(.vxlan, bytes, at: offset, needed: 8, end, before)
        }
        guard bytes.byte(at: offset) & 0x08 != 0 else { return before }
        return tunnel(.ethernet, at: offset + 8, before)
    }

    /// Geneve (RFC 8926): options, then what an EtherType says.
    private mutating func geneve(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        let readable = min(bytes.byteCount, end) - offset
        guard readable >= 8 else { return short(.geneve, bytes, at: offset, needed: 8, end, before) }
        let first = bytes.byte(at: offset)
        guard first >> 6 == 0 else {
            return failed(.geneve, .badVersion, at: offset, needed: 0, available: Int(first >> 6), before)
        }
        let length = 8 + Int(first & 0x3F) * 4
        guard readable >= length else { return short(.geneve, bytes, at: offset, needed: length, end, before) }
        switch bytes.big16(at: offset + 2) {
        case EtherType.transparentEthernet: return tunnel(.ethernet, at: offset + length, before)
        case EtherType.ipv4: return tunnel(.ipv4, at: offset + length, before)
        case EtherType.ipv6: return tunnel(.ipv6, at: offset + length, before)
        default: return before
        }
    }

    /// GTP-U (3GPP TS 29.281), version 1: a user's packet, of the family that its version field says.
    private mutating func gtp(_ bytes: RawSpan, at start: Int, end: Int, _ before: Presence) -> Presence {
        let limit = min(bytes.byteCount, end)
        guard limit - start >= 8 else { return short(.gtp, bytes, at: start, needed: 8, end, before) }
        let flags = bytes.byte(at: start)
        // Version 1 of GTP, not of the charging protocol GTP'; only message 255 carries a packet.
        guard flags & 0xF0 == 0x30, bytes.byte(at: start + 1) == 255 else { return before }
        var offset = start + 8
        if flags & 0x07 != 0 {
            guard limit - offset >= 4 else { return short(.gtp, bytes, at: offset, needed: 4, end, before) }
            var next = flags & 0x04 != 0 ? bytes.byte(at: offset + 3) : 0
            offset += 4
            // Each extension takes at least four bytes of the frame.
            while next != 0 {
                guard limit > offset else { return short(.gtp, bytes, at: offset, needed: 4, end, before) }
                let length = Int(bytes.byte(at: offset)) * 4
                guard length > 0 else {
                    return failed(.gtp, .lengthTooSmall, at: offset, needed: 4, available: 0, before)
                }
                guard limit - offset >= length else {
                    return short(.gtp, bytes, at: offset, needed: length, end, before)
                }
                next = bytes.byte(at: offset + length - 1)
                offset += length
            }
        }
        guard limit > offset else {
            return end > offset ? short(.gtp, bytes, at: offset, needed: 1, end, before) : before
        }
        switch bytes.byte(at: offset) >> 4 {
        case 4: return tunnel(.ipv4, at: offset, before)
        case 6: return tunnel(.ipv6, at: offset, before)
        default: return before
        }
    }
}
