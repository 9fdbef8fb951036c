import Primitives

// date time STATE:EVENT SRC,p -> DST,p PR tcp [tag N] [counters]

extension IPLogText {
    mutating func appendState(
        _ header: IPLogHeader, _ record: IPLogStateRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        clock.append(header, date: options.showsDate, to: &out)
        appendEvent(record, layout, to: &out)
        out.append(UInt8(ascii: " "))
        appendEnds(record, layout, to: &out)
        if layout.generation == .three {
            guard record.event != IPLogStateRecord.Event.new else { return out.append(UInt8(ascii: "\n")) }
            appendCounter(" Pkts ", record.packets.forwardIn, to: &out)
            appendCounter(" Bytes ", record.bytes.forwardIn, to: &out)
            return out.append(UInt8(ascii: "\n"))
        }
        if record.tag != 0 {
            out.append(" tag ")
            out.append(decimal: record.tag)
        }
        if record.event != IPLogStateRecord.Event.new { appendCounters(record, to: &out) }
        out.append(UInt8(ascii: "\n"))
    }

    private mutating func appendEnds(
        _ record: IPLogStateRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        let number = record.number
        let hasPorts = number == 6 || number == 17
        // 3.4 says nothing of protocols that it does not know.
        if layout.generation == .three, !hasPorts, number != 1, number != 58 { return }
        append(address(record.source, record), layout, to: &out)
        if hasPorts { append(port: record.sourcePort, protocol: number, to: &out) }
        out.append(" -> ")
        append(address(record.destination, record), layout, to: &out)
        if hasPorts { append(port: record.destinationPort, protocol: number, to: &out) }
        out.append(" PR ")
        switch number {
        case 1:
            out.append("icmp ")
            out.append(decimal: UInt32(record.icmpType))
        case 58:
            out.append("icmpv6 ")
            out.append(decimal: UInt32(record.icmpType))
        default:
            tables.append(protocol: number, to: &out)
        }
    }

    private func address(_ bytes: UInt128, _ record: IPLogStateRecord) -> IPAddress {
        record.version == 4
            ? .v4(IPv4Address(UInt32(truncatingIfNeeded: bytes >> 96))) : .v6(IPv6Address(bytes))
    }

    private func appendEvent(_ record: IPLogStateRecord, _ layout: IPLogLayout, to out: inout ByteBuffer) {
        let isThree = layout.generation == .three
        switch record.event {
        case IPLogStateRecord.Event.new: out.append("STATE:NEW")
        case IPLogStateRecord.Event.expire: out.append(record.isClosed ? "STATE:CLOSE" : "STATE:EXPIRE")
        case IPLogStateRecord.Event.flush: out.append("STATE:FLUSH")
        case IPLogStateRecord.Event.remove: out.append("STATE:REMOVE")
        case IPLogStateRecord.Event.cloned where !isThree: out.append("STATE:CLONED")
        case IPLogStateRecord.Event.intermediate where !isThree: out.append("STATE:INTERMEDIATE")
        case IPLogStateRecord.Event.killed where !isThree: out.append("STATE:KILLED")
        case IPLogStateRecord.Event.unload where !isThree: out.append("STATE:UNLOAD")
        default:
            out.append("Type: ")
            out.append(decimal: UInt32(record.event))
        }
    }

    private func appendCounters(_ record: IPLogStateRecord, to out: inout ByteBuffer) {
        appendCounter(" Forward: Pkts in ", record.packets.forwardIn, to: &out)
        appendCounter(" Bytes in ", record.bytes.forwardIn, to: &out)
        appendCounter(" Pkts out ", record.packets.forwardOut, to: &out)
        appendCounter(" Bytes out ", record.bytes.forwardOut, to: &out)
        appendCounter(" Backward: Pkts in ", record.packets.backwardIn, to: &out)
        appendCounter(" Bytes in ", record.bytes.backwardIn, to: &out)
        appendCounter(" Pkts out ", record.packets.backwardOut, to: &out)
        appendCounter(" Bytes out ", record.bytes.backwardOut, to: &out)
    }

    private func appendCounter(_ word: StaticString, _ count: UInt64, to out: inout ByteBuffer) {
        out.append(word)
        out.append(decimal: Int(Int64(bitPattern: count)))
    }
}
