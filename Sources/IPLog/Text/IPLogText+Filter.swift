import Primitives

// date time [Nx] interface @group:rule action [packet] [keeps] direction [tags]

extension IPLogText {
    mutating func appendFilter(
        _ bytes: RawSpan, _ place: IPLogReader.Place, _ header: IPLogHeader, _ layout: IPLogLayout,
        to out: inout ByteBuffer
    ) -> IPLogPriority {
        out.reserve(512)
        let record = IPLogFilterRecord(bytes, at: place.start &+ layout.headerSize, layout)
        let start = place.start &+ layout.fixedSize(.filter)
        let stored = Int(record.headerLength) &+ Int(record.bodyLength)
        let packet = bytes.extracting(start..<start &+ stored)
        clock.append(header, date: options.showsDate, to: &out)
        if header.count > 1 {
            out.append(decimal: Int(Int32(bitPattern: header.count)))
            out.append("x ")
        }
        appendInterface(record, to: &out)
        out.append(" @")
        appendGroup(record, to: &out)
        out.append(UInt8(ascii: ":"))
        appendRule(record, to: &out)
        out.append(UInt8(ascii: " "))
        var priority =
            record.generation == .three ? appendAction3(record, layout, to: &out) : appendAction(record, to: &out)
        out.append(UInt8(ascii: " "))
        if record.level != IPLogFilterRecord.noLevel { priority = IPLogPriority(rawValue: record.level) }
        guard let family = family(record, packet, layout) else {
            // An unknown packet is nothing in the line; before 4.1 it was the line's end.
            if record.generation != .three { appendTail(record, layout, to: &out) }
            out.append(UInt8(ascii: "\n"))
            return priority
        }
        switch family {
        case .v4: append4(packet, record, layout, to: &out)
        case .v6: append6(packet, record, layout, to: &out)
        }
        appendTail(record, layout, to: &out)
        out.append(UInt8(ascii: "\n"))
        return priority
    }

    /// The family of a packet; nil where it is unknown, or its header is not there.
    private mutating func family(
        _ record: IPLogFilterRecord, _ packet: RawSpan, _ layout: IPLogLayout
    ) -> IPLogFamily? {
        guard packet.byteCount > 0 else { return nil }
        let version = IPLogFamily(version: packet.byte(at: 0) >> 4)
        guard layout == .v51 else { return version }
        guard let family = IPLogFamily(number: record.family), family == .v6 else {
            return IPLogFamily(number: record.family)
        }
        // One system writes a log, and has one number for IPv6: the first that an IPv6 packet shows.
        if numberOfV6 == 0, version == .v6 { numberOfV6 = record.family }
        return record.family == numberOfV6 || numberOfV6 == 0 ? family : nil
    }

    /// On Linux: a name that ends in a letter, and is not "lo", has its number behind it.
    @inline(__always)
    private func appendInterface(_ record: IPLogFilterRecord, to out: inout ByteBuffer) {
        let name = record.interface
        append(name, to: &out)
        let count = name.count
        guard count > 0, isLetter(name[count - 1]), !(count == 2 && name.low == 0x6F6C) else { return }
        out.append(decimal: Int(Int32(bitPattern: record.interfaceUnit)))
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    @inline(__always)
    private func appendGroup(_ record: IPLogFilterRecord, to out: inout ByteBuffer) {
        if record.generation == .three {
            if record.groupNumber == .max { return out.append("-1") }
            return out.append(decimal: record.groupNumber)
        }
        if record.group.low & 0xFF == 0 { return out.append(UInt8(ascii: "0")) }
        if record.group.low & 0xFFFF == 0xFF { return out.append("-1") }
        append(record.group, to: &out)
    }

    private func appendRule(_ record: IPLogFilterRecord, to out: inout ByteBuffer) {
        if record.rule == IPLogFilterRecord.noRule { return out.append("-1") }
        out.append(decimal: record.rule &+ 1)
    }

    /// 4.1 and 5.x: `S` for a short packet, and one letter more.
    private func appendAction(_ record: IPLogFilterRecord, to out: inout ByteBuffer) -> IPLogPriority {
        var priority = IPLogPriority.notice
        if record.isShort {
            out.append(UInt8(ascii: "S"))
            priority = .error
        }
        let flags = record.flags
        switch flags & IPLogFlags.command {
        case IPLogFlags.pass:
            out.append(UInt8(ascii: "p"))
        case IPLogFlags.block:
            out.append(UInt8(ascii: "b"))
            priority = .warning
        case 0 where flags & IPLogFlags.log != 0:
            out.append(UInt8(ascii: "L"))
            priority = .informational
        case _ where flags & IPLogFlags.loggedNoMatch != 0:
            out.append(UInt8(ascii: "n"))
        default:
            out.append(UInt8(ascii: "?"))
            priority = .emergency
        }
        return priority
    }

    /// 3.x: one letter; a capital one where a global setting and not the rule logs. 3.2 has no capitals, and asks for
    /// both bits.
    private func appendAction3(
        _ record: IPLogFilterRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) -> IPLogPriority {
        let flags = record.flags
        let logs = flags & IPLogFlags.log != 0
        let needsLog = layout == .v32
        if record.isShort {
            out.append(UInt8(ascii: "S"))
            return .error
        }
        if flags & IPLogFlags.pass != 0, logs || !needsLog {
            out.append(UInt8(ascii: logs ? "p" : "P"))
            return .notice
        }
        if flags & IPLogFlags.block != 0, logs || !needsLog {
            out.append(UInt8(ascii: logs ? "b" : "B"))
            return .warning
        }
        if flags & IPLogFlags.loggedNoMatch != 0 {
            out.append(UInt8(ascii: "n"))
            return .notice
        }
        out.append(UInt8(ascii: "L"))
        return .informational
    }
}

extension IPLogFamily {
    /// By the version in an IP header; nil for any other than 4 and 6.
    @inlinable
    public init?(version: UInt8) {
        switch version {
        case 4: self = .v4
        case 6: self = .v6
        default: return nil
        }
    }
}
