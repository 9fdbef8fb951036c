import Primitives

// Linux "cooked" captures (LINKTYPE_LINUX_SLL and _SLL2): what the kernel tells instead of a link header.

extension Layers {
    /// Version 1: sixteen bytes.
    mutating func linuxCooked(_ bytes: RawSpan, end: Int) -> Presence {
        networkOffset = 0
        guard min(bytes.byteCount, end) >= 16 else { return short(.link, bytes, at: 0, needed: 16, end, []) }
        var present = notePacketType(bytes.big16(at: 0))
        if bytes.big16(at: 4) == 6 {
            sourceMAC = 6
            present.insert(.sourceMAC)
        }
        return cookedProtocol(
            bytes, bytes.big16(at: 14), hardware: bytes.big16(at: 2), at: 16, end: end, present)
    }

    /// Version 2: twenty bytes, with the interface's index.
    mutating func linuxCookedV2(_ bytes: RawSpan, end: Int) -> Presence {
        networkOffset = 0
        guard min(bytes.byteCount, end) >= 20 else { return short(.link, bytes, at: 0, needed: 20, end, []) }
        var present = notePacketType(UInt16(bytes.byte(at: 10)))
        switch linkDirection {
        case .incoming:
            inputIndex = bytes.big32(at: 4)
            present.insert(.inputIndex)
        case .outgoing:
            outputIndex = bytes.big32(at: 4)
            present.insert(.outputIndex)
        case .unknown: break
        }
        if bytes.byte(at: 11) == 6 {
            sourceMAC = 12
            present.insert(.sourceMAC)
        }
        return cookedProtocol(
            bytes, bytes.big16(at: 0), hardware: bytes.big16(at: 8), at: 20, end: end, present)
    }

    /// To us, broadcast and multicast were received; 4 is what we sent; 3 was for others and merely seen.
    private mutating func notePacketType(_ type: UInt16) -> Presence {
        switch type {
        case 0, 1, 2: linkDirection = .incoming
        case 4: linkDirection = .outgoing
        default:
            linkDirection = .unknown
            return []
        }
        return .linkDirection
    }

    private mutating func cookedProtocol(
        _ bytes: RawSpan, _ type: UInt16, hardware: UInt16, at offset: Int, end: Int, _ before: Presence
    ) -> Presence {
        networkOffset = Int32(truncatingIfNeeded: offset)
        switch hardware {
        // Netlink, 802.11 and radiotap: the protocol is no EtherType.
        case 824: return before
        case 801, 802, 803:
            return failed(.wireless, .unsupportedLink, at: offset, needed: 0, available: 0, before)
        default: break
        }
        // 4 announces 802.2; the other small numbers nothing that carries IP.
        if type == 4 { return llc(bytes, at: offset, end: end, before) }
        guard type > 1500 else { return before }
        return afterLink(bytes, type, at: offset, end: end, before)
    }
}
