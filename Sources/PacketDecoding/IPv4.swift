import Primitives

extension Layers {
    /// An IPv4 packet (RFC 791) that begins at `offset`; inlined for the common path.
    @inline(__always)
    mutating func ipv4(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        guard bytes.byteCount - offset >= 20, end - offset >= 20 else {
            return shortIPv4(bytes, at: offset, end: end, before)
        }
        let first = bytes.big64(at: offset)
        let second = bytes.big64(at: offset + 8)
        networkOffset = Int32(truncatingIfNeeded: offset)
        source4 = UInt32(truncatingIfNeeded: second)
        destination4 = bytes.big32(at: offset + 16)
        ttl = UInt8(truncatingIfNeeded: second >> 56)
        dscp = UInt8(truncatingIfNeeded: first >> 50) & 0x3F
        identification = UInt32(truncatingIfNeeded: first >> 16) & 0xFFFF
        let number = UInt8(truncatingIfNeeded: second >> 48)
        protocolNumber = number

        let header = Int(truncatingIfNeeded: first >> 54) & 0x3C
        let total = Int(truncatingIfNeeded: first >> 32) & 0xFFFF
        let transport = offset &+ header
        let stop = offset &+ total
        let fragmentField = UInt16(truncatingIfNeeded: first)
        totalLength = UInt32(truncatingIfNeeded: total)
        transportOffset = Int32(truncatingIfNeeded: transport)
        let present = before.union([.ipv4, .upperProtocol])
        // Version 4, at least five words, lengths that fit each other and the frame, and no fragment.
        guard first >> 60 == 4, header >= 20, total >= header, stop <= end, transport <= bytes.byteCount,
            fragmentField & 0x3FFF == 0
        else { return unusualIPv4(bytes, at: offset, first, end: end, before) }
        switch number {
        case IPProtocol.tcp: return tcp(bytes, at: transport, end: stop, present)
        case IPProtocol.udp: return udp(bytes, at: transport, end: stop, fragment: false, present)
        default: return upper(bytes, number, at: transport, end: stop, fragment: false, present)
        }
    }

    /// The same as a call, for all other paths.
    @inline(never)
    mutating func plainIPv4(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        ipv4(bytes, at: offset, end: end, before)
    }

    @inline(never)
    private mutating func shortIPv4(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        networkOffset = Int32(truncatingIfNeeded: offset)
        return short(.ipv4, bytes, at: offset, needed: 20, end, before)
    }

    /// Whatever is not plain: fragments, lengths that do not fit, headers that are cut off. `ipv4` has stored the
    /// fixed header's fields.
    @inline(never)
    private mutating func unusualIPv4(
        _ bytes: RawSpan, at offset: Int, _ first: UInt64, end: Int, _ before: Presence
    ) -> Presence {
        guard first >> 60 == 4 else {
            return failed(.ipv4, .badVersion, at: offset, needed: 4, available: Int(first >> 60), before)
        }
        var present = before.union([.ipv4, .upperProtocol])
        let header = Int(truncatingIfNeeded: first >> 54) & 0x3C
        let total = Int(totalLength)
        let onWire = end == Layers.unknownEnd ? bytes.byteCount - offset : end - offset

        let field = UInt32(truncatingIfNeeded: first) & 0xFFFF
        if field & 0x3FFF != 0 {
            moreFragments = field & 0x2000 != 0
            fragmentOffset = (field & 0x1FFF) * 8
            present.insert(.fragment)
            if fragmentOffset > 0 { present.insert(.laterFragment) }
        }
        guard header >= 20 else {
            transportOffset = Int32(truncatingIfNeeded: offset + 20)
            return failed(.ipv4, .lengthTooSmall, at: offset, needed: 20, available: header, present)
        }

        var stop = offset + total
        if total == 0 {
            // Segmentation was left to the network card: the length is what was handed to it.
            totalLength = UInt32(clamping: onWire)
            stop = offset + onWire
        } else if total < header {
            present = failed(.ipv4, .lengthTooSmall, at: offset, needed: header, available: total, present)
            stop = offset + onWire
        } else if stop > end {
            present = failed(.ipv4, .lengthTooLarge, at: offset, needed: total, available: onWire, present)
            stop = end
        }
        let transport = offset + header
        guard transport <= min(bytes.byteCount, stop) else {
            return short(.ipv4, bytes, at: offset, needed: header, stop, present)
        }
        if present.contains(.laterFragment) {
            return payload(at: transport, end: stop, present)
        }
        return upper(
            bytes, protocolNumber, at: transport, end: stop, fragment: present.contains(.fragment), present)
    }
}
