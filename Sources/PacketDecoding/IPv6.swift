import Primitives

extension Layers {
    /// More extension headers than this stop the decoder.
    /// - Limit: IPv6 extension headers of a packet |  | the decoder stops with an error
    public static let extensionHeaderLimit = 16

    /// An IPv6 packet (RFC 8200) that begins at `offset`.
    @inline(never)
    mutating func ipv6(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        networkOffset = Int32(truncatingIfNeeded: offset)
        guard bytes.byteCount - offset >= 40, end - offset >= 40 else {
            return short(.ipv6, bytes, at: offset, needed: 40, end, before)
        }
        let first = bytes.big64(at: offset)
        guard first >> 60 == 6 else {
            return failed(.ipv6, .badVersion, at: offset, needed: 6, available: Int(first >> 60), before)
        }
        dscp = UInt8(truncatingIfNeeded: first >> 54) & 0x3F
        ttl = UInt8(truncatingIfNeeded: first)
        let next = UInt8(truncatingIfNeeded: first >> 8)
        protocolNumber = next
        var present = before.union(.ipv6)

        let length = Int(truncatingIfNeeded: first >> 16) & 0xFFFF
        var stop = offset + 40 + length
        totalLength = UInt32(truncatingIfNeeded: 40 + length)
        if length == 0, next != IPProtocol.noNextHeader {
            // A jumbogram, or segmentation was left to the network card.
            let onWire = end == Layers.unknownEnd ? bytes.byteCount - offset : end - offset
            let jumbo = next == IPProtocol.hopByHop ? jumboLength(bytes, at: offset + 40, end: offset + onWire) : nil
            totalLength = jumbo.map { UInt32(clamping: 40 + $0) } ?? UInt32(clamping: onWire)
            stop = jumbo.map { offset + 40 + $0 } ?? offset + onWire
        }
        if stop > end {
            present = failed(
                .ipv6, .lengthTooLarge, at: offset, needed: stop - offset, available: end - offset, present)
            stop = end
        }
        return extensions(bytes, from: next, at: offset + 40, end: stop, present)
    }

    /// Walks extension headers to the protocol above them.
    private mutating func extensions(
        _ bytes: RawSpan, from first: UInt8, at start: Int, end: Int, _ before: Presence
    ) -> Presence {
        var next = first
        var offset = start
        var present = before
        for _ in 0...Layers.extensionHeaderLimit {
            protocolNumber = next
            let readable = min(bytes.byteCount, end) - offset
            let length: Int
            switch next {
            case IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.destinationOptions, IPProtocol.mobility,
                IPProtocol.hostIdentity, IPProtocol.shim6:
                guard readable >= 8 else {
                    return short(.extensionHeader, bytes, at: offset, needed: 8, end, present)
                }
                length = (Int(bytes.byte(at: offset + 1)) + 1) * 8
            case IPProtocol.fragment:
                guard readable >= 8 else {
                    return short(.extensionHeader, bytes, at: offset, needed: 8, end, present)
                }
                length = 8
                noteFragment(bytes, at: offset, &present)
            case IPProtocol.ah:
                guard readable >= 12 else {
                    return short(.authentication, bytes, at: offset, needed: 12, end, present)
                }
                length = (Int(bytes.byte(at: offset + 1)) + 2) * 4
                guard length >= 12 else {
                    return failed(.authentication, .lengthTooSmall, at: offset, needed: 12, available: length, present)
                }
                present.insert(.authentication)
            default:
                return above(bytes, next, at: offset, end: end, present)
            }
            guard readable >= length else {
                return short(.extensionHeader, bytes, at: offset, needed: length, end, present)
            }
            next = bytes.byte(at: offset)
            offset += length
            if present.contains(.laterFragment) { return afterLaterFragment(next, at: offset, end: end, present) }
        }
        return failed(
            .extensionHeader, .tooManyHeaders, at: offset, needed: Layers.extensionHeaderLimit,
            available: Layers.extensionHeaderLimit + 1, present)
    }

    /// The end of the chain: a protocol that is no extension header.
    private mutating func above(
        _ bytes: RawSpan, _ number: UInt8, at offset: Int, end: Int, _ before: Presence
    ) -> Presence {
        transportOffset = Int32(truncatingIfNeeded: offset)
        return upper(
            bytes, number, at: offset, end: end, fragment: before.contains(.fragment), before.union(.upperProtocol))
    }

    /// An atomic fragment (RFC 6946) is a whole packet and counts as none.
    private mutating func noteFragment(_ bytes: RawSpan, at offset: Int, _ present: inout Presence) {
        let field = UInt32(bytes.big16(at: offset + 2))
        guard field & 0xFFF9 != 0 else { return }
        fragmentOffset = field & 0xFFF8
        moreFragments = field & 1 != 0
        identification = bytes.big32(at: offset + 4)
        present.insert(.fragment)
        if fragmentOffset > 0 { present.insert(.laterFragment) }
    }

    /// A later fragment's data begin here. Which protocol is above is known only where the fragment header names
    /// it; where further extension headers come first, they stand in the first fragment.
    private mutating func afterLaterFragment(
        _ next: UInt8, at offset: Int, end: Int, _ before: Presence
    ) -> Presence {
        protocolNumber = next
        transportOffset = Int32(truncatingIfNeeded: offset)
        let present = payload(at: offset, end: end, before)
        return IPProtocol.isExtensionHeader(next) ? present : present.union(.upperProtocol)
    }

    /// The jumbo payload option (RFC 2675) of a hop-by-hop header: the bytes behind the fixed header.
    private func jumboLength(_ bytes: RawSpan, at offset: Int, end: Int) -> Int? {
        let limit = min(bytes.byteCount, end)
        guard limit - offset >= 8 else { return nil }
        let stop = min(limit, offset + (Int(bytes.byte(at: offset + 1)) + 1) * 8)
        var option = offset + 2
        while option < stop {
            let type = bytes.byte(at: option)
            // Pad1 has no length.
            if type == 0 {
                option += 1
                continue
            }
            guard stop - option >= 2 else { return nil }
            let length = Int(bytes.byte(at: option + 1))
            if type == 0xC2, length == 4, stop - option >= 6 {
                let value = Int(bytes.big32(at: option + 2))
                return value > 0xFFFF ? value : nil
            }
            option += 2 + length
        }
        return nil
    }
}
