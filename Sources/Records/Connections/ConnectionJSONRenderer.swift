public import Primitives

/// Writes connections as JSON, one object a line (RFC 8259). A fact that is not known is not there.
///
/// Gatelog's own names and ECS are offered; EVE knows no such record, and gives Gatelog's names.
public struct ConnectionJSONRenderer: ~Copyable {
    private let names: JSONNames
    /// Starts lie far from ends: each has its own cached second.
    private var clock: LineClock
    private var startClock: LineClock

    /// A renderer whose times are in `zone`.
    public init(names: JSONNames = .gatelog, zone: ZoneTable) {
        self.names = names
        clock = LineClock(zone: zone, form: .rfc3339)
        startClock = LineClock(zone: zone, form: .rfc3339)
    }

    /// Appends the object of a record.
    public mutating func append(
        _ record: ConnectionRecord, _ table: borrowing PacketNames, _ services: borrowing ServiceNames,
        to buffer: inout ByteBuffer
    ) {
        buffer.reserve(1024)
        buffer.append(UInt8(ascii: "{"))
        if names == .ecs {
            append("@timestamp", record.time, to: &buffer)
            buffer.append("\"ecs\":{\"version\":\"8.11.0\"},")
            appendECS(record, table, services, to: &buffer)
        } else {
            append("time", record.time, to: &buffer)
            buffer.append("\"kind\":\"connection\",")
            appendOwn(record, table, services, to: &buffer)
        }
        buffer.closeObject()
        buffer.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ key: StaticString, _ time: Timestamp, to buffer: inout ByteBuffer) {
        buffer.append(key: key)
        buffer.append(UInt8(ascii: "\""))
        clock.append(time, to: &buffer)
        buffer.append("\",")
    }

    private mutating func append(_ key: StaticString, start time: Timestamp, to buffer: inout ByteBuffer) {
        buffer.append(key: key)
        buffer.append(UInt8(ascii: "\""))
        startClock.append(time, to: &buffer)
        buffer.append("\",")
    }

    private mutating func appendOwn(
        _ record: ConnectionRecord, _ table: borrowing PacketNames, _ services: borrowing ServiceNames,
        to buffer: inout ByteBuffer
    ) {
        record.appendRest(services, to: &buffer)
        buffer.append(key: "rule", known: record.rule, in: table.rules)
        buffer.append(key: "ip_version", number: record.present.contains(.ipv4) ? 4 : 6)
        buffer.append(key: "protocol", number: UInt32(record.protocolNumber))
        let isIPv4 = record.present.contains(.ipv4)
        let hasPorts = record.present.contains(.ports)
        let ends = record.original
        buffer.append(key: "source_ip", ends.source, isIPv4)
        buffer.append(key: "destination_ip", ends.destination, isIPv4)
        if hasPorts {
            buffer.append(key: "source_port", number: UInt32(ends.sourcePort))
            buffer.append(key: "destination_port", number: UInt32(ends.destinationPort))
        }
        if let turned = record.translated {
            buffer.append(key: "nat_source_ip", turned.source, isIPv4)
            buffer.append(key: "nat_destination_ip", turned.destination, isIPv4)
            if hasPorts {
                buffer.append(key: "nat_source_port", number: UInt32(turned.sourcePort))
                buffer.append(key: "nat_destination_port", number: UInt32(turned.destinationPort))
            }
        }
        appendOwnRest(record, table, to: &buffer)
    }

    private mutating func appendOwnRest(
        _ record: ConnectionRecord, _ table: borrowing PacketNames, to buffer: inout ByteBuffer
    ) {
        let present = record.present
        buffer.append(key: "source_user", known: record.sourceUser, in: table.users)
        buffer.append(key: "destination_user", known: record.destinationUser, in: table.users)
        buffer.append(key: "source_host", known: record.sourceHost, in: table.hosts)
        buffer.append(key: "destination_host", known: record.destinationHost, in: table.hosts)
        if present.contains(.started) { append("started", start: record.started, to: &buffer) }
        if present.contains(.ended) { append("ended", record.ended, to: &buffer) }
        if present.contains(.counters) {
            buffer.append(key: "sent_bytes", count: record.sentBytes)
            buffer.append(key: "received_bytes", count: record.receivedBytes)
            buffer.append(key: "sent_packets", count: record.sentPackets)
            buffer.append(key: "received_packets", count: record.receivedPackets)
        }
    }

    private mutating func appendECS(
        _ record: ConnectionRecord, _ table: borrowing PacketNames, _ services: borrowing ServiceNames,
        to buffer: inout ByteBuffer
    ) {
        buffer.append("\"event\":{\"kind\":\"event\",\"category\":[\"network\"],\"module\":\"gatelog\",")
        buffer.append("\"dataset\":\"gatelog.connection\",\"type\":[\"connection\",\"end\"],")
        if record.present.contains(.started) { append("start", start: record.started, to: &buffer) }
        if record.present.contains(.ended) { append("end", record.ended, to: &buffer) }
        if let duration = record.duration { buffer.append(key: "duration", count: UInt64(duration)) }
        buffer.closeObject()
        buffer.append(UInt8(ascii: ","))
        record.appendECSNetwork(to: &buffer)
        record.appendECSSide(isSource: true, table, to: &buffer)
        record.appendECSSide(isSource: false, table, to: &buffer)
        let rule = buffer.openObject("rule")
        buffer.append(key: "name", known: record.rule, in: table.rules)
        buffer.close(rule)
        let rest = buffer.openObject("gatelog")
        record.appendRest(services, to: &buffer)
        buffer.close(rest)
    }
}
