import Primitives

// PPP (RFC 1661), in HDLC-like framing (RFC 1662), over Ethernet (RFC 2516), and Cisco's HDLC.

extension Layers {
    /// A capture of PPP: with HDLC's address and control bytes, without, or Cisco's HDLC.
    mutating func pppFrame(_ bytes: RawSpan, end: Int) -> Presence {
        networkOffset = 0
        let readable = min(bytes.byteCount, end)
        guard readable >= 4 else { return ppp(bytes, at: 0, end: end, []) }
        switch bytes.big16(at: 0) {
        // Cisco: to a station, to all of them.
        case 0x0F00, 0x8F00: return afterLink(bytes, bytes.big16(at: 2), at: 4, end: end, [])
        default: return ppp(bytes, at: 0, end: end, [])
        }
    }

    /// PPP's protocol field and what it announces; address and control bytes before it are passed over.
    mutating func ppp(_ bytes: RawSpan, at start: Int, end: Int, _ before: Presence) -> Presence {
        let limit = min(bytes.byteCount, end)
        var offset = start
        if limit - offset >= 2, bytes.big16(at: offset) == 0xFF03 { offset += 2 }
        networkOffset = Int32(truncatingIfNeeded: offset)
        guard limit - offset >= 1 else { return short(.ppp, bytes, at: offset, needed: 2, end, before) }
        var number = UInt16(bytes.byte(at: offset))
        if number & 1 == 1, number != 0xFF {
            // Compressed to one byte; 0xFF, which begins HDLC's framing, never is.
            offset += 1
        } else {
            guard limit - offset >= 2 else { return short(.ppp, bytes, at: offset, needed: 2, end, before) }
            number = bytes.big16(at: offset)
            offset += 2
        }
        switch number {
        case 0x0021: return network(bytes, EtherType.ipv4, at: offset, end: end, before)
        case 0x0057: return network(bytes, EtherType.ipv6, at: offset, end: end, before)
        case 0x0281: return network(bytes, EtherType.mpls, at: offset, end: end, before)
        case 0x0283: return network(bytes, EtherType.mplsMulticast, at: offset, end: end, before)
        default: return before
        }
    }

    /// A PPPoE session's header and the PPP inside.
    mutating func pppoe(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        networkOffset = Int32(truncatingIfNeeded: offset)
        guard min(bytes.byteCount, end) - offset >= 6 else {
            return short(.pppoe, bytes, at: offset, needed: 6, end, before)
        }
        let versionAndType = bytes.byte(at: offset)
        guard versionAndType == 0x11 else {
            return failed(.pppoe, .badVersion, at: offset, needed: 0x11, available: Int(versionAndType), before)
        }
        // Any other code is of the discovery stage.
        guard bytes.byte(at: offset + 1) == 0 else { return before }
        let length = Int(bytes.big16(at: offset + 4))
        var present = before
        if length > end - offset - 6 {
            present = failed(
                .pppoe, .lengthTooLarge, at: offset, needed: length, available: end - offset - 6, present)
        }
        return ppp(bytes, at: offset + 6, end: min(end, offset + 6 + length), present)
    }
}
