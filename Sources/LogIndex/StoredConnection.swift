import PacketDecoding
import Primitives
public import Records

/// A connection's own facts as they stand in an entry.
enum StoredConnection {
    /// Bytes behind presence and zone.
    static func length(_ present: ConnectionRecord.Presence, isIPv4: Bool) -> Int {
        var length = 0
        if present.contains(.id) { length += 4 }
        if present.contains(.started) { length += 8 }
        if present.contains(.ended) { length += 8 }
        if present.contains(.counters) { length += 32 }
        if present.contains(.reply) { length += isIPv4 ? 12 : 36 }
        if present.contains(.status) { length += 4 }
        if present.contains(.mark) { length += 4 }
        if present.contains(.icmp) { length += 2 }
        return length
    }
}

extension IndexBlockReader {
    /// The connection that a line tells of, as it was given to the builder; rules, hosts and users are numbers of the
    /// block's names (`packetNames`). Facts that it does not have are 0. Nil for any other line.
    public mutating func connection(of line: StoredLine, _ block: RawSpan) -> ConnectionRecord? {
        guard line.isConnection, select(line.shape, block) else { return nil }
        let packet = shape.record
        let isIPv4 = packet.present.contains(.ipv4)
        guard block.holds(4, at: line.details) else { return nil }
        var present = ConnectionRecord.Presence(rawValue: block.little16(at: line.details))
        guard block.holds(4 + StoredConnection.length(present, isIPv4: isIPv4), at: line.details) else { return nil }
        var record = ConnectionRecord(time: line.time)
        record.zone = block.little16(at: line.details + 2)
        var cursor = ShapeCursor(offset: line.details + 4)
        read(&record, present, isIPv4, block, &cursor)
        // The shape decides, whatever a damaged entry says.
        if isIPv4 { present.insert(.ipv4) } else { present.remove(.ipv4) }
        record.present = present
        record.tcpState = line.tcpFlags
        record.protocolNumber = packet.protocolNumber
        record.icmpType = packet.icmpType
        record.icmpCode = packet.icmpCode
        record.original.source = packet.sourceIP
        record.original.destination = packet.destinationIP
        record.original.sourcePort = packet.sourcePort
        record.original.destinationPort = packet.destinationPort
        record.rule = UInt32(shape.rule)
        record.sourceUser = packet.sourceUser
        record.destinationUser = packet.destinationUser
        record.sourceHost = packet.sourceHost
        record.destinationHost = packet.destinationHost
        return record
    }

    private func read(
        _ record: inout ConnectionRecord, _ present: ConnectionRecord.Presence, _ isIPv4: Bool, _ block: RawSpan,
        _ cursor: inout ShapeCursor
    ) {
        if present.contains(.id) { record.id = cursor.number32(block) }
        if present.contains(.started) { record.started.nanoseconds = Int64(bitPattern: cursor.number64(block)) }
        if present.contains(.ended) { record.ended.nanoseconds = Int64(bitPattern: cursor.number64(block)) }
        if present.contains(.counters) {
            record.sentPackets = cursor.number64(block)
            record.sentBytes = cursor.number64(block)
            record.receivedPackets = cursor.number64(block)
            record.receivedBytes = cursor.number64(block)
        }
        if present.contains(.reply) {
            record.reply.source = cursor.address(block, isIPv4: isIPv4)
            record.reply.destination = cursor.address(block, isIPv4: isIPv4)
            record.reply.sourcePort = cursor.number16(block)
            record.reply.destinationPort = cursor.number16(block)
        }
        if present.contains(.status) { record.status = cursor.number32(block) }
        if present.contains(.mark) { record.mark = cursor.number32(block) }
        if present.contains(.icmp) { record.icmpID = cursor.number16(block) }
    }
}

extension ShapeCursor {
    fileprivate mutating func number64(_ block: RawSpan) -> UInt64 {
        offset += 8
        return block.little64(at: offset - 8)
    }

    fileprivate mutating func address(_ block: RawSpan, isIPv4: Bool) -> IPv6Address {
        if isIPv4 { return IPv6Address(mapping: IPv4Address(number32(block))) }
        offset += 16
        return IPv6Address(high: block.big64(at: offset - 16), low: block.big64(at: offset - 8))
    }
}
