import Primitives

// ... icmp unreach/port for 198.51.100.7,53 - 192.0.2.1,1025 PR udp len 20 76

extension IPLogText {
    mutating func appendICMP(
        _ packet: RawSpan, _ head: IPLogPacketHead, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        let start = head.headerLength
        guard packet.holds(2, at: start) else { return }
        let type = packet.byte(at: start)
        out.append(" icmp ")
        ICMPNames.append(type, packet.byte(at: start + 1), names: layout.namesICMP, to: &out)
        guard [3, 4, 5, 11, 12].contains(type), packet.holds(20, at: start + 8) else { return }
        appendQuote(packet, at: start + 8, outer: head.headerLength, layout, to: &out)
    }

    func appendICMP6(
        _ packet: RawSpan, _ head: IPLogPacketHead, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        guard packet.holds(2, at: head.headerLength) else { return }
        let type = packet.byte(at: head.headerLength)
        let code = packet.byte(at: head.headerLength + 1)
        out.append(layout.namesICMP ? " icmpv6 " : " icmp ")
        ICMPNames.append6(type, code, names: layout.namesICMP, to: &out)
    }

    /// The head of the packet that an error is about. Its ports are looked for as far behind its beginning as the
    /// outer header is long: so does the original.
    private mutating func appendQuote(
        _ packet: RawSpan, at start: Int, outer: Int, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        let field = packet.big16(at: start + 6)
        let head = IPLogPacketHead(
            headerLength: Int(packet.byte(at: start) & 0xF) * 4, length: quotedLength(packet, at: start, layout),
            number: packet.byte(at: start + 9), fragment: field & 0x1FFF, moreFragments: field & 0x2000 != 0,
            dontFragment: field & 0x4000 != 0, identifier: packet.big16(at: start + 4))
        let source = IPv4Address(packet.big32(at: start + 12))
        let destination = IPv4Address(packet.big32(at: start + 16))
        let transport = start + outer
        let isFirst = head.fragment == 0
        let hasPorts = isFirst && (head.number == 6 || head.number == 17) && packet.holds(4, at: transport)
        out.append(" for ")
        append(source, layout, to: &out)
        if hasPorts { append(port: packet.big16(at: transport), protocol: head.number, to: &out) }
        out.append(" - ")
        append(destination, layout, to: &out)
        if hasPorts { append(port: packet.big16(at: transport + 2), protocol: head.number, to: &out) }
        if hasPorts { return appendProtocol(head, to: &out) }
        if isFirst, head.number == 1, packet.holds(2, at: transport) {
            appendLengths(head, name: "icmp", to: &out)
            out.append(" icmp ")
            ICMPNames.append(packet.byte(at: transport), packet.byte(at: transport + 1), names: false, to: &out)
            return
        }
        appendOther(head, to: &out)
        guard !isFirst else { return }
        if layout.generation == .three { out.append(UInt8(ascii: " ")) }
        appendFragment(head, to: &out)
    }

    /// 4.1 and later take a length above 1,500 for one in the other byte order.
    private func quotedLength(_ packet: RawSpan, at start: Int, _ layout: IPLogLayout) -> UInt16 {
        let length = packet.big16(at: start + 2)
        return layout.generation != .three && length > 1500 ? length.byteSwapped : length
    }
}
