import PacketDecoding
import Primitives

/// A fragment of an IP datagram: which datagram it belongs to and where (RFC 791, RFC 8200 section 4.5).
struct Fragment {
    /// What joins a datagram's fragments: addresses, identification, and in IPv4 the protocol.
    var key: TableKey
    /// What stands before the data: the IP header, in IPv6 with the extension headers before the fragment header.
    var header: Range<Int>
    var data: Range<Int>
    /// Of the data, in the datagram.
    var offset: Int
    var hasMore: Bool
    /// Where the header names what follows it, from its first byte; and what follows. IPv6 only.
    var nextHeaderPlace = 0
    var nextHeader: UInt8 = 0

    /// The fragment of a packet that is one; nil where its lengths contradict each other, where a piece that is not
    /// the last has no multiple of 8 bytes, and where the capture cut it.
    init?(_ layers: Layers, _ bytes: RawSpan) {
        let start = Int(layers.networkOffset)
        let end = start + Int(layers.totalLength)
        guard layers.present.contains(.fragment), end <= bytes.byteCount else { return nil }
        offset = Int(layers.fragmentOffset)
        hasMore = layers.moreFragments
        if layers.present.contains(.ipv4) {
            let length = Int(bytes.byte(at: start) & 0x0F) * 4
            guard length >= 20, start + length < end else { return nil }
            header = start..<start + length
            data = start + length..<end
        } else {
            guard let found = Fragment.header(bytes, at: start, end: end) else { return nil }
            header = start..<found.offset
            data = found.offset + 8..<end
            nextHeaderPlace = found.place - start
            nextHeader = bytes.byte(at: found.offset)
            guard !data.isEmpty else { return nil }
        }
        guard !hasMore || data.count % 8 == 0 else { return nil }
        key = Fragment.key(layers, bytes)
    }

    private static func key(_ layers: Layers, _ bytes: RawSpan) -> TableKey {
        let identification = UInt64(layers.identification)
        guard layers.present.contains(.ipv6) else {
            return TableKey(
                UInt64(layers.source4) << 32 | UInt64(layers.destination4), 0, 0, 0,
                4 << 56 | UInt64(layers.protocolNumber) << 32 | identification)
        }
        let source = layers.source6(in: bytes)
        let destination = layers.destination6(in: bytes)
        return TableKey(source.high, source.low, destination.high, destination.low, 6 << 56 | identification)
    }

    /// The fragment header of an IPv6 packet, and where it is named.
    private static func header(_ bytes: RawSpan, at start: Int, end: Int) -> (offset: Int, place: Int)? {
        var place = start + 6
        var offset = start + 40
        for _ in 0..<Layers.extensionHeaderLimit {
            guard offset + 8 <= end else { return nil }
            switch bytes.byte(at: place) {
            case IPProtocol.fragment: return (offset, place)
            case IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.destinationOptions:
                place = offset
                offset += (Int(bytes.byte(at: offset + 1)) + 1) * 8
            default: return nil
            }
        }
        return nil
    }
}
