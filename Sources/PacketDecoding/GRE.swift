import Primitives

extension Layers {
    /// GRE (RFC 2784, 2890, and the routing of RFC 1701), or enhanced GRE with PPP (RFC 2637).
    mutating func gre(_ bytes: RawSpan, at start: Int, end: Int, _ before: Presence) -> Presence {
        let limit = min(bytes.byteCount, end)
        guard limit - start >= 4 else { return short(.gre, bytes, at: start, needed: 4, end, before) }
        let flags = bytes.big16(at: start)
        let type = bytes.big16(at: start + 2)
        let version = flags & 7
        guard version <= 1 else {
            return failed(.gre, .badVersion, at: start, needed: 0, available: Int(version), before)
        }
        var length = 4
        if version == 0, flags & 0xC000 != 0 { length += 4 }
        if flags & 0x2000 != 0 { length += 4 }
        if flags & 0x1000 != 0 { length += 4 }
        if version == 1, flags & 0x0080 != 0 { length += 4 }
        guard limit - start >= length else { return short(.gre, bytes, at: start, needed: length, end, before) }
        var offset = start + length
        if version == 0, flags & 0x4000 != 0 {
            // Source route entries, the last of which has no length; each takes at least four bytes of the frame.
            var entry = 1
            while entry > 0 {
                guard limit - offset >= 4 else { return short(.gre, bytes, at: offset, needed: 4, end, before) }
                entry = Int(bytes.byte(at: offset + 3))
                guard limit - offset >= 4 + entry else {
                    return short(.gre, bytes, at: offset, needed: 4 + entry, end, before)
                }
                offset += 4 + entry
            }
        }
        let present = payload(at: offset, end: end, before)
        switch type {
        case EtherType.ipv4: return tunnel(.ipv4, at: offset, present)
        case EtherType.ipv6: return tunnel(.ipv6, at: offset, present)
        case EtherType.transparentEthernet: return tunnel(.ethernet, at: offset, present)
        // An acknowledgement alone carries nothing.
        case EtherType.ppp where end > offset: return tunnel(.ppp, at: offset, present)
        default: return present
        }
    }

    /// EtherIP (RFC 3378): two bytes, then an Ethernet frame.
    mutating func etherIP(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        guard min(bytes.byteCount, end) - offset >= 2 else {
            return short(.link, bytes, at: offset, needed: 2, end, before)
        }
        let version = bytes.byte(at: offset) >> 4
        guard version == 3 else {
            return failed(.link, .badVersion, at: offset, needed: 3, available: Int(version), before)
        }
        return tunnel(.ethernet, at: offset + 2, payload(at: offset + 2, end: end, before))
    }
}
