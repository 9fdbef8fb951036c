import PacketDecoding
import Primitives

/// Writes facts as parameters of one structured data element (RFC 5424 section 6.3): `[gatelog@32473 kind="filter"
/// iif="internet" source_port="65301"]`. Their names are those of `PacketColumn`, which are legal; in values `"`, `\`
/// and `]` stand behind a backslash.
struct StructuredData: PacketFactSink {
    /// Where the element begins in the buffer.
    private(set) var start = 0

    mutating func begin(_ enterprise: Int, _ kind: StaticString, to buffer: inout ByteBuffer) {
        start = buffer.count
        buffer.append("[gatelog@")
        buffer.append(decimal: enterprise)
        buffer.append(" kind=\"")
        buffer.append(kind)
        buffer.append(UInt8(ascii: "\""))
    }

    func end(to buffer: inout ByteBuffer) { buffer.append("] ") }

    func put(_ column: PacketColumn, number: UInt32, to buffer: inout ByteBuffer) {
        buffer.open(parameter: column.name)
        buffer.append(decimal: number)
        buffer.closeParameter()
    }

    func put(_ column: PacketColumn, flag: Bool, to buffer: inout ByteBuffer) {
        buffer.open(parameter: column.name)
        buffer.append(flag ? "true" : "false")
        buffer.closeParameter()
    }

    func put(_ column: PacketColumn, word: StaticString, to buffer: inout ByteBuffer) {
        buffer.open(parameter: column.name)
        buffer.append(word)
        buffer.closeParameter()
    }

    func put(_ column: PacketColumn, address: IPv6Address, isIPv4: Bool, to buffer: inout ByteBuffer) {
        buffer.open(parameter: column.name)
        buffer.append(address, isIPv4: isIPv4)
        buffer.closeParameter()
    }

    func put(_ column: PacketColumn, hardware: MACAddress, to buffer: inout ByteBuffer) {
        buffer.open(parameter: column.name)
        buffer.append(hardware)
        buffer.closeParameter()
    }

    func put(_ column: PacketColumn, wire bytes: RawSpan, to buffer: inout ByteBuffer) {
        buffer.open(parameter: column.name)
        buffer.append(escaping: bytes, behindBackslash: UInt8(ascii: "\""), UInt8(ascii: "]"))
        buffer.closeParameter()
    }

    func put(_ column: PacketColumn, id: Int, in names: borrowing NameTable, to buffer: inout ByteBuffer) {
        buffer.append(parameter: column.name, id: id, in: names)
    }

    func put(_ column: PacketColumn, country: UInt16, to buffer: inout ByteBuffer) {
        buffer.open(parameter: column.name)
        let letters: InlineArray<2, UInt8> = [
            UInt8(truncatingIfNeeded: country >> 8), UInt8(truncatingIfNeeded: country),
        ]
        buffer.append(escaping: letters.span.bytes, behindBackslash: UInt8(ascii: "\""), UInt8(ascii: "]"))
        buffer.closeParameter()
    }
}

extension ConnectionRecord {
    /// Appends the parameters of a connection, under the names that its object has.
    func appendParameters(
        _ names: borrowing PacketNames, _ services: borrowing ServiceNames, _ clock: inout LineClock,
        to buffer: inout ByteBuffer
    ) {
        if present.contains(.id) { buffer.append(parameter: "connection_id", UInt64(id)) }
        if let service = service(services) {
            buffer.open(parameter: "service")
            services.append(service, to: &buffer)
            buffer.closeParameter()
        }
        buffer.append(parameter: "rule", known: rule, in: names.rules)
        let isIPv4 = present.contains(.ipv4)
        buffer.append(parameter: "ip_version", isIPv4 ? 4 : 6)
        buffer.append(parameter: "protocol", UInt64(protocolNumber))
        appendEnds(original, "source_ip", "destination_ip", "source_port", "destination_port", to: &buffer)
        if let translated {
            appendEnds(
                translated, "nat_source_ip", "nat_destination_ip", "nat_source_port", "nat_destination_port",
                to: &buffer)
        }
        buffer.append(parameter: "source_user", known: sourceUser, in: names.users)
        buffer.append(parameter: "destination_user", known: destinationUser, in: names.users)
        buffer.append(parameter: "source_host", known: sourceHost, in: names.hosts)
        buffer.append(parameter: "destination_host", known: destinationHost, in: names.hosts)
        appendTimes(&clock, to: &buffer)
        guard present.contains(.counters) else { return }
        buffer.append(parameter: "sent_bytes", sentBytes)
        buffer.append(parameter: "received_bytes", receivedBytes)
        buffer.append(parameter: "sent_packets", sentPackets)
        buffer.append(parameter: "received_packets", receivedPackets)
    }

    private func appendEnds(
        _ ends: Endpoints, _ source: StaticString, _ destination: StaticString, _ sourcePort: StaticString,
        _ destinationPort: StaticString, to buffer: inout ByteBuffer
    ) {
        let isIPv4 = present.contains(.ipv4)
        buffer.open(parameter: source)
        buffer.append(ends.source, isIPv4: isIPv4)
        buffer.closeParameter()
        buffer.open(parameter: destination)
        buffer.append(ends.destination, isIPv4: isIPv4)
        buffer.closeParameter()
        guard present.contains(.ports) else { return }
        buffer.append(parameter: sourcePort, UInt64(ends.sourcePort))
        buffer.append(parameter: destinationPort, UInt64(ends.destinationPort))
    }

    private func appendTimes(_ clock: inout LineClock, to buffer: inout ByteBuffer) {
        if present.contains(.started) {
            buffer.open(parameter: "started")
            clock.append(started, to: &buffer)
            buffer.closeParameter()
        }
        if present.contains(.ended) {
            buffer.open(parameter: "ended")
            clock.append(ended, to: &buffer)
            buffer.closeParameter()
        }
    }
}

extension ByteBuffer {
    @inline(__always)
    fileprivate mutating func open(parameter name: StaticString) {
        append(UInt8(ascii: " "))
        append(name)
        append("=\"")
    }

    @inline(__always)
    fileprivate mutating func closeParameter() { append(UInt8(ascii: "\"")) }

    fileprivate mutating func append(parameter name: StaticString, _ number: UInt64) {
        open(parameter: name)
        append(decimal: number)
        closeParameter()
    }

    fileprivate mutating func append(parameter name: StaticString, id: Int, in names: borrowing NameTable) {
        open(parameter: name)
        names.append(id, behindBackslash: UInt8(ascii: "\""), UInt8(ascii: "]"), to: &self)
        closeParameter()
    }

    fileprivate mutating func append(parameter name: StaticString, known id: UInt32, in names: borrowing NameTable) {
        if names.contains(known: id) { append(parameter: name, id: Int(id), in: names) }
    }
}
