import IPLog
import Primitives

// What an ipl record says, as the firewall's log would have said it (linux/netfilter/nfnetlink_log.h).

extension ByteBuffer {
    /// Appends a record of the firewall's log: the family, a prefix with verdict, group and rule, and `packet`.
    mutating func appendLogRecord(_ record: IPLogFilterRecord, _ packet: RawSpan, _ layout: IPLogLayout) {
        let isIPv6 = packet.byteCount > 0 && packet.byte(at: 0) >> 4 == 6
        append(isIPv6 ? 10 : 2)
        append(0)
        appendLittle(UInt16(0))
        if record.direction < 2 {
            // The packet's header: EtherType and hook, those of what is for us or from us.
            appendAttributeHead(1, length: 4)
            appendBig(UInt16(isIPv6 ? 0x86DD : 0x0800))
            append(record.direction == 0 ? 1 : 3)
            append(0)
        }
        appendPrefix(record)
        appendAttributeHead(9, length: packet.byteCount)
        IPLogPacket.append(packet, layout, to: &self)
        appendZeros(-packet.byteCount & 3)
    }

    private mutating func appendAttributeHead(_ type: UInt16, length: Int) {
        appendLittle(UInt16(clamping: length + 4))
        appendLittle(type)
    }

    /// `DROP @0:5 @0:5`: group and number, and, since a record has no name of its rule, the same in its place.
    private mutating func appendPrefix(_ record: IPLogFilterRecord) {
        let start = count
        appendAttributeHead(10, length: 0)
        switch record.verdict {
        case .passed: append("PERMIT ")
        case .blocked: append("DROP ")
        case .noMatch, .logged: break
        }
        if record.rule != IPLogFilterRecord.noRule, let group = group(of: record) {
            appendMark(group, record.rule)
            append(UInt8(ascii: " "))
            appendMark(group, record.rule)
        }
        append(0)
        overwriteLittle(UInt16(clamping: count - start), at: start)
        appendZeros(-(count - start) & 3)
    }

    private mutating func appendMark(_ group: String, _ rule: UInt32) {
        append(UInt8(ascii: "@"))
        append(group)
        append(UInt8(ascii: ":"))
        append(decimal: UInt64(rule) + 1)
    }

    /// Nil for none, and for what would not be read as a group again.
    private func group(of record: IPLogFilterRecord) -> String? {
        if record.generation == .three {
            return record.groupNumber == IPLogFilterRecord.noRule ? nil : "\(record.groupNumber)"
        }
        if record.group == .none { return nil }
        let text = record.group.text
        if text.isEmpty { return "0" }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
    }
}
