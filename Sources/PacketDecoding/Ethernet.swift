import Primitives

// Ethernet, its tags, and IEEE 802.2.

extension Layers {
    /// An Ethernet frame (IEEE 802.3) that begins at `offset`.
    @inline(never)
    mutating func ethernet(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        var present = before
        let readable = min(bytes.byteCount, end) - offset
        networkOffset = Int32(truncatingIfNeeded: offset)
        if readable >= 6 {
            destinationMAC = Int32(truncatingIfNeeded: offset)
            present.insert(.destinationMAC)
        }
        if readable >= 12 {
            sourceMAC = Int32(truncatingIfNeeded: offset + 6)
            present.insert(.sourceMAC)
        }
        guard readable >= 14 else { return short(.link, bytes, at: offset, needed: 14, end, present) }
        return afterLink(bytes, bytes.big16(at: offset + 12), at: offset + 14, end: end, present)
    }

    /// What follows a field that holds an EtherType, or a length as in 802.3.
    @inline(never)
    mutating func afterLink(
        _ bytes: RawSpan, _ firstType: UInt16, at start: Int, end: Int, _ before: Presence
    ) -> Presence {
        var type = firstType
        var offset = start
        var present = before
        // Each tag takes four bytes of the frame, which bounds their number.
        while type == EtherType.vlan || type == EtherType.providerBridging || type == EtherType.stackedVLAN {
            etherType = type
            networkOffset = Int32(truncatingIfNeeded: offset)
            guard min(bytes.byteCount, end) - offset >= 4 else {
                return short(.vlan, bytes, at: offset, needed: 4, end, present.union(.etherType))
            }
            note(tag: bytes.big16(at: offset) & 0xFFF, &present)
            type = bytes.big16(at: offset + 2)
            offset += 4
        }
        if type <= 1500 { return lengthAndLLC(bytes, Int(type), at: offset, end: end, present) }
        return network(bytes, type, at: offset, end: end, present)
    }

    /// What an EtherType that is no tag announces at `offset`.
    @inline(never)
    mutating func network(_ bytes: RawSpan, _ type: UInt16, at offset: Int, end: Int, _ before: Presence) -> Presence {
        etherType = type
        networkOffset = Int32(truncatingIfNeeded: offset)
        let present = before.union(.etherType)
        switch type {
        case EtherType.ipv4: return plainIPv4(bytes, at: offset, end: end, present)
        case EtherType.ipv6: return ipv6(bytes, at: offset, end: end, present)
        case EtherType.pppoeSession: return pppoe(bytes, at: offset, end: end, present)
        case EtherType.mpls, EtherType.mplsMulticast: return mpls(bytes, at: offset, end: end, present)
        case EtherType.ppp: return ppp(bytes, at: offset, end: end, present)
        default: return present
        }
    }

    private mutating func note(tag: UInt16, _ present: inout Presence) {
        if !present.contains(.vlan) { vlanCount = 0 }
        present.insert(.vlan)
        guard vlanCount < 4 else { return }
        vlans[Int(vlanCount)] = tag
        vlanCount += 1
    }

    /// IEEE 802.3: a length, then 802.2.
    private mutating func lengthAndLLC(
        _ bytes: RawSpan, _ length: Int, at offset: Int, end: Int, _ before: Presence
    ) -> Presence {
        networkOffset = Int32(truncatingIfNeeded: offset)
        var present = before
        if length > end - offset {
            present = failed(.link, .lengthTooLarge, at: offset, needed: length, available: end - offset, present)
        }
        return llc(bytes, at: offset, end: min(end, offset + length), present)
    }

    /// IEEE 802.2: IP by its own service access point, or an EtherType behind SNAP (RFC 1042).
    mutating func llc(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        let readable = min(bytes.byteCount, end) - offset
        guard readable >= 3 else { return short(.link, bytes, at: offset, needed: 3, end, before) }
        let points = bytes.big16(at: offset)
        let unnumbered = bytes.byte(at: offset + 2) == 0x03
        networkOffset = Int32(truncatingIfNeeded: offset + 3)
        if points == 0x0606, unnumbered {
            return network(bytes, EtherType.ipv4, at: offset + 3, end: end, before)
        }
        guard points == 0xAAAA, unnumbered else { return before }
        guard readable >= 8 else { return short(.link, bytes, at: offset, needed: 8, end, before) }
        let organization = bytes.big32(at: offset + 2) & 0xFF_FFFF
        networkOffset = Int32(truncatingIfNeeded: offset + 8)
        // The second is what bridges put there for some protocols (IEEE 802.1H).
        guard organization == 0 || organization == 0x00_00F8 else { return before }
        // No tags behind SNAP: a packet shall not choose how deep this goes.
        return network(bytes, bytes.big16(at: offset + 6), at: offset + 8, end: end, before)
    }
}
