import Primitives

// How the decoder is built.
//
// Every protocol is one function in a file of its own. It is given the frame's bytes, the offset of its
// header, and `end`: where the packet ends on the wire as far as the headers before it say. `end` may lie
// behind the captured bytes (snap length) or before the last of them (Ethernet padding), so what can be read
// ends at the smaller of the two. It is also given the facts found so far and answers with those and its own;
// `present` is stored once, when all is done.
//
// Only Ethernet, IPv4, TCP and UDP in their plain form are inlined into `decode`; all else is called.

extension Layers {
    /// Frames of more bytes are not decoded: offsets are 32 bits wide.
    static let longestFrame = 1 << 30
    /// As `end`: nobody says where the packet ends on the wire; its own length field does.
    static let unknownEnd = 1 << 40

    static let ethernetFacts: Presence = [.sourceMAC, .destinationMAC, .etherType]

    /// Decodes one frame; whatever stood here before is forgotten.
    ///
    /// Total: any bytes give the facts that were understood and at most one error, the first. `bytes` are the
    /// captured ones. Costs about 10 ns for TCP or UDP over IPv4 over Ethernet, and never allocates.
    public mutating func decode(_ bytes: RawSpan, of frame: Frame) {
        let captured = bytes.byteCount
        guard frame.linkType == .ethernet, captured >= 34, captured <= Layers.longestFrame,
            bytes.big16(at: 12) == EtherType.ipv4
        else {
            present = decodeLink(bytes, frame.linkType, end: max(frame.originalLength, captured))
            return
        }
        destinationMAC = 0
        sourceMAC = 6
        etherType = EtherType.ipv4
        present = ipv4(bytes, at: 14, end: max(frame.originalLength, captured), Layers.ethernetFacts)
    }

    /// Decodes the packet inside the tunnel that `outer` found in the same `bytes`; offsets stay absolute in them.
    ///
    /// `originalLength` is the frame's length on the wire. False, and no facts at all, where `outer` has no tunnel.
    public mutating func decodeInner(of outer: Layers, _ bytes: RawSpan, originalLength: Int) -> Bool {
        guard outer.present.contains(.tunnel), bytes.byteCount <= Layers.longestFrame else {
            present = []
            return false
        }
        let offset = Int(outer.tunnelOffset)
        // The outer packet's length decides: it fits the frame, or is all that is known (a record of the firewall's
        // log keeps only a packet's beginning).
        let end =
            outer.present.contains(.payload)
            ? Int(outer.payloadOffset) + Int(outer.payloadLength) : max(originalLength, bytes.byteCount)
        switch outer.tunnel {
        case .ipv4: present = plainIPv4(bytes, at: offset, end: end, [])
        case .ipv6: present = ipv6(bytes, at: offset, end: end, [])
        case .ethernet: present = ethernet(bytes, at: offset, end: end, [])
        case .ppp: present = ppp(bytes, at: offset, end: end, [])
        }
        return true
    }

    @inline(never)
    private mutating func decodeLink(_ bytes: RawSpan, _ link: LinkType, end: Int) -> Presence {
        guard bytes.byteCount <= Layers.longestFrame else {
            return failed(.link, .tooManyHeaders, at: 0, needed: Layers.longestFrame, available: bytes.byteCount, [])
        }
        switch link {
        case .ethernet: return ethernet(bytes, at: 0, end: end, [])
        case .linuxCooked: return linuxCooked(bytes, end: end)
        case .linuxCookedV2: return linuxCookedV2(bytes, end: end)
        case .null, .loop: return loopback(bytes, end: end)
        case .raw, .rawBSD, .rawOpenBSD: return rawIP(bytes, at: 0, end: end, [])
        case .ipv4: return plainIPv4(bytes, at: 0, end: end, [])
        case .ipv6: return ipv6(bytes, at: 0, end: end, [])
        case .ppp, .pppHDLC: return pppFrame(bytes, end: end)
        case .pppEthernet: return pppoe(bytes, at: 0, end: end, [])
        case .nflog: return nflog(bytes, end: end)
        case .ieee80211, .ieee80211Radiotap:
            networkOffset = 0
            return failed(.wireless, .unsupportedLink, at: 0, needed: 0, available: bytes.byteCount, [])
        default:
            networkOffset = 0
            return failed(.link, .unsupportedLink, at: 0, needed: 0, available: bytes.byteCount, [])
        }
    }

    /// An IP packet of the family that its version field says.
    mutating func rawIP(_ bytes: RawSpan, at offset: Int, end: Int, _ before: Presence) -> Presence {
        networkOffset = Int32(truncatingIfNeeded: offset)
        guard offset < min(bytes.byteCount, end) else {
            return short(.ipv4, bytes, at: offset, needed: 20, end, before)
        }
        let version = bytes.byte(at: offset) >> 4
        switch version {
        case 4: return plainIPv4(bytes, at: offset, end: end, before)
        case 6: return ipv6(bytes, at: offset, end: end, before)
        default: return failed(.ipv4, .badVersion, at: offset, needed: 4, available: Int(version), before)
        }
    }
}

// Errors

extension Layers {
    /// Notes what stopped the decoder, unless something did before.
    @inline(never)
    mutating func failed(
        _ layer: DecodeError.Layer, _ reason: DecodeError.Reason, at offset: Int, needed: Int, available: Int,
        _ before: Presence
    ) -> Presence {
        guard !before.contains(.error) else { return before }
        error = DecodeError(
            layer: layer, reason: reason, offset: Int32(clamping: offset), needed: Int32(clamping: needed),
            available: Int32(clamping: available))
        return before.union(.error)
    }

    /// Notes that fewer than `needed` bytes stand at `offset`: cut off by the capture, or by a length field.
    @inline(never)
    mutating func short(
        _ layer: DecodeError.Layer, _ bytes: RawSpan, at offset: Int, needed: Int, _ end: Int, _ before: Presence
    ) -> Presence {
        let cut = end - offset >= needed
        return failed(
            layer, cut ? .truncated : .lengthTooSmall, at: offset, needed: needed,
            available: max(0, min(bytes.byteCount, end) - offset), before)
    }
}
