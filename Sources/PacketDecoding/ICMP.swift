import Primitives

extension Layers {
    /// ICMP (RFC 792) or ICMPv6 (RFC 4443): type and code need two bytes, the header is eight.
    @inline(never)
    mutating func icmp(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        let readable = min(bytes.byteCount, end) - offset
        var present = before
        if readable >= 2 {
            icmpType = bytes.byte(at: offset)
            icmpCode = bytes.byte(at: offset + 1)
            present.insert(.icmp)
        }
        guard readable >= 8 else { return short(.icmp, bytes, at: offset, needed: 8, end, present) }
        return payload(at: offset + 8, end: end, present)
    }
}
