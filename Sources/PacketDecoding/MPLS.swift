import Primitives

extension Layers {
    /// An MPLS label stack (RFC 3032). No field says what it carries: the first four bits behind it do, for IP.
    mutating func mpls(_ bytes: RawSpan, at start: Int, end: Int, _ before: Presence) -> Presence {
        let limit = min(bytes.byteCount, end)
        var offset = start
        var bottom = false
        // Each label takes four bytes of the frame, which bounds their number.
        while !bottom {
            guard limit - offset >= 4 else { return short(.mpls, bytes, at: offset, needed: 4, end, before) }
            bottom = bytes.byte(at: offset + 2) & 1 == 1
            offset += 4
        }
        networkOffset = Int32(truncatingIfNeeded: offset)
        guard limit > offset else { return short(.mpls, bytes, at: offset, needed: 1, end, before) }
        switch bytes.byte(at: offset) >> 4 {
        case 4: return network(bytes, EtherType.ipv4, at: offset, end: end, before)
        case 6: return network(bytes, EtherType.ipv6, at: offset, end: end, before)
        // A pseudowire's control word, or anything else.
        default: return before
        }
    }
}
