import IPLog
import Primitives

/// Records and logs that are made here, by hand or by the encoder.
enum SampleRecords {
    static let header = IPLogHeader(count: 1, sequence: 7, seconds: 1_700_000_000, microseconds: 12)

    /// A TCP packet of 40 bytes without a body.
    static let packet: [UInt8] = [
        0x45, 0, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7,
        0x9C, 0x40, 0x01, 0xBB, 1, 2, 3, 4, 0, 0, 0, 0, 0x50, 0x02, 0x20, 0, 0, 0, 0, 0,
    ]

    static var filter: IPLogFilterRecord {
        var record = IPLogFilterRecord(
            interface: IPLogName("eth0"), interfaceUnit: 3, rule: 4,
            flags: IPLogFlags.pass | IPLogFlags.log | IPLogFlags.keepState | IPLogFlags.incoming,
            packetFlags: IPLogPacketFlags.multicast, level: 158, group: IPLogName("lan"), headerLength: 40,
            bodyLength: 0, direction: 0, reason: 14, family: 2)
        record.logTag = 100
        record.natTag = IPLogName("tag")
        record.natTagNegation = 1
        return record
    }

    static var translation: IPLogTranslationRecord {
        func end(_ address: UInt32, _ port: UInt16) -> IPLogTranslationRecord.Endpoint {
            .init(.v4(IPv4Address(address)), port: port)
        }
        var record = IPLogTranslationRecord(
            action: IPLogTranslationRecord.Action.expire, kind: IPLogTranslationRecord.Kind.map,
            oldSource: end(0x0A00_0001, 1024), oldDestination: end(0xCB00_7109, 80),
            newSource: end(0xC000_0201, 40000), newDestination: end(0xCB00_7109, 80), rule: 3, protocol: 6, version: 4)
        record.packets = .init(there: 5, back: 7)
        record.bytes = .init(there: 500, back: 12_345_678_901)
        record.interfaces = (IPLogName("eth0"), IPLogName("eth1"))
        return record
    }

    static var state: IPLogStateRecord {
        var record = IPLogStateRecord(
            event: IPLogStateRecord.Event.expire, source: .v4(IPv4Address(0x0A00_0001)),
            destination: .v4(IPv4Address(0xCB00_7109)), sourcePort: 1024, destinationPort: 80, protocol: 6)
        record.packets = .init(forwardIn: 1, forwardOut: 2, backwardIn: 3, backwardOut: 4)
        record.bytes = .init(forwardIn: 10, forwardOut: 20, backwardIn: 30, backwardOut: 12_345_678_901)
        record.tcpStates = .init(source: IPLogStateRecord.TCPState.timeWait, destination: 4)
        record.tag = 100
        record.rule = 9
        record.group = IPLogName("lan")
        record.flags = 0x21
        return record
    }

    /// Appends a packet record.
    static func append(
        to buffer: inout ByteBuffer, _ header: IPLogHeader = header, _ record: IPLogFilterRecord = filter,
        packet: [UInt8] = packet, as writing: IPLogWriting = .v51
    ) {
        buffer.append(header, record, packet: packet.span.bytes, writing)
    }

    /// What `write` appends.
    static func bytes(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1024)
        write(&buffer)
        return buffer.bytes.withUnsafeBytes { [UInt8]($0) }
    }

    /// A packet record of a layout that is read and not written: header and fixed part by hand.
    static func old(_ layout: IPLogLayout, packet: [UInt8] = packet, flags: UInt32 = 0x12, count: UInt32 = 1) -> [UInt8]
    {
        var fixed = [UInt8](repeating: 0, count: layout.fixedSize(.filter))
        func put(_ number: UInt64, _ size: Int, _ offset: Int) {
            for place in 0..<size { fixed[offset + place] = UInt8(truncatingIfNeeded: number >> UInt64(8 * place)) }
        }
        let times = layout == .v32 ? 8 : layout.hasMagic ? 8 : 0
        if layout.hasMagic { put(0x4950_4C4D, 4, 0) }
        put(UInt64(count), 4, layout == .v32 ? 28 : layout.hasMagic ? 4 : 20)
        put(1_700_000_000, 8, times)
        put(12, 8, times + 8)
        put(UInt64(fixed.count + packet.count), 8, layout.sizeOffset)
        let body = layout.headerSize
        let name = Array("eth0".utf8)
        switch layout {
        case .manualPageLongNames:
            for (place, byte) in name.enumerated() { fixed[body + place] = byte }
            put(UInt64(packet.count), 1, body + 17)
            put(4, 2, body + 18)
            put(UInt64(flags), 4, body + 20)
        case .v34:
            for (place, byte) in name.enumerated() { fixed[body + 4 + place] = byte }
            put(UInt64(packet.count), 1, body + 21)
            put(0xFFFF, 2, body + 22)
            put(4, 4, body + 24)
            put(100, 4, body + 28)
            put(UInt64(flags), 4, body + 32)
            put(1, 1, body + 36)
        default:
            for (place, byte) in name.enumerated() { fixed[body + 4 + place] = byte }
            put(UInt64(packet.count), 1, body + 9)
            if layout == .v340 {
                put(0xFFFF, 2, body + 10)
                put(4, 4, body + 12)
                put(100, 4, body + 16)
                put(UInt64(flags), 4, body + 20)
            } else {
                put(4, 2, body + 10)
                put(UInt64(flags), 4, body + (layout == .v32 ? 16 : 12))
            }
        }
        var packet = packet
        if packet.count >= 8, packet[0] >> 4 == 4 {
            packet.swapAt(2, 3)
            packet.swapAt(6, 7)
        }
        return fixed + packet
    }
}
