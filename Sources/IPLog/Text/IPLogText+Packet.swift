import Primitives

// SRC,SPORT -> DST,DPORT PR tcp len HL PLEN -AS
// SRC -> DST PR gre len HL (PLEN) (frag ID:BYTES@OFFSET+-)

/// What a packet's header says that its line needs.
struct IPLogPacketHead {
    /// Bytes before the transport header.
    var headerLength: Int
    /// Bytes in all, modulo 65,536.
    var length: UInt16
    /// The protocol behind the headers.
    var number: UInt8
    /// Fragment offset in units of eight bytes; 0 in IPv6.
    var fragment: UInt16
    var moreFragments = false
    var dontFragment = false
    var identifier: UInt16 = 0
}

extension IPLogText {
    mutating func append4(
        _ packet: RawSpan, _ record: IPLogFilterRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        guard packet.byteCount >= 20 else { return }
        let isSwapped = layout.keepsHostOrder
        let field = isSwapped ? packet.little16(at: 6) : packet.big16(at: 6)
        let head = IPLogPacketHead(
            headerLength: Int(packet.byte(at: 0) & 0xF) * 4,
            length: isSwapped ? packet.little16(at: 2) : packet.big16(at: 2), number: packet.byte(at: 9),
            fragment: field & 0x1FFF, moreFragments: field & 0x2000 != 0, dontFragment: field & 0x4000 != 0,
            identifier: packet.big16(at: 4))
        let source = IPv4Address(packet.big32(at: 12))
        let destination = IPv4Address(packet.big32(at: 16))
        let ports = ports(packet, head, record)
        append(source, layout, to: &out)
        if let ports { append(port: ports.source, protocol: head.number, to: &out) }
        out.append(" -> ")
        append(destination, layout, to: &out)
        if let ports { append(port: ports.destination, protocol: head.number, to: &out) }
        if head.number == 1, head.fragment == 0 {
            appendLengths(head, name: "icmp", to: &out)
            return appendICMP(packet, head, layout, to: &out)
        }
        appendRest(packet, head, record, to: &out)
    }

    mutating func append6(
        _ packet: RawSpan, _ record: IPLogFilterRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        guard packet.byteCount >= 40 else { return }
        let head = head6(packet, layout)
        let ports = ports(packet, head, record)
        append(IPv6Address(high: packet.big64(at: 8), low: packet.big64(at: 16)), to: &out)
        if let ports { append(port: ports.source, protocol: head.number, to: &out) }
        out.append(" -> ")
        append(IPv6Address(high: packet.big64(at: 24), low: packet.big64(at: 32)), to: &out)
        if let ports { append(port: ports.destination, protocol: head.number, to: &out) }
        if head.number == 58 {
            if layout.namesICMP {
                appendLengths(head, name: "icmpv6", to: &out)
            } else {
                appendProtocol(head, to: &out)
            }
            return appendICMP6(packet, head, layout, to: &out)
        }
        appendRest(packet, head, record, to: &out)
    }

    /// The end of a line for everything but ICMP.
    @inline(__always)
    private mutating func appendRest(
        _ packet: RawSpan, _ head: IPLogPacketHead, _ record: IPLogFilterRecord, to out: inout ByteBuffer
    ) {
        if head.number == 6 || head.number == 17, head.fragment == 0 {
            appendProtocol(head, to: &out)
            if head.number == 6, !record.isShort { appendTCP(packet, head, to: &out) }
            return
        }
        appendOther(head, to: &out)
        if head.fragment != 0 {
            out.append(UInt8(ascii: " "))
            appendFragment(head, to: &out)
        }
    }

    /// ` PR gre len 20 (100)`.
    func appendOther(_ head: IPLogPacketHead, to out: inout ByteBuffer) {
        out.append(" PR ")
        tables.append(protocol: head.number, to: &out)
        out.append(" len ")
        out.append(decimal: UInt32(head.headerLength))
        out.append(" (")
        out.append(decimal: UInt32(head.length))
        out.append(UInt8(ascii: ")"))
    }

    /// The ports of a packet that has and shows them.
    @inline(__always)
    private func ports(
        _ packet: RawSpan, _ head: IPLogPacketHead, _ record: IPLogFilterRecord
    ) -> (source: UInt16, destination: UInt16)? {
        guard head.number == 6 || head.number == 17, head.fragment == 0, !record.isShort else { return nil }
        // A header that was not stored has no ports: the original takes them from whatever follows.
        guard packet.holds(4, at: head.headerLength) else { return nil }
        return (packet.big16(at: head.headerLength), packet.big16(at: head.headerLength &+ 2))
    }

    /// ` PR tcp len 20 40`.
    func appendProtocol(_ head: IPLogPacketHead, to out: inout ByteBuffer) {
        out.append(" PR ")
        tables.append(protocol: head.number, to: &out)
        appendLengths(head, to: &out)
    }

    func appendLengths(_ head: IPLogPacketHead, name: StaticString, to out: inout ByteBuffer) {
        out.append(" PR ")
        out.append(name)
        appendLengths(head, to: &out)
    }

    @inline(__always)
    private func appendLengths(_ head: IPLogPacketHead, to out: inout ByteBuffer) {
        out.append(" len ")
        out.append(decimal: UInt32(head.headerLength))
        out.append(UInt8(ascii: " "))
        out.append(decimal: UInt32(head.length))
    }

    /// ` -AS`, and with `-v` the numbers.
    private func appendTCP(_ packet: RawSpan, _ head: IPLogPacketHead, to out: inout ByteBuffer) {
        let start = head.headerLength
        let flags = packet.holds(14, at: start) ? packet.byte(at: start &+ 13) : 0
        out.append(" -")
        if flags & 0x10 != 0 { out.append(UInt8(ascii: "A")) }
        if flags & 0x04 != 0 { out.append(UInt8(ascii: "R")) }
        if flags & 0x02 != 0 { out.append(UInt8(ascii: "S")) }
        if flags & 0x01 != 0 { out.append(UInt8(ascii: "F")) }
        if flags & 0xE8 != 0 {
            if flags & 0x20 != 0 { out.append(UInt8(ascii: "U")) }
            if flags & 0x08 != 0 { out.append(UInt8(ascii: "P")) }
            if flags & 0x40 != 0 { out.append(UInt8(ascii: "E")) }
            if flags & 0x80 != 0 { out.append(UInt8(ascii: "C")) }
        }
        guard options.showsNumbers else { return }
        guard packet.holds(16, at: start) else { return appendCutNumbers(packet, at: start, to: &out) }
        out.append(UInt8(ascii: " "))
        out.append(decimal: packet.big32(at: start &+ 4))
        out.append(UInt8(ascii: " "))
        out.append(decimal: packet.big32(at: start &+ 8))
        out.append(UInt8(ascii: " "))
        out.append(decimal: UInt32(packet.big16(at: start &+ 14)))
    }

    /// The numbers of a TCP header that was not stored whole. The original takes what is missing from the record that
    /// follows, which begins with the magic number and a count: as if one with a count of 1 always did.
    @inline(never)
    private func appendCutNumbers(_ packet: RawSpan, at start: Int, to out: inout ByteBuffer) {
        func number(_ range: Range<Int>) -> UInt32 {
            range.reduce(0) { number, place in
                let missing = place - packet.byteCount
                let byte = missing < 0 ? packet.byte(at: place) : missing < 5 ? Self.following[missing] : 0
                return number << 8 | UInt32(byte)
            }
        }
        for range in [4..<8, 8..<12, 14..<16] {
            out.append(UInt8(ascii: " "))
            out.append(decimal: number(range.lowerBound + start..<range.upperBound + start))
        }
    }

    private static let following: [UInt8] = [0x4D, 0x4C, 0x50, 0x49, 1]

    /// `(frag 65534:8@8+-)`.
    func appendFragment(_ head: IPLogPacketHead, to out: inout ByteBuffer) {
        out.append("(frag ")
        out.append(decimal: UInt32(head.identifier))
        out.append(UInt8(ascii: ":"))
        out.append(decimal: UInt32(head.length &- UInt16(truncatingIfNeeded: head.headerLength)))
        out.append(UInt8(ascii: "@"))
        out.append(decimal: UInt32(head.fragment) * 8)
        if head.moreFragments { out.append(UInt8(ascii: "+")) }
        if head.dontFragment { out.append(UInt8(ascii: "-")) }
        out.append(UInt8(ascii: ")"))
    }

    /// 4.1 and later follow extension headers.
    private func head6(_ packet: RawSpan, _ layout: IPLogLayout) -> IPLogPacketHead {
        var number = packet.byte(at: 6)
        var length = 40
        if layout.generation != .three {
            follow: while packet.holds(2, at: length) {
                switch number {
                case 0, 43, 51, 60, 135:
                    number = packet.byte(at: length)
                    length += 8 + 8 * Int(packet.byte(at: length + 1))
                case 44:
                    length += 8
                    break follow
                default:
                    break follow
                }
            }
        }
        return IPLogPacketHead(
            headerLength: length, length: packet.big16(at: 4) &+ 40, number: number, fragment: 0)
    }
}

extension IPLogLayout {
    /// Whether types of ICMP have names: 3.2 and the manual page show numbers.
    var namesICMP: Bool {
        switch self {
        case .manualPage, .manualPageLongNames, .v32: false
        case .v340, .v34, .v41, .v50, .v51: true
        }
    }
}
