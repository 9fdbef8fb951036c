public import PacketDecoding

extension Program {
    /// Whether a plain packet meets the expression; only where `readsPlainPackets`. Says the same as `matches` of the
    /// decoded frame, at the price of the tests that are reached: nothing is decoded that nobody asks for.
    @inline(__always)
    public func matches(_ packet: PlainPacket, of frame: Frame) -> Bool {
        precondition(readsPlainPackets, "only a program that asks for nothing else")
        return run(packet, frame)
    }

    @usableFromInline @inline(never)
    func run(_ packet: PlainPacket, _ frame: Frame) -> Bool {
        let code = code.span
        var at = entry
        while at >= 0 {
            let instruction = code[Int(at)]
            at = isMet(instruction, packet, frame) ? instruction.met : instruction.unmet
        }
        return at == Instruction.End.accept
    }

    @inline(__always)
    private func isMet(_ test: Instruction, _ packet: PlainPacket, _ frame: Frame) -> Bool {
        let a = test.a
        switch test.opcode {
        case .presence: return packet.present.rawValue & a != 0
        case .fragment: return FragmentStates.whole.rawValue & UInt8(truncatingIfNeeded: a) != 0
        case .portEither: return test.holds(packet.sourcePort) || test.holds(packet.destinationPort)
        case .portSource: return test.holds(packet.sourcePort)
        case .portDestination: return test.holds(packet.destinationPort)
        case .portBitsEither:
            return tables.hasBit(packet.sourcePort, in: a) || tables.hasBit(packet.destinationPort, in: a)
        case .portBitsSource: return tables.hasBit(packet.sourcePort, in: a)
        case .portBitsDestination: return tables.hasBit(packet.destinationPort, in: a)
        case .addressEither: return test.holds(packet.source4) || test.holds(packet.destination4)
        case .addressSource: return test.holds(packet.source4)
        case .addressDestination: return test.holds(packet.destination4)
        case .addressTableEither:
            let table = tables.addresses[Int(a)]
            return tables.contains4(packet.source4, table) || tables.contains4(packet.destination4, table)
        case .addressTableSource: return tables.contains4(packet.source4, tables.addresses[Int(a)])
        case .addressTableDestination: return tables.contains4(packet.destination4, tables.addresses[Int(a)])
        case .proto: return test.holds(packet.protocolNumber)
        case .length: return test.holds(packet.totalLength)
        case .payloadLength: return test.holds(packet.payloadLength)
        case .ttl: return test.holds(packet.ttl)
        case .dscp: return test.holds(packet.dscp)
        case .protoTable: return tables.contains(UInt32(packet.protocolNumber), in: a, test.b)
        case .lengthTable: return tables.contains(packet.totalLength, in: a, test.b)
        case .payloadLengthTable: return tables.contains(packet.payloadLength, in: a, test.b)
        case .ttlTable: return tables.contains(UInt32(packet.ttl), in: a, test.b)
        case .dscpTable: return tables.contains(UInt32(packet.dscp), in: a, test.b)
        case .flags: return packet.protocolNumber == IPProtocol.tcp && UInt32(packet.tcpFlags) & a == test.b
        case .direction: return 1 << UInt32(frame.side.rawValue) & a != 0
        case .interfaceEither:
            return isOn(frame.interface, a) || isOn(frame.incoming, a) || isOn(frame.outgoing, a)
        case .interfaceIncoming: return isOn(frame.incoming, a)
        case .interfaceOutgoing: return isOn(frame.outgoing, a)
        // Facts that no plain packet has: absent, so not met.
        case .icmp, .icmpTable, .vlan, .ruleEquals, .ruleMatches, .verdict: return false
        case .hardwareEither, .hardwareSource, .hardwareDestination, .user, .host, .country, .asn, .payloadContains,
            .payloadMatches, .inner:
            preconditionFailure("readsPlainPackets excludes this test")
        }
    }
}

extension Opcode {
    /// Whether a plain packet and its frame are enough to decide the test.
    var readsPlainPackets: Bool {
        switch self {
        case .hardwareEither, .hardwareSource, .hardwareDestination, .user, .host, .country, .asn, .payloadContains,
            .payloadMatches, .inner:
            false
        default: true
        }
    }
}
