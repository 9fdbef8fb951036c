public import PacketDecoding

extension Program {
    /// Whether a plain packet meets the expression; only where `plainPackets` is not `.no`. Says the same as `matches`
    /// of the decoded frame, at the price of the tests that are reached: nothing is decoded that nobody asks for.
    @inline(__always)
    public func matches(_ packet: borrowing PlainPacket, of frame: Frame) -> Bool {
        precondition(plainPackets != .no, "only a program that asks for nothing else")
        return run(packet, frame)
    }

    /// The answer for plain packets on its own, two words that are quick to reach; nil where tables are needed.
    public var plainMatcher: PlainMatcher? { plainPackets == .alone ? PlainMatcher(code: code, entry: entry) : nil }

    /// How a program can answer for a plain packet.
    public enum PlainPackets: UInt8, Sendable {
        /// Not without decoding it.
        case no
        /// By the program's tables and the frame.
        case withTables
        /// By its instructions alone: see `plainMatcher`.
        case alone
    }

    @inline(never)
    func run(_ packet: borrowing PlainPacket, _ frame: Frame) -> Bool {
        let code = code.span
        var at = entry
        while at >= 0 {
            let instruction = code[Int(at)]
            at = isMet(instruction, packet, frame) ? instruction.met : instruction.unmet
        }
        return at == Instruction.End.accept
    }

    @inline(__always)
    private func isMet(_ test: Instruction, _ packet: borrowing PlainPacket, _ frame: Frame) -> Bool {
        let a = test.a
        switch test.opcode {
        case .portBitsEither:
            return tables.hasBit(packet.sourcePort, in: a) || tables.hasBit(packet.destinationPort, in: a)
        case .portBitsSource: return tables.hasBit(packet.sourcePort, in: a)
        case .portBitsDestination: return tables.hasBit(packet.destinationPort, in: a)
        case .addressTableEither:
            let table = tables.addresses[Int(a)]
            return tables.contains4(packet.source4, table) || tables.contains4(packet.destination4, table)
        case .addressTableSource: return tables.contains4(packet.source4, tables.addresses[Int(a)])
        case .addressTableDestination: return tables.contains4(packet.destination4, tables.addresses[Int(a)])
        case .protoTable: return tables.contains(UInt32(packet.protocolNumber), in: a, test.b)
        case .lengthTable: return tables.contains(packet.totalLength, in: a, test.b)
        case .payloadLengthTable: return tables.contains(packet.payloadLength, in: a, test.b)
        case .ttlTable: return tables.contains(UInt32(packet.ttl), in: a, test.b)
        case .dscpTable: return tables.contains(UInt32(packet.dscp), in: a, test.b)
        case .direction: return 1 << UInt32(frame.side.rawValue) & a != 0
        case .interfaceEither:
            return isOn(frame.interface, a) || isOn(frame.incoming, a) || isOn(frame.outgoing, a)
        case .interfaceIncoming: return isOn(frame.incoming, a)
        case .interfaceOutgoing: return isOn(frame.outgoing, a)
        default: return test.isMetAlone(by: packet)
        }
    }
}

/// A program that needs neither tables nor the frame to answer for a plain packet.
///
/// Apart from `Program` because that is large: handing it to a function costs as much as a few tests.
public struct PlainMatcher: Sendable {
    let code: [Instruction]
    let entry: Int32

    /// Whether the packet meets the expression. About a nanosecond for each test that is reached.
    @inline(__always)
    public func matches(_ packet: borrowing PlainPacket) -> Bool {
        var at = entry
        while at >= 0 { at = target(of: at, packet) }
        return at == Instruction.End.accept
    }

    // Never inlined: within the loop the optimiser would prepare what each of the tests might need, for every packet.
    @inline(never)
    private func target(of at: Int32, _ packet: borrowing PlainPacket) -> Int32 {
        let code = code.span
        let test = code[Int(at)]
        return test.isMetAlone(by: packet) ? test.met : test.unmet
    }
}

extension Instruction {
    /// Whether a plain packet meets a test that needs neither tables nor the frame.
    @inline(__always)
    fileprivate func isMetAlone(by packet: borrowing PlainPacket) -> Bool {
        switch opcode {
        case .presence: return packet.present.rawValue & a != 0
        case .fragment: return FragmentStates.whole.rawValue & UInt8(truncatingIfNeeded: a) != 0
        case .portEither: return holds(packet.sourcePort) || holds(packet.destinationPort)
        case .portSource: return holds(packet.sourcePort)
        case .portDestination: return holds(packet.destinationPort)
        case .addressEither: return holds(packet.source4) || holds(packet.destination4)
        case .addressSource: return holds(packet.source4)
        case .addressDestination: return holds(packet.destination4)
        case .proto: return holds(packet.protocolNumber)
        case .length: return holds(packet.totalLength)
        case .payloadLength: return holds(packet.payloadLength)
        case .ttl: return holds(packet.ttl)
        case .dscp: return holds(packet.dscp)
        case .flags: return packet.protocolNumber == IPProtocol.tcp && UInt32(packet.tcpFlags) & a == b
        // The others are facts that no plain packet has, or `Opcode.plainPackets` keeps them away.
        default: return false
        }
    }
}

extension Opcode {
    /// What a plain packet's answer to the test takes.
    var plainPackets: Program.PlainPackets {
        switch self {
        case .presence, .fragment, .portEither, .portSource, .portDestination, .addressEither, .addressSource,
            .addressDestination, .proto, .length, .payloadLength, .ttl, .dscp, .flags:
            .alone
        // Never met by a plain packet, which has no such fact.
        case .icmp, .icmpTable, .vlan, .ruleEquals, .ruleMatches, .verdict: .alone
        case .portBitsEither, .portBitsSource, .portBitsDestination, .addressTableEither, .addressTableSource,
            .addressTableDestination, .protoTable, .lengthTable, .payloadLengthTable, .ttlTable, .dscpTable,
            .direction, .interfaceEither, .interfaceIncoming, .interfaceOutgoing:
            .withTables
        case .hardwareEither, .hardwareSource, .hardwareDestination, .user, .host, .country, .asn, .payloadContains,
            .payloadMatches, .inner:
            .no
        }
    }
}
