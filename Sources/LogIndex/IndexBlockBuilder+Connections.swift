import Expressions
import PacketDecoding
import Primitives
public import Records

extension IndexBlockBuilder {
    /// Notes a line that tells of a connection. What it shares with packets (addresses and ports as they were before
    /// any translation, protocol, rule, users, hosts) is what expressions select it by.
    public mutating func append(_ record: ConnectionRecord, _ names: borrowing PacketNames, lineLength: Int) {
        let line = UInt32(clamping: lineLength)
        let delta = begin(.connection, record.time.nanoseconds, line)
        noteVersion(of: names)
        var packet = PacketLineParser.blank
        packet.set(record)
        var rule: UInt16 = 0
        if record.rule != 0, names.rules.hasName(Int(record.rule)) {
            rule = self.names.number(of: Int(record.rule), .rule, in: names.rules)
            packet.present.insert(.rule)
        }
        let shape = shape(of: packet, names, PacketHosts(of: packet), rule: rule, group: 0)
        entries.reserve(128)
        entries.append(RecordKind.connection.rawValue | EntryHead.connection | EntryHead.wide)
        entries.appendLittle(line)
        entries.appendLittle(delta)
        entries.append(record.tcpState)
        entries.appendLittle(shape)
        appendFacts(record)
    }

    private mutating func appendFacts(_ record: borrowing ConnectionRecord) {
        let present = record.present
        entries.appendLittle(UInt32(present.rawValue) | UInt32(record.zone) << 16)
        if present.contains(.id) { entries.appendLittle(record.id) }
        if present.contains(.started) { entries.appendLittle(record.started.nanoseconds) }
        if present.contains(.ended) { entries.appendLittle(record.ended.nanoseconds) }
        if present.contains(.counters) {
            entries.appendLittle(record.sentPackets)
            entries.appendLittle(record.sentBytes)
            entries.appendLittle(record.receivedPackets)
            entries.appendLittle(record.receivedBytes)
        }
        if present.contains(.reply) {
            if present.contains(.ipv4) {
                entries.appendLittle(UInt32(truncatingIfNeeded: record.reply.source.number))
                entries.appendLittle(UInt32(truncatingIfNeeded: record.reply.destination.number))
            } else {
                entries.appendBig(record.reply.source.number)
                entries.appendBig(record.reply.destination.number)
            }
            entries.appendLittle(record.reply.sourcePort)
            entries.appendLittle(record.reply.destinationPort)
        }
        if present.contains(.status) { entries.appendLittle(record.status) }
        if present.contains(.mark) { entries.appendLittle(record.mark) }
        if present.contains(.icmp) { entries.appendLittle(record.icmpID) }
    }
}

extension PacketRecord {
    /// What a connection shares with its packets.
    fileprivate mutating func set(_ connection: borrowing ConnectionRecord) {
        present = connection.present.contains(.ipv4) ? .ipv4 : .ipv6
        present.insert(.upperProtocol)
        protocolNumber = connection.protocolNumber
        sourceIP = connection.original.source
        destinationIP = connection.original.destination
        if connection.present.contains(.ports) {
            present.insert(.ports)
            sourcePort = connection.original.sourcePort
            destinationPort = connection.original.destinationPort
        }
        if connection.present.contains(.icmp) {
            present.insert(.icmp)
            icmpType = connection.icmpType
            icmpCode = connection.icmpCode
        }
        sourceUser = connection.sourceUser
        destinationUser = connection.destinationUser
        sourceHost = connection.sourceHost
        destinationHost = connection.destinationHost
    }
}
