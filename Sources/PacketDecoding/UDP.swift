import Primitives

extension Layers {
    static let udpFacts: Presence = [.ports, .udp, .payload]

    /// UDP (RFC 768) in a packet that ends at `end`.
    @inline(__always)
    mutating func udp(_ bytes: RawSpan, at offset: Int, end: Int, fragment: Bool, _ before: Presence) -> Presence {
        guard bytes.byteCount &- offset >= 8, end &- offset >= 8 else {
            return shortUDP(bytes, at: offset, end: end, before)
        }
        let header = bytes.big64(at: offset)
        sourcePort = UInt16(truncatingIfNeeded: header >> 48)
        let destination = UInt16(truncatingIfNeeded: header >> 32)
        destinationPort = destination
        let length = Int(truncatingIfNeeded: header >> 16) & 0xFFFF
        payloadOffset = Int32(truncatingIfNeeded: offset &+ 8)
        payloadLength = UInt32(truncatingIfNeeded: length &- 8)
        var present = before.union(Layers.udpFacts)
        var stop = offset &+ length
        if length < 8 || stop > end {
            present = unusualUDP(at: offset, length, end: end, fragment: fragment, present)
            stop = end
        }
        // The ports of all tunnels over UDP lie in 2152...8472: others are passed by with one comparison.
        if destination &- UDPPort.gtp <= UDPPort.vxlanLinux - UDPPort.gtp {
            return udpTunnel(bytes, destination, at: offset &+ 8, end: stop, present)
        }
        return present
    }

    /// Only ports, where they are there.
    @inline(never)
    private mutating func shortUDP(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        short(.udp, bytes, at: offset, needed: 8, end, portsIfThere(bytes, at: offset, end: end, before))
    }

    /// A length field that does not fit: the IP packet's length decides.
    @inline(never)
    private mutating func unusualUDP(
        at offset: Int, _ length: Int, end: Int, fragment: Bool, _ before: Presence
    ) -> Presence {
        let present = payload(at: offset + 8, end: end, before)
        // A jumbogram says 0 (RFC 2675), and so does a segment that a network card has still to cut up.
        if length == 0 { return present }
        if length < 8 { return failed(.udp, .lengthTooSmall, at: offset, needed: 8, available: length, present) }
        // The first fragment speaks of the whole datagram.
        if fragment { return present }
        return failed(.udp, .lengthTooLarge, at: offset, needed: length, available: end - offset, present)
    }

    /// UDP-Lite (RFC 3828): its length field is the checksum's coverage, so IP's length is the packet's.
    mutating func udpLite(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        let present = portsIfThere(bytes, at: offset, end: end, before)
        guard min(bytes.byteCount, end) - offset >= 8 else {
            return short(.udp, bytes, at: offset, needed: 8, end, present)
        }
        return payload(at: offset + 8, end: end, present.union(.udp))
    }
}

/// Ports that are known to carry packets.
enum UDPPort {
    static let gtp: UInt16 = 2152
    static let vxlan: UInt16 = 4789
    static let geneve: UInt16 = 6081
    /// What Linux used before the registration, and still uses by default.
    static let vxlanLinux: UInt16 = 8472
}
