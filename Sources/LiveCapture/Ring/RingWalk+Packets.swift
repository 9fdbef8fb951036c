public import PacketDecoding
import Primitives
public import SystemCalls

extension RingWalk {
    /// The next packet of the open block; nil at its end. About 10 ns, and a cache line or two of the kernel's memory.
    @inlinable @inline(__always)
    mutating func next() -> Frame? {
        while remaining > 0 {
            remaining &-= 1
            let start = position
            let room = blockEnd - start
            guard room >= RingLayout.packetHeader else {
                abandonBlock()
                return nil
            }
            let header = RingHeader(map.bytes(at: start, count: RingLayout.packetHeader))
            guard header.link >= RingLayout.packetHeader, header.link <= room, header.captured <= room - header.link,
                remaining == 0 || (header.step >= RingLayout.packetHeader && header.step <= room)
            else {
                abandonBlock()
                return nil
            }
            if remaining > 0 {
                position = start &+ header.step
                // The kernel wrote it on another processor, perhaps: while this packet is worked on, the next one's
                // header and the headers behind it are on their way.
                map.prefetch(at: position)
                map.prefetch(at: position &+ 64)
                map.prefetch(at: position &+ 128)
            }
            packetStart = start &+ header.link
            packetLength = header.captured
            var frame = Frame(
                time: header.time, capturedLength: header.captured, originalLength: header.original,
                linkType: .ethernet, direction: header.isOutgoing ? .outgoing : .incoming,
                interface: InterfaceID(rawValue: UInt16(truncatingIfNeeded: header.interface)))
            if !header.isCommon || watched != nil {
                guard settle(&frame, header, at: start) else { continue }
            }
            counters.packets &+= 1
            counters.bytes &+= UInt64(truncatingIfNeeded: frame.originalLength)
            return frame
        }
        return nil
    }

    /// The block's headers make no sense: nothing more of it can be found.
    @usableFromInline @inline(never)
    mutating func abandonBlock() {
        counters.malformed &+= 1
        remaining = 0
        packetLength = 0
    }

    /// What is not true of every Ethernet frame; false where the frame is not handed out.
    @usableFromInline @inline(never)
    mutating func settle(_ frame: inout Frame, _ header: RingHeader, at start: Int) -> Bool {
        if header.hardware == HardwareType.loopback, header.isOutgoing { return false }
        if let watched, !watched.contains(header.interface) { return false }
        if header.interface >= RingHeader.interfaceLimit {
            unnumbered &+= 1
            frame.interface = .none
            frame.incoming = .none
            frame.outgoing = .none
        }
        switch header.hardware {
        case HardwareType.ethernet, HardwareType.loopback:
            if header.status & RingLayout.hasTag != 0 { putTagBack(&frame, header, at: start) }
        case HardwareType.wireless: frame.linkType = .ieee80211
        case HardwareType.wirelessRadiotap: frame.linkType = .ieee80211Radiotap
        default: cutLinkHeader(&frame, header)
        }
        return true
    }

    /// Tunnels, PPP, WireGuard, and whatever else has a link header that nobody reads or none at all: the packet begins
    /// at its network header.
    private mutating func cutLinkHeader(_ frame: inout Frame, _ header: RingHeader) {
        frame.linkType = .raw
        let cut = header.network - header.link
        guard cut >= 0, cut <= packetLength else { return }
        packetStart += cut
        packetLength -= cut
        frame.capturedLength -= cut
        frame.originalLength = max(frame.capturedLength, frame.originalLength - cut)
    }

    /// The kernel (or the card) took the frame's outermost tag off. The kernel leaves at least as much room before a
    /// frame as its link header is long, so that moving the two addresses to the front is cheaper than a ring with more
    /// room.
    private mutating func putTagBack(_ frame: inout Frame, _ header: RingHeader, at start: Int) {
        guard packetLength >= 12, packetStart - start - 4 >= RingLayout.packetHeader else { return }
        let (kind, tag) = header.tag(in: map.bytes(at: start, count: RingLayout.packetHeader))
        map.move(12, from: packetStart, to: packetStart - 4)
        map.storeBig16(kind, at: packetStart + 8)
        map.storeBig16(tag, at: packetStart + 10)
        packetStart -= 4
        packetLength += 4
        frame.capturedLength += 4
        frame.originalLength += 4
    }
}
