import Primitives

extension Layers {
    static let tcpFacts: Presence = [.ports, .tcpFlags, .tcp, .payload]

    /// TCP (RFC 9293) in a packet that ends at `end`.
    @inline(__always)
    mutating func tcp(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        guard bytes.byteCount &- offset >= 20, end &- offset >= 20 else {
            return shortTCP(bytes, at: offset, end: end, before)
        }
        let ports = bytes.big32(at: offset)
        let lengthAndFlags = bytes.big16(at: offset &+ 12)
        sourcePort = UInt16(truncatingIfNeeded: ports >> 16)
        destinationPort = UInt16(truncatingIfNeeded: ports)
        tcpFlags = UInt8(truncatingIfNeeded: lengthAndFlags)
        let header = Int(lengthAndFlags >> 10) & 0x3C
        let behind = offset &+ header
        guard header >= 20, behind <= end, behind <= bytes.byteCount else {
            return unusualTCP(bytes, at: offset, header, end: end, before)
        }
        payloadOffset = Int32(truncatingIfNeeded: behind)
        payloadLength = UInt32(truncatingIfNeeded: end &- behind)
        return before.union(Layers.tcpFacts)
    }

    /// Ports need four bytes, flags fourteen; the rest is one with the whole header.
    @inline(never)
    private mutating func shortTCP(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        let readable = min(bytes.byteCount, end) - offset
        var present = portsIfThere(bytes, at: offset, end: end, before)
        if readable >= 14 {
            tcpFlags = bytes.byte(at: offset + 13)
            present.insert(.tcpFlags)
        }
        return short(.tcp, bytes, at: offset, needed: 20, end, present)
    }

    /// A data offset that is too small, too large, or options behind the captured bytes.
    @inline(never)
    private mutating func unusualTCP(
        _ bytes: RawSpan, at offset: Int, _ header: Int, end: Int, _ before: Presence
    ) -> Presence {
        let present = before.union([.ports, .tcpFlags, .tcp])
        guard header >= 20 else {
            return failed(.tcp, .lengthTooSmall, at: offset, needed: 20, available: header, present)
        }
        guard end - offset >= header else {
            return failed(
                .tcp, .lengthTooLarge, at: offset, needed: header, available: end - offset,
                payload(at: end, end: end, present))
        }
        // The capture ends within the options: the payload's length is known all the same.
        return short(
            .tcp, bytes, at: offset, needed: header, end, payload(at: offset + header, end: end, present))
    }

    /// The two ports that TCP, UDP, UDP-Lite and SCTP begin with, where four bytes are there.
    mutating func portsIfThere(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        guard min(bytes.byteCount, end) - offset >= 4 else { return before }
        sourcePort = bytes.big16(at: offset)
        destinationPort = bytes.big16(at: offset + 2)
        return before.union(.ports)
    }
}
