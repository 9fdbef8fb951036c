import PacketDecoding
import Primitives

/// Takes the facts of a packet one after the other, in the order of `PacketColumn`; absent ones are
/// passed over. Used generically and specialised, never as an existential.
protocol PacketFactSink: ~Copyable {
    mutating func put(_ column: PacketColumn, number: UInt32, to buffer: inout ByteBuffer)
    mutating func put(_ column: PacketColumn, flag: Bool, to buffer: inout ByteBuffer)
    /// A word of ours: needs no escaping.
    mutating func put(_ column: PacketColumn, word: StaticString, to buffer: inout ByteBuffer)
    mutating func put(_ column: PacketColumn, address: IPv6Address, isIPv4: Bool, to buffer: inout ByteBuffer)
    mutating func put(_ column: PacketColumn, hardware: MACAddress, to buffer: inout ByteBuffer)
    /// Bytes from the network.
    mutating func put(_ column: PacketColumn, wire bytes: RawSpan, to buffer: inout ByteBuffer)
    /// A name that the table has.
    mutating func put(_ column: PacketColumn, id: Int, in names: borrowing NameTable, to buffer: inout ByteBuffer)
    mutating func put(_ column: PacketColumn, country: UInt16, to buffer: inout ByteBuffer)
}

extension PacketRecord {
    /// Gives all known facts but the time.
    @inline(__always)
    func give<Sink: PacketFactSink & ~Copyable>(
        to sink: inout Sink, _ bytes: RawSpan, _ names: borrowing PacketNames, _ buffer: inout ByteBuffer
    ) {
        sink.put(.source, word: source.name, to: &buffer)
        switch direction {
        case .incoming: sink.put(.direction, word: "in", to: &buffer)
        case .outgoing: sink.put(.direction, word: "out", to: &buffer)
        case .unknown: break
        }
        giveInterface(.incomingInterface, incoming, names, to: &sink, &buffer)
        giveInterface(.outgoingInterface, outgoing, names, to: &sink, &buffer)
        if !present.isDisjoint(with: .firewallLog) { giveRule(to: &sink, bytes, &buffer) }
        if isIP { giveAddresses(to: &sink, &buffer) }
        giveTransport(to: &sink, &buffer)
        if isIP { giveNetwork(to: &sink, &buffer) }
        giveLink(to: &sink, &buffer)
        giveNeighbours(to: &sink, names, &buffer)
    }

    private func giveInterface<Sink: PacketFactSink & ~Copyable>(
        _ column: PacketColumn, _ id: InterfaceID, _ names: borrowing PacketNames, to sink: inout Sink,
        _ buffer: inout ByteBuffer
    ) {
        let isIncoming = column == .incomingInterface
        if present.contains(isIncoming ? .inputIndex : .outputIndex) {
            let index = Int(isIncoming ? inputIndex : outputIndex)
            if names.kernelInterfaces.contains(index) {
                return sink.put(column, id: index, in: names.kernelInterfaces, to: &buffer)
            }
        }
        if names.interfaces.contains(Int(id.rawValue)) {
            sink.put(column, id: Int(id.rawValue), in: names.interfaces, to: &buffer)
        }
    }

    private func giveRule<Sink: PacketFactSink & ~Copyable>(
        to sink: inout Sink, _ bytes: RawSpan, _ buffer: inout ByteBuffer
    ) {
        if present.contains(.verdict) { sink.put(.verdict, word: verdict.name, to: &buffer) }
        if present.contains(.rule), bytes.holds(Int(ruleLength), at: Int(ruleOffset)) {
            let start = Int(ruleOffset)
            sink.put(.rule, wire: bytes.extracting(start..<start + Int(ruleLength)), to: &buffer)
        }
        if present.contains(.ruleNumber), bytes.holds(Int(ruleGroupLength), at: Int(ruleGroupOffset)) {
            let start = Int(ruleGroupOffset)
            sink.put(.ruleGroup, wire: bytes.extracting(start..<start + Int(ruleGroupLength)), to: &buffer)
            sink.put(.ruleNumber, number: ruleNumber, to: &buffer)
        }
    }

    @inline(__always)
    private func giveAddresses<Sink: PacketFactSink & ~Copyable>(to sink: inout Sink, _ buffer: inout ByteBuffer) {
        let isIPv4 = present.contains(.ipv4)
        sink.put(.ipVersion, number: isIPv4 ? 4 : 6, to: &buffer)
        if present.contains(.upperProtocol) { sink.put(.protocolNumber, number: UInt32(protocolNumber), to: &buffer) }
        sink.put(.sourceIP, address: sourceIP, isIPv4: isIPv4, to: &buffer)
        sink.put(.destinationIP, address: destinationIP, isIPv4: isIPv4, to: &buffer)
    }

    @inline(__always)
    private func giveTransport<Sink: PacketFactSink & ~Copyable>(to sink: inout Sink, _ buffer: inout ByteBuffer) {
        if present.contains(.ports) {
            sink.put(.sourcePort, number: UInt32(sourcePort), to: &buffer)
            sink.put(.destinationPort, number: UInt32(destinationPort), to: &buffer)
        }
        if present.contains(.tcpFlags) {
            sink.put(.tcpFlags, number: UInt32(tcpFlags), to: &buffer)
            sink.put(.tcpSequence, number: tcpSequence, to: &buffer)
            sink.put(.tcpAcknowledgement, number: tcpAcknowledgement, to: &buffer)
            if present.contains(.tcp) { sink.put(.tcpWindow, number: UInt32(tcpWindow), to: &buffer) }
        }
        if present.contains(.icmp) {
            sink.put(.icmpType, number: UInt32(icmpType), to: &buffer)
            sink.put(.icmpCode, number: UInt32(icmpCode), to: &buffer)
            if hasEcho {
                sink.put(.icmpID, number: UInt32(icmpID), to: &buffer)
                sink.put(.icmpSequence, number: UInt32(icmpSequence), to: &buffer)
            }
        }
    }

    @inline(__always)
    private func giveNetwork<Sink: PacketFactSink & ~Copyable>(to sink: inout Sink, _ buffer: inout ByteBuffer) {
        sink.put(.length, number: length, to: &buffer)
        if present.contains(.payload) { sink.put(.payloadLength, number: payloadLength, to: &buffer) }
        if !isReadBack || present.contains(.icmp) { sink.put(.ttl, number: UInt32(ttl), to: &buffer) }
        if !isReadBack { sink.put(.dscp, number: UInt32(dscp), to: &buffer) }
        if hasIdentification, !isReadBack || present.contains(.fragment) {
            sink.put(.ipID, number: identification, to: &buffer)
        }
        if present.contains(.fragment) {
            sink.put(.fragmentOffset, number: fragmentOffset, to: &buffer)
            if !isReadBack { sink.put(.fragmentMore, flag: fragmentMore, to: &buffer) }
        }
    }

    @inline(__always)
    private func giveLink<Sink: PacketFactSink & ~Copyable>(to sink: inout Sink, _ buffer: inout ByteBuffer) {
        if present.contains(.vlan) { sink.put(.vlan, number: UInt32(vlan), to: &buffer) }
        if present.contains(.sourceMAC) { sink.put(.sourceMAC, hardware: sourceMAC, to: &buffer) }
        if present.contains(.destinationMAC) { sink.put(.destinationMAC, hardware: destinationMAC, to: &buffer) }
    }

    @inline(__always)
    private func giveNeighbours<Sink: PacketFactSink & ~Copyable>(
        to sink: inout Sink, _ names: borrowing PacketNames, _ buffer: inout ByteBuffer
    ) {
        if names.users.contains(known: sourceUser) {
            sink.put(.sourceUser, id: Int(sourceUser), in: names.users, to: &buffer)
        }
        if names.users.contains(known: destinationUser) {
            sink.put(.destinationUser, id: Int(destinationUser), in: names.users, to: &buffer)
        }
        if names.hosts.contains(known: sourceHost) {
            sink.put(.sourceHost, id: Int(sourceHost), in: names.hosts, to: &buffer)
        }
        if names.hosts.contains(known: destinationHost) {
            sink.put(.destinationHost, id: Int(destinationHost), in: names.hosts, to: &buffer)
        }
        if sourceCountry != 0 { sink.put(.sourceCountry, country: sourceCountry, to: &buffer) }
        if destinationCountry != 0 { sink.put(.destinationCountry, country: destinationCountry, to: &buffer) }
        if sourceASN != 0 { sink.put(.sourceASN, number: sourceASN, to: &buffer) }
        if destinationASN != 0 { sink.put(.destinationASN, number: destinationASN, to: &buffer) }
    }
}

extension NameTable {
    /// Whether a number that is 0 for "nobody" has a name.
    @inline(__always)
    func contains(known id: UInt32) -> Bool { id != 0 && contains(Int(id)) }
}

extension PacketRecord.Source {
    var name: StaticString {
        switch self {
        case .capture: "capture"
        case .nflog: "nflog"
        case .nfqueue: "nfqueue"
        case .file: "file"
        }
    }
}

extension Layers.Verdict {
    var name: StaticString {
        switch self {
        case .pass: "pass"
        case .drop: "drop"
        case .reject: "reject"
        }
    }
}
