import IPLog
import Primitives
import Records

// What conntrack knows of a connection, in the words of IPFilter.

extension IPLogTranslationRecord {
    /// The translation of a connection; nil where nothing is translated, and where it is not known.
    ///
    /// A source that is translated (masquerading) is MAP; a translated destination is RWR_RDR, with or without the
    /// source, since its text names all four ends and that of RDR does not say where the packets went (4.1 has only
    /// RDR). An identifier of ICMP stands in the ports.
    init?(_ connection: ConnectionRecord, isNew: Bool) {
        guard let translated = connection.translated else { return nil }
        let original = connection.original
        let hasNewDestination =
            translated.destination != original.destination || translated.destinationPort != original.destinationPort
        func end(_ address: IPv6Address, _ port: UInt16) -> Endpoint {
            Endpoint(connection.address(address), port: connection.present.contains(.ports) ? port : connection.icmpID)
        }
        self.init(
            action: isNew ? Action.new : Action.expire,
            kind: hasNewDestination ? Kind.rewriteRedirect : Kind.map,
            oldSource: end(original.source, original.sourcePort),
            oldDestination: end(original.destination, original.destinationPort),
            newSource: end(translated.source, translated.sourcePort),
            newDestination: end(translated.destination, translated.destinationPort),
            protocol: connection.protocolNumber, version: connection.present.contains(.ipv4) ? 4 : 6)
        guard connection.present.contains(.counters) else { return }
        packets = Pair(there: connection.sentPackets, back: connection.receivedPackets)
        bytes = Pair(there: connection.sentBytes, back: connection.receivedBytes)
    }
}

extension IPLogStateRecord {
    /// A connection that began or ended, as its packets were before any translation. What came in is counted, as the
    /// kernel counts a packet once however it goes on.
    init?(_ connection: ConnectionRecord, isNew: Bool) {
        let ends = connection.original
        let (source, destination) = (connection.address(ends.source), connection.address(ends.destination))
        self.init(
            event: isNew ? Event.new : Event.expire, source: source, destination: destination,
            sourcePort: ends.sourcePort, destinationPort: ends.destinationPort, protocol: connection.protocolNumber)
        if connection.present.contains(.icmp) { icmpType = UInt16(connection.icmpType) }
        if connection.present.contains(.tcpState) {
            let state = Self.tcpState(connection.tcpState)
            tcpStates = Ends(source: state, destination: state)
        }
        guard connection.present.contains(.counters) else { return }
        packets = Counters(forwardIn: connection.sentPackets, backwardIn: connection.receivedPackets)
        bytes = Counters(forwardIn: connection.sentBytes, backwardIn: connection.receivedBytes)
    }

    /// The kernel's states of TCP (enum tcp_conntrack) in IPFilter's numbers.
    private static func tcpState(_ state: UInt8) -> UInt8 {
        switch state {
        // SYN sent, both sent, received, established.
        case 1, 9: 1
        case 2: 2
        case 3: 4
        // FIN waited for, close waited for, last acknowledgement, time waited for, closed.
        case 4: 6
        case 5: 5
        case 6: 8
        case 7: 10
        case 8: 11
        default: 0
        }
    }
}

extension ConnectionRecord {
    fileprivate func address(_ number: IPv6Address) -> IPAddress {
        present.contains(.ipv4) ? .v4(IPv4Address(UInt32(truncatingIfNeeded: number.number))) : .v6(number)
    }
}
