import Expressions
import PacketDecoding
import Primitives
import Records

// What packets of one flow have in common: written once in a block.

extension IndexBlockBuilder {
    /// The number of the record's shape, which is written if the block does not have it.
    @inline(__always)
    mutating func shape(
        of record: borrowing PacketRecord, _ bytes: RawSpan, _ table: borrowing PacketNames, _ hosts: PacketHosts
    ) -> UInt32 {
        var rule: UInt16 = 0
        var group: UInt16 = 0
        if !record.present.isDisjoint(with: Layers.Presence.ruleTexts) {
            rule = number(.rule, in: record, bytes, record.ruleOffset, record.ruleLength)
            group = number(.ruleNumber, in: record, bytes, record.ruleGroupOffset, record.ruleGroupLength)
        }
        return shape(of: record, table, hosts, rule: rule, group: group)
    }

    /// The same for a record whose rule and group have the block's numbers already.
    @inline(__always)
    mutating func shape(
        of record: borrowing PacketRecord, _ table: borrowing PacketNames, _ hosts: PacketHosts, rule: UInt16,
        group: UInt16
    ) -> UInt32 {
        let hash = record.shapeHash(hosts, rule: rule, group: group, known.keys)
        if let number = known.number(of: hash, next: shapeCount) { return number }
        write(record, table, hosts, rule: rule, group: group)
        shapeCount &+= 1
        return shapeCount &- 1
    }

    /// The block's number of a text of the firewall's log prefix; 0 where there is none.
    @inline(never)
    private mutating func number(
        _ fact: Layers.Presence, in record: borrowing PacketRecord, _ bytes: RawSpan, _ offset: Int32, _ length: Int32
    ) -> UInt16 {
        let start = Int(offset)
        let count = Int(length)
        guard record.present.contains(fact), bytes.holds(count, at: start) else { return 0 }
        return names.number(of: bytes.extracting(start..<start + count))
    }

    @inline(never)
    private mutating func write(
        _ record: borrowing PacketRecord, _ table: borrowing PacketNames, _ hosts: PacketHosts, rule: UInt16,
        group: UInt16
    ) {
        var present = record.present
        if rule == 0 { present.remove(.rule) }
        if group == 0 { present.remove(.ruleNumber) }
        let parts = parts(of: record, hosts)
        let isIP = !present.isDisjoint(with: .ip)
        let hasICMP = present.contains(.icmp)
        shapes.reserve(256)
        shapes.appendLittle(
            UInt64(present.rawValue) | UInt64(parts) << 32 | UInt64(record.plainFacts) << 48
                | UInt64(isIP ? record.protocolNumber : 0) << 56)
        shapes.appendLittle(
            UInt32(isIP ? record.ttl : 0) | UInt32(isIP ? record.dscp : 0) << 8
                | UInt32(hasICMP ? record.icmpType : 0) << 16 | UInt32(hasICMP ? record.icmpCode : 0) << 24)
        writeAddresses(record, present)
        if parts & ShapePart.linkType != 0 { shapes.appendLittle(record.linkType.rawValue) }
        if present.contains(.etherType) { shapes.appendLittle(record.etherType) }
        if present.contains(.vlan) {
            let count = min(Int(record.vlanCount), 4)
            shapes.append(UInt8(count))
            for index in 0..<count { shapes.appendLittle(record.vlans[index]) }
        }
        writeInterfaces(record, present, parts, table)
        if present.contains(.rule) { shapes.appendLittle(rule) }
        if present.contains(.ruleNumber) {
            shapes.appendLittle(group)
            shapes.appendLittle(record.ruleNumber)
        }
        if parts > ShapePart.interface { writeNeighbours(record, parts, table, hosts) }
    }

    private func parts(of record: borrowing PacketRecord, _ hosts: PacketHosts) -> UInt16 {
        var parts: UInt16 = 0
        if record.incoming != .none { parts |= ShapePart.incoming }
        if record.outgoing != .none { parts |= ShapePart.outgoing }
        let seen = record.direction == .outgoing ? record.outgoing : record.incoming
        if record.interface != seen { parts |= ShapePart.interface }
        if record.linkType != .ethernet { parts |= ShapePart.linkType }
        if record.hasEcho { parts |= ShapePart.echo }
        if record.isReadBack { parts |= ShapePart.readBack }
        guard record.hasNeighbours(hosts) else { return parts }
        if hosts.source[0] | hosts.source[1] | hosts.source[2] | hosts.source[3] != 0 {
            parts |= ShapePart.sourceHosts
        }
        if hosts.destination[0] | hosts.destination[1] | hosts.destination[2] | hosts.destination[3] != 0 {
            parts |= ShapePart.destinationHosts
        }
        if record.sourceUser | record.destinationUser != 0 { parts |= ShapePart.users }
        if record.sourceCountry | record.destinationCountry != 0 { parts |= ShapePart.countries }
        if record.sourceASN | record.destinationASN != 0 { parts |= ShapePart.networks }
        return parts
    }

    @inline(__always)
    private mutating func writeAddresses(_ record: borrowing PacketRecord, _ present: Layers.Presence) {
        if present.contains(.ipv4) {
            shapes.appendLittle(
                UInt64(truncatingIfNeeded: record.sourceIP.low & 0xFFFF_FFFF)
                    | UInt64(truncatingIfNeeded: record.destinationIP.low) << 32)
        } else if present.contains(.ipv6) {
            shapes.appendBig(record.sourceIP.high)
            shapes.appendBig(record.sourceIP.low)
            shapes.appendBig(record.destinationIP.high)
            shapes.appendBig(record.destinationIP.low)
        }
        if present.contains(.ports) {
            shapes.appendLittle(UInt32(record.sourcePort) | UInt32(record.destinationPort) << 16)
        }
        if present.contains(.sourceMAC) { write(record.sourceMAC) }
        if present.contains(.destinationMAC) { write(record.destinationMAC) }
    }

    @inline(__always)
    private mutating func write(_ address: MACAddress) {
        shapes.appendBig(UInt16(truncatingIfNeeded: address.number >> 32))
        shapes.appendBig(UInt32(truncatingIfNeeded: address.number))
    }

    private mutating func writeInterfaces(
        _ record: borrowing PacketRecord, _ present: Layers.Presence, _ parts: UInt16, _ table: borrowing PacketNames
    ) {
        if parts & ShapePart.incoming != 0 { write(record.incoming, table) }
        if parts & ShapePart.outgoing != 0 { write(record.outgoing, table) }
        if parts & ShapePart.interface != 0 { write(record.interface, table) }
        if present.contains(.inputIndex) { write(kernelIndex: record.inputIndex, table) }
        if present.contains(.outputIndex) { write(kernelIndex: record.outputIndex, table) }
    }

    private mutating func write(_ interface: InterfaceID, _ table: borrowing PacketNames) {
        // None is told by 0: the direction's own was another.
        shapes.appendLittle(
            interface == .none ? 0 : names.number(of: Int(interface.rawValue), .interface, in: table.interfaces))
    }

    private mutating func write(kernelIndex index: UInt32, _ table: borrowing PacketNames) {
        shapes.appendLittle(index)
        let isNamed = table.kernelInterfaces.hasName(Int(index))
        shapes.appendLittle(
            isNamed ? names.number(of: Int(index), .kernelInterface, in: table.kernelInterfaces) : 0)
    }

    @inline(never)
    private mutating func writeNeighbours(
        _ record: borrowing PacketRecord, _ parts: UInt16, _ table: borrowing PacketNames, _ hosts: PacketHosts
    ) {
        if parts & ShapePart.sourceHosts != 0 {
            for index in 0..<4 { write(hosts.source[index], .host, table.hosts) }
        }
        if parts & ShapePart.destinationHosts != 0 {
            for index in 0..<4 { write(hosts.destination[index], .host, table.hosts) }
        }
        if parts & ShapePart.users != 0 {
            write(record.sourceUser, .user, table.users)
            write(record.destinationUser, .user, table.users)
        }
        if parts & ShapePart.countries != 0 {
            shapes.appendLittle(UInt32(record.sourceCountry) | UInt32(record.destinationCountry) << 16)
        }
        if parts & ShapePart.networks != 0 {
            shapes.appendLittle(UInt64(record.sourceASN) | UInt64(record.destinationASN) << 32)
        }
    }

    private mutating func write(_ id: UInt32, _ kind: NameKind, _ table: borrowing NameTable) {
        shapes.appendLittle(id == 0 ? 0 : names.number(of: Int(id), kind, in: table))
    }
}

extension PacketRecord {
    /// Source, direction and verdict in one byte.
    var plainFacts: UInt8 {
        let verdict = present.contains(.verdict) ? verdict.rawValue : 0
        return source.rawValue & 3 | direction.rawValue << 2 | verdict << 4
    }
}

extension Layers.Presence {
    /// As a number, since a literal of several members is an array where the optimiser is off.
    @inline(__always)
    static var ruleTexts: Self { Self(rawValue: Self.rule.rawValue | Self.ruleNumber.rawValue) }
}
