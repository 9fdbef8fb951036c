import Primitives

extension Layers {
    /// BSD's loopback header: an address family, in the byte order of whichever machine captured (LINKTYPE_NULL) or
    /// in network order (LINKTYPE_LOOP). A family is a small number, so its order shows.
    mutating func loopback(_ bytes: RawSpan, end: Int) -> Presence {
        networkOffset = 0
        guard min(bytes.byteCount, end) >= 4 else { return short(.link, bytes, at: 0, needed: 4, end, []) }
        let little = bytes.little32(at: 0)
        let family = little > 0xFFFF ? little.byteSwapped : little
        networkOffset = 4
        switch family {
        case 2: return network(bytes, EtherType.ipv4, at: 4, end: end, [])
        // Linux; NetBSD and OpenBSD; FreeBSD; Darwin.
        case 10, 24, 28, 30: return network(bytes, EtherType.ipv6, at: 4, end: end, [])
        default: return []
        }
    }
}
