import Primitives

// A record of the firewall's log (LINKTYPE_NFLOG): a header of four bytes, then attributes, one of which is the
// packet. An attribute's length and type are in the byte order of the machine that captured, its value mostly in
// network order (linux/netfilter/nfnetlink_log.h).

/// Attribute types.
private enum NFLOGAttribute {
    static let packetHeader: UInt16 = 1
    static let input: UInt16 = 4
    static let output: UInt16 = 5
    static let hardwareAddress: UInt16 = 8
    static let payload: UInt16 = 9
    static let prefix: UInt16 = 10
    static let userID: UInt16 = 11
    static let hardwareType: UInt16 = 15
    static let hardwareHeader: UInt16 = 16
}

/// What a walk over the attributes gathers.
private struct NFLOGRecord {
    var present: Layers.Presence = []
    var hook: UInt8?
    var hardwareProtocol: UInt16?
    var hardwareType: UInt16?
    var hardwareHeader: Range<Int>?
    var payload: Range<Int>?
}

extension Layers {
    /// A record; the packet in it is decoded by the record's address family.
    @inline(never)
    mutating func nflog(_ bytes: RawSpan, end: Int) -> Presence {
        let captured = bytes.byteCount
        networkOffset = 0
        guard captured >= 4 else { return short(.nflog, bytes, at: 0, needed: 4, end, []) }
        let version = bytes.byte(at: 1)
        guard version == 0 else {
            return failed(.nflog, .badVersion, at: 0, needed: 0, available: Int(version), [])
        }
        var record = NFLOGRecord()
        walk(bytes, end: end, &record)
        if let header = record.hardwareHeader, record.hardwareType ?? 1 == 1, header.count == 14 {
            destinationMAC = Int32(truncatingIfNeeded: header.lowerBound)
            sourceMAC = Int32(truncatingIfNeeded: header.lowerBound + 6)
            record.present.formUnion([.sourceMAC, .destinationMAC])
        }
        noteDirection(&record, family: bytes.byte(at: 0))
        if let type = record.hardwareProtocol, type != 0 {
            etherType = type
            record.present.insert(.etherType)
        }
        guard let payload = record.payload else { return record.present }
        networkOffset = Int32(truncatingIfNeeded: payload.lowerBound)
        // The record keeps as much of the packet as the rule asked for, and nobody says how long it was but its own
        // header.
        let packet = bytes.extracting(0..<payload.upperBound)
        let offset = payload.lowerBound
        switch bytes.byte(at: 0) {
        case 2: return network(packet, EtherType.ipv4, at: offset, end: Layers.unknownEnd, record.present)
        case 10: return network(packet, EtherType.ipv6, at: offset, end: Layers.unknownEnd, record.present)
        default:
            if let type = record.hardwareProtocol {
                return network(packet, type, at: offset, end: Layers.unknownEnd, record.present)
            }
            return rawIP(packet, at: offset, end: Layers.unknownEnd, record.present)
        }
    }

    private mutating func walk(_ bytes: RawSpan, end: Int, _ record: inout NFLOGRecord) {
        let captured = bytes.byteCount
        // The first attribute shows the byte order: types are small numbers.
        let swapped = captured >= 8 && bytes.little16(at: 6) > 0xFF
        var offset = 4
        while captured - offset >= 4 {
            let length = Int(swapped ? bytes.big16(at: offset) : bytes.little16(at: offset))
            let type = swapped ? bytes.big16(at: offset + 2) : bytes.little16(at: offset + 2)
            guard length >= 4 else {
                record.present = failed(
                    .nflog, .lengthTooSmall, at: offset, needed: 4, available: length, record.present)
                return
            }
            var valueEnd = offset + length
            if valueEnd > captured {
                record.present = failed(
                    .nflog, .truncated, at: offset, needed: length, available: captured - offset, record.present)
                // The packet itself may be cut off; any other value is no value then.
                guard type == NFLOGAttribute.payload else { return }
                valueEnd = captured
            }
            note(type, bytes, offset + 4..<valueEnd, &record)
            offset += (length + 3) & ~3
        }
        if end - offset >= 4 { record.present = short(.nflog, bytes, at: offset, needed: 4, end, record.present) }
    }

    private mutating func note(_ type: UInt16, _ bytes: RawSpan, _ value: Range<Int>, _ record: inout NFLOGRecord) {
        let start = value.lowerBound
        switch type {
        case NFLOGAttribute.packetHeader where value.count >= 3:
            record.hardwareProtocol = bytes.big16(at: start)
            record.hook = bytes.byte(at: start + 2)
        case NFLOGAttribute.input where value.count >= 4:
            inputIndex = bytes.big32(at: start)
            record.present.insert(.inputIndex)
        case NFLOGAttribute.output where value.count >= 4:
            outputIndex = bytes.big32(at: start)
            record.present.insert(.outputIndex)
        case NFLOGAttribute.hardwareAddress where value.count >= 10 && bytes.big16(at: start) == 6:
            sourceMAC = Int32(truncatingIfNeeded: start + 4)
            record.present.insert(.sourceMAC)
        case NFLOGAttribute.payload: record.payload = value
        case NFLOGAttribute.prefix: notePrefix(bytes, value, &record.present)
        case NFLOGAttribute.userID where value.count >= 4:
            userID = bytes.big32(at: start)
            record.present.insert(.userID)
        case NFLOGAttribute.hardwareType where value.count >= 2: record.hardwareType = bytes.big16(at: start)
        case NFLOGAttribute.hardwareHeader: record.hardwareHeader = value
        default: break
        }
    }

    private mutating func noteDirection(_ record: inout NFLOGRecord, family: UInt8) {
        let direction = FrameDirection(
            logFamily: family, hook: record.hook, hasInput: record.present.contains(.inputIndex),
            hasOutput: record.present.contains(.outputIndex))
        guard direction != .unknown else { return }
        linkDirection = direction
        record.present.insert(.linkDirection)
    }

    private mutating func notePrefix(_ bytes: RawSpan, _ value: Range<Int>, _ present: inout Presence) {
        let prefix = NFLOGPrefix(bytes, value)
        if let known = prefix.verdict {
            verdict = known
            present.insert(.verdict)
        }
        if !prefix.name.isEmpty {
            ruleOffset = Int32(truncatingIfNeeded: prefix.name.lowerBound)
            ruleLength = Int32(truncatingIfNeeded: prefix.name.count)
            present.insert(.rule)
        }
        if let number = prefix.ruleNumber {
            ruleGroupOffset = Int32(truncatingIfNeeded: prefix.group.lowerBound)
            ruleGroupLength = Int32(truncatingIfNeeded: prefix.group.count)
            ruleNumber = number
            present.insert(.ruleNumber)
        }
    }
}
