import Primitives

// date time @RULE NAT:ACTION-TYPE OSRC,p <- -> NSRC,p [ODST,p] proto

extension IPLogText {
    mutating func appendTranslation(
        _ header: IPLogHeader, _ record: IPLogTranslationRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        clock.append(header, date: options.showsDate, to: &out)
        out.append(UInt8(ascii: "@"))
        out.append(decimal: Int(Int16(truncatingIfNeeded: record.rule &+ 1)))
        out.append(UInt8(ascii: " "))
        if layout.generation == .five {
            append5(record, layout, to: &out)
        } else {
            append4(record, layout, to: &out)
        }
        out.append(UInt8(ascii: "\n"))
    }

    private mutating func append5(
        _ record: IPLogTranslationRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        out.append("NAT:")
        appendAction(record.action, to: &out)
        out.append(UInt8(ascii: "-"))
        appendKind(record.kind, to: &out)
        out.append(UInt8(ascii: " "))
        let number = record.protocols.before
        let version = record.versions.before
        append(record.oldSource, version, number, layout, to: &out)
        if 1...4 ~= record.kind {
            out.append(" <- -> ")
            append(record.newSource, version, number, layout, to: &out)
            out.append(" [")
            append(record.oldDestination, version, number, layout, to: &out)
            out.append("] ")
        } else {
            out.append(UInt8(ascii: " "))
            append(record.oldDestination, version, number, layout, to: &out)
            out.append(" <- -> ")
            append(record.newSource, version, number, layout, to: &out)
            out.append(UInt8(ascii: " "))
            append(record.newDestination, version, number, layout, to: &out)
            out.append(UInt8(ascii: " "))
        }
        tables.append(protocol: number, to: &out)
        switch record.action {
        case IPLogTranslationRecord.Action.flush, IPLogTranslationRecord.Action.expire:
            appendCounters(record, to: &out)
        default:
            break
        }
    }

    /// 3.4 and 4.1: one number for what happened, and the inner, outer and other end.
    private mutating func append4(
        _ record: IPLogTranslationRecord, _ layout: IPLogLayout, to out: inout ByteBuffer
    ) {
        appendEvent(record.event, layout, to: &out)
        out.append(UInt8(ascii: " "))
        let number = record.protocols.before
        append(record.oldSource, 4, number, layout, to: &out)
        out.append(" <- -> ")
        append(record.newSource, 4, number, layout, to: &out)
        out.append(" [")
        append(record.oldDestination, 4, number, layout, to: &out)
        if layout.generation == .four {
            out.append(" PR ")
            tables.append(protocol: number, to: &out)
        }
        out.append(UInt8(ascii: "]"))
        guard record.event == 0xFFFF else { return }
        if layout.generation == .four { return appendCounters(record, to: &out) }
        out.append(" Pkts ")
        out.append(decimal: Int(Int64(bitPattern: record.packets.there)))
        out.append(" Bytes ")
        out.append(decimal: Int(Int64(bitPattern: record.bytes.there)))
    }

    private mutating func append(
        _ end: IPLogTranslationRecord.Endpoint, _ version: UInt8, _ number: UInt8, _ layout: IPLogLayout,
        to out: inout ByteBuffer
    ) {
        append(end.address(version: version), layout, to: &out)
        append(port: end.port, protocol: number, to: &out)
    }

    private func appendCounters(_ record: IPLogTranslationRecord, to out: inout ByteBuffer) {
        out.append(" Pkts ")
        out.append(decimal: Int(Int64(bitPattern: record.packets.there)))
        out.append(UInt8(ascii: "/"))
        out.append(decimal: Int(Int64(bitPattern: record.packets.back)))
        out.append(" Bytes ")
        out.append(decimal: Int(Int64(bitPattern: record.bytes.there)))
        out.append(UInt8(ascii: "/"))
        out.append(decimal: Int(Int64(bitPattern: record.bytes.back)))
    }

    private func appendAction(_ action: UInt32, to out: inout ByteBuffer) {
        switch action {
        case IPLogTranslationRecord.Action.new: out.append("NEW")
        case IPLogTranslationRecord.Action.clone: out.append("CLONE")
        case IPLogTranslationRecord.Action.purge: out.append("PURGE")
        case IPLogTranslationRecord.Action.destroy: out.append("DESTROY")
        case IPLogTranslationRecord.Action.flush: out.append("FLUSH")
        case IPLogTranslationRecord.Action.expire: out.append("EXPIRE")
        default: appendNumber("Action(", action, to: &out)
        }
    }

    private func appendKind(_ kind: UInt32, to out: inout ByteBuffer) {
        switch kind {
        case 1: out.append("MAP")
        case 2: out.append("RDR")
        case 3: out.append("BIMAP")
        case 4: out.append("MAPBLOCK")
        case 9: out.append("RWR_MAP")
        case 10: out.append("RWR_RDR")
        case 0x11: out.append("ENC_MAP")
        case 0x12: out.append("ENC_RDR")
        case 0x21: out.append("DIV_MAP")
        case 0x22: out.append("DIV_RDR")
        default: appendNumber("Type(", kind, to: &out)
        }
    }

    private func appendNumber(_ word: StaticString, _ number: UInt32, to out: inout ByteBuffer) {
        out.append(word)
        out.append(decimal: Int(Int32(bitPattern: number)))
        out.append(UInt8(ascii: ")"))
    }

    private func appendEvent(_ event: UInt16, _ layout: IPLogLayout, to out: inout ByteBuffer) {
        let isFour = layout.generation == .four
        let knowsBlocks = layout != .v32 && !layout.isManualPage
        switch event {
        case 1: out.append("NAT:MAP")
        case 2: out.append("NAT:RDR")
        case 0xFFFF: out.append("NAT:EXPIRE")
        case 3 where knowsBlocks: out.append("NAT:BIMAP")
        case 4 where knowsBlocks: out.append("NAT:MAPBLOCK")
        case 0xFFFE where knowsBlocks: out.append("NAT:FLUSH")
        case 0xFFFD where isFour: out.append("NAT:CLONE")
        case 0xFFFC where isFour: out.append("NAT:DESTROY")
        default:
            out.append("Type: ")
            out.append(decimal: UInt32(event))
        }
    }
}

extension IPLogLayout {
    /// Whether it is one of the manual page's.
    var isManualPage: Bool { !hasMagic }
}
