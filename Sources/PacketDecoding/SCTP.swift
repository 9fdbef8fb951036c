import Primitives

extension Layers {
    /// SCTP's common header (RFC 9260); its chunks are payload.
    mutating func sctp(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        let present = portsIfThere(bytes, at: offset, end: end, before)
        guard min(bytes.byteCount, end) - offset >= 12 else {
            return short(.sctp, bytes, at: offset, needed: 12, end, present)
        }
        return payload(at: offset + 12, end: end, present)
    }
}
