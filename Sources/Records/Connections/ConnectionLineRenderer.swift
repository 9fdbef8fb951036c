import PacketDecoding
public import Primitives

/// Writes connections as lines of the Connection log, with the newline:
///
///     [18/Apr/2008 10:22:47] [ID] 613181 [Rule] NAT [Service] HTTP [User] james [Connection] TCP
///     192.168.1.140:1193 -> hit.google.com:80 [Duration] 121 sec [Bytes] 1575/1290/2865 [Packets] 5/9/14
///
/// (on one line). What is not known goes away with its key. Bytes and packets are sent, received, total. Both dialects
/// write it alike. Nothing is allocated for a record but room in the buffer.
public struct ConnectionLineRenderer: ~Copyable {
    private var clock: LineClock

    /// A renderer whose `clock` has a bracketed form.
    public init(clock: consuming LineClock) { self.clock = clock }

    /// Appends the line of a record.
    public mutating func append(
        _ record: ConnectionRecord, _ names: borrowing PacketNames, _ services: borrowing ServiceNames,
        to buffer: inout ByteBuffer
    ) {
        buffer.reserve(512)
        clock.append(record.time, to: &buffer)
        if record.present.contains(.id) {
            buffer.append("[ID] ")
            buffer.append(decimal: record.id)
            buffer.append(UInt8(ascii: " "))
        }
        append("[Rule] ", record.rule, names.rules, to: &buffer)
        if let service = record.service(services) {
            buffer.append("[Service] ")
            services.append(service, to: &buffer)
            buffer.append(UInt8(ascii: " "))
        }
        let user = names.users.contains(known: record.sourceUser) ? record.sourceUser : record.destinationUser
        append("[User] ", user, names.users, to: &buffer)
        appendConnection(record, names, to: &buffer)
        appendNumbers(record, to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
    }

    private func append(
        _ key: StaticString, _ id: UInt32, _ names: borrowing NameTable, to buffer: inout ByteBuffer
    ) {
        guard names.contains(known: id) else { return }
        buffer.append(key)
        _ = names.append(Int(id), to: &buffer)
        buffer.append(UInt8(ascii: " "))
    }

    /// `[Connection] TCP 192.168.1.140:1193 -> hit.google.com:80`.
    private func appendConnection(
        _ record: ConnectionRecord, _ names: borrowing PacketNames, to buffer: inout ByteBuffer
    ) {
        buffer.append("[Connection] ")
        if let name = IPProtocol.name(of: record.protocolNumber) {
            buffer.append(name)
        } else {
            buffer.append(decimal: UInt32(record.protocolNumber))
        }
        buffer.append(UInt8(ascii: " "))
        let ends = record.original
        // Who began it is its address: names of clients change with their leases.
        record.appendEndpoint(ends.source, ends.sourcePort, host: 0, names, to: &buffer)
        buffer.append(" -> ")
        record.appendEndpoint(ends.destination, ends.destinationPort, host: record.destinationHost, names, to: &buffer)
    }

    private func appendNumbers(_ record: ConnectionRecord, to buffer: inout ByteBuffer) {
        if let duration = record.duration {
            buffer.append(" [Duration] ")
            buffer.append(decimal: UInt64(duration / 1_000_000_000))
            buffer.append(" sec")
        }
        guard record.present.contains(.counters) else { return }
        buffer.append(" [Bytes] ")
        append(record.sentBytes, record.receivedBytes, record.totalBytes, to: &buffer)
        buffer.append(" [Packets] ")
        append(record.sentPackets, record.receivedPackets, record.totalPackets, to: &buffer)
    }

    private func append(_ sent: UInt64, _ received: UInt64, _ total: UInt64, to buffer: inout ByteBuffer) {
        buffer.append(decimal: sent)
        buffer.append(UInt8(ascii: "/"))
        buffer.append(decimal: received)
        buffer.append(UInt8(ascii: "/"))
        buffer.append(decimal: total)
    }
}

extension ConnectionRecord {
    /// `192.0.2.1:80`, `[2001:db8::1]:80`, `www.example.com:80`, or without the port where there is none.
    fileprivate func appendEndpoint(
        _ address: IPv6Address, _ port: UInt16, host: UInt32, _ names: borrowing PacketNames,
        to buffer: inout ByteBuffer
    ) {
        let hasPort = present.contains(.ports)
        if names.hosts.contains(known: host) {
            _ = names.hosts.append(Int(host), to: &buffer)
        } else if present.contains(.ipv4) {
            buffer.append(IPv4Address(UInt32(truncatingIfNeeded: address.number)))
        } else {
            if hasPort { buffer.append(UInt8(ascii: "[")) }
            buffer.append(address)
            if hasPort { buffer.append(UInt8(ascii: "]")) }
        }
        guard hasPort else { return }
        buffer.append(UInt8(ascii: ":"))
        buffer.append(decimal: UInt32(port))
    }
}
