public import PacketDecoding
import Patterns
import Primitives

extension Program {
    /// Whether the packet meets the expression. `bytes` are the frame's, `layers` what the decoder made of
    /// them, `facts` what was looked up for its `demands` (the rest is not read). Allocates nothing; costs
    /// about a nanosecond for each test that is reached, but for searches in the payload.
    public func matches(_ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ facts: PacketFacts) -> Bool {
        run(from: entry, frame, layers, bytes, facts)
    }

    @inline(__always)
    private func run(
        from entry: Int32, _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ facts: PacketFacts
    ) -> Bool {
        let code = code.span
        var at = entry
        while at >= 0 {
            let instruction = code[Int(at)]
            at = isMet(instruction, frame, layers, bytes, facts) ? instruction.met : instruction.unmet
        }
        return at == Instruction.End.accept
    }

    /// The packet inside a tunnel. Facts are looked up for the outer packet's addresses, so none is known here.
    @inline(never)
    private func isMetInside(_ entry: Int32, _ frame: Frame, _ layers: Layers, _ bytes: RawSpan) -> Bool {
        guard layers.present.contains(.tunnel) else { return false }
        var inside = Layers()
        guard inside.decodeInner(of: layers, bytes, originalLength: frame.originalLength) else { return false }
        return run(from: entry, frame, inside, bytes, PacketFacts())
    }

    @inline(__always)
    private func isMet(
        _ test: Instruction, _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ facts: PacketFacts
    ) -> Bool {
        let a = test.a
        switch test.opcode {
        case .presence: return layers.present.rawValue & a != 0
        case .fragment: return layers.fragmentState & UInt8(truncatingIfNeeded: a) != 0
        case .portEither:
            return layers.has(.ports) && (test.holds(layers.sourcePort) || test.holds(layers.destinationPort))
        case .portSource: return layers.has(.ports) && test.holds(layers.sourcePort)
        case .portDestination: return layers.has(.ports) && test.holds(layers.destinationPort)
        case .portBitsEither:
            return layers.has(.ports)
                && (tables.hasBit(layers.sourcePort, in: a) || tables.hasBit(layers.destinationPort, in: a))
        case .portBitsSource: return layers.has(.ports) && tables.hasBit(layers.sourcePort, in: a)
        case .portBitsDestination: return layers.has(.ports) && tables.hasBit(layers.destinationPort, in: a)
        case .addressEither: return layers.has(.ipv4) && (test.holds(layers.source4) || test.holds(layers.destination4))
        case .addressSource: return layers.has(.ipv4) && test.holds(layers.source4)
        case .addressDestination: return layers.has(.ipv4) && test.holds(layers.destination4)
        case .addressTableEither: return hasAddress(.either, a, layers, bytes)
        case .addressTableSource: return hasAddress(.source, a, layers, bytes)
        case .addressTableDestination: return hasAddress(.destination, a, layers, bytes)
        case .proto: return layers.has(.upperProtocol) && test.holds(layers.protocolNumber)
        case .icmp: return layers.has(.icmp) && test.holds(layers.icmpKey)
        case .length: return layers.isIP && test.holds(layers.totalLength)
        case .payloadLength: return layers.has(.payload) && test.holds(layers.payloadLength)
        case .ttl: return layers.isIP && test.holds(layers.ttl)
        case .dscp: return layers.isIP && test.holds(layers.dscp)
        case .protoTable: return layers.has(.upperProtocol) && isListed(UInt32(layers.protocolNumber), test)
        case .icmpTable: return layers.has(.icmp) && isListed(layers.icmpKey, test)
        case .lengthTable: return layers.isIP && isListed(layers.totalLength, test)
        case .payloadLengthTable: return layers.has(.payload) && isListed(layers.payloadLength, test)
        case .ttlTable: return layers.isIP && isListed(UInt32(layers.ttl), test)
        case .dscpTable: return layers.isIP && isListed(UInt32(layers.dscp), test)
        case .vlan: return layers.has(.vlan) && hasTag(a, layers)
        case .hardwareEither:
            return isHardware(.source, test, layers, bytes) || isHardware(.destination, test, layers, bytes)
        case .hardwareSource: return isHardware(.source, test, layers, bytes)
        case .hardwareDestination: return isHardware(.destination, test, layers, bytes)
        case .flags: return layers.has(.tcpFlags) && UInt32(layers.tcpFlags) & a == test.b
        case .direction: return 1 << UInt32(frame.side.rawValue) & a != 0
        case .interfaceEither:
            return isOn(frame.interface, a) || isOn(frame.incoming, a) || isOn(frame.outgoing, a)
        case .interfaceIncoming: return isOn(frame.incoming, a)
        case .interfaceOutgoing: return isOn(frame.outgoing, a)
        case .user: return tables.contains(facts.sourceUser, in: a) || tables.contains(facts.destinationUser, in: a)
        case .userSource: return tables.contains(facts.sourceUser, in: a)
        case .userDestination: return tables.contains(facts.destinationUser, in: a)
        case .host: return isNamed(facts.sourceHosts, a) || isNamed(facts.destinationHosts, a)
        case .country:
            return isListed(UInt32(facts.sourceCountry), test) || isListed(UInt32(facts.destinationCountry), test)
        case .asn: return isListed(facts.sourceASN, test) || isListed(facts.destinationASN, test)
        case .payloadContains, .payloadMatches: return isInPayload(test, layers, bytes)
        case .ruleEquals, .ruleMatches: return isRule(test, layers, bytes)
        case .verdict: return layers.has(.verdict) && 1 << UInt32(layers.verdict.rawValue) & a != 0
        case .inner: return isMetInside(Int32(bitPattern: a), frame, layers, bytes)
        }
    }
}

// MARK: Tests with tables

extension Program {
    @inline(__always)
    private func isListed(_ number: UInt32, _ test: Instruction) -> Bool {
        tables.contains(number, in: test.a, test.b)
    }

    @inline(__always)
    private func isOn(_ interface: InterfaceID, _ set: UInt32) -> Bool {
        tables.contains(UInt32(interface.rawValue), in: set)
    }

    @inline(never)
    private func hasAddress(_ place: Place, _ number: UInt32, _ layers: Layers, _ bytes: RawSpan) -> Bool {
        let table = tables.addresses[Int(number)]
        if layers.has(.ipv4) {
            return place != .destination && tables.contains4(layers.source4, table)
                || place != .source && tables.contains4(layers.destination4, table)
        }
        guard layers.has(.ipv6), table.v6Count > 0 else { return false }
        return place != .destination && tables.contains6(layers.source6(in: bytes).number, table)
            || place != .source && tables.contains6(layers.destination6(in: bytes).number, table)
    }

    @inline(never)
    private func hasTag(_ start: UInt32, _ layers: Layers) -> Bool {
        for index in 0..<min(Int(layers.vlanCount), 4)
        where tables.hasBit(layers.vlans[index] & 0xFFF, in: start) {
            return true
        }
        return false
    }

    @inline(never)
    private func isHardware(_ place: Place, _ test: Instruction, _ layers: Layers, _ bytes: RawSpan) -> Bool {
        guard layers.has(place == .source ? .sourceMAC : .destinationMAC) else { return false }
        let offset = Int(place == .source ? layers.sourceMAC : layers.destinationMAC)
        guard bytes.holds(6, at: offset) else { return false }
        let address = UInt64(bytes.big16(at: offset)) << 32 | UInt64(bytes.big32(at: offset + 2))
        return tables.contains(address, in: test.a, test.b)
    }

    @inline(never)
    private func isNamed(_ names: PacketFacts.Names, _ set: UInt32) -> Bool {
        for index in names.indices where tables.contains(names[index], in: set) { return true }
        return false
    }

    @inline(never)
    private func isInPayload(_ test: Instruction, _ layers: Layers, _ bytes: RawSpan) -> Bool {
        guard layers.has(.payload) else { return false }
        let range = layers.capturedPayload(in: bytes)
        // All of it cut off is as absent as if it were not there; an empty payload is a fact.
        if range.isEmpty && layers.payloadLength > 0 { return false }
        let payload = bytes.extracting(range)
        if test.opcode == .payloadMatches { return tables.patterns[Int(test.a)].matches(payload) }
        return payload.contains(tables.bytes.span.bytes.extracting(test.slice))
    }

    @inline(never)
    private func isRule(_ test: Instruction, _ layers: Layers, _ bytes: RawSpan) -> Bool {
        let offset = Int(layers.ruleOffset)
        let length = Int(layers.ruleLength)
        guard layers.has(.rule), bytes.holds(length, at: offset) else { return false }
        let name = bytes.extracting(offset..<offset + length)
        if test.opcode == .ruleMatches { return tables.patterns[Int(test.a)].matches(name) }
        return name.isEqual(to: tables.bytes.span.bytes.extracting(test.slice))
    }
}

// MARK: Facts

extension Instruction {
    /// Whether one of the two ranges holds `number`.
    @inline(__always)
    fileprivate func holds(_ number: UInt32) -> Bool { number &- a <= b || number &- c <= d }

    @inline(__always)
    fileprivate func holds(_ number: UInt16) -> Bool { holds(UInt32(number)) }

    @inline(__always)
    fileprivate func holds(_ number: UInt8) -> Bool { holds(UInt32(number)) }

    fileprivate var slice: Range<Int> { Int(a)..<Int(a) + Int(b) }
}

extension Layers {
    @inline(__always)
    fileprivate func has(_ fact: Presence) -> Bool { present.rawValue & fact.rawValue != 0 }

    @inline(__always)
    fileprivate var isIP: Bool { has(.ip) }

    /// The family of the ICMP (its protocol's, 0 or 1), its type and its code as one number.
    @inline(__always)
    fileprivate var icmpKey: UInt32 {
        (protocolNumber == IPProtocol.icmp6 ? 1 << 16 : 0) | UInt32(icmpType) << 8 | UInt32(icmpCode)
    }

    /// One of the bits of `FragmentStates`, none without IP.
    @inline(__always)
    fileprivate var fragmentState: UInt8 {
        guard isIP else { return 0 }
        let state: FragmentStates = has(.laterFragment) ? .later : has(.fragment) ? .first : .whole
        return state.rawValue
    }
}

extension Frame {
    /// The direction that a record tells: an incoming interface makes it `in`, whatever else is known.
    @inline(__always)
    fileprivate var side: FrameDirection {
        if incoming != .none { return .incoming }
        return outgoing != .none ? .outgoing : direction
    }
}
