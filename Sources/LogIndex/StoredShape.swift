import PacketDecoding
import Primitives
import Records

/// What packets of one flow have in common, read back. Identifiers of interfaces, hosts and users are the
/// block's numbers of their names; offsets count from the block's first byte.
struct StoredShape {
    /// With the facts of the shape only. `interface` and its like hold the block's numbers.
    var record: PacketRecord
    var hosts: PacketHosts
    /// Where source and destination address of IPv6 stand, 32 bytes.
    var addresses6 = 0
    var sourceMAC = 0
    var destinationMAC = 0
    /// The block's numbers of the rule's name, of its group, and of the names of kernel indexes; 0 is none.
    var rule = 0
    var ruleGroup = 0
    var inputName = 0
    var outputName = 0

    init() {
        let frame = Frame(
            time: Timestamp(nanoseconds: 0), capturedLength: 0, originalLength: 0, linkType: .ethernet)
        record = PacketRecord(frame, Layers(), RawSpan())
        hosts = PacketHosts(of: record)
    }

    /// Bytes of the shape at `offset`, or nil where it does not fit into `end` bytes.
    static func length(_ block: RawSpan, at offset: Int, end: Int) -> Int? {
        guard offset + 12 <= end else { return nil }
        let present = Layers.Presence(rawValue: block.little32(at: offset))
        let parts = block.little16(at: offset + 4)
        var length = 12
        if present.contains(.ipv4) { length += 8 } else if present.contains(.ipv6) { length += 32 }
        if present.contains(.ports) { length += 4 }
        if present.contains(.sourceMAC) { length += 6 }
        if present.contains(.destinationMAC) { length += 6 }
        if parts & ShapePart.linkType != 0 { length += 2 }
        if present.contains(.etherType) { length += 2 }
        if present.contains(.vlan) {
            guard offset + length < end else { return nil }
            let count = Int(block.byte(at: offset + length))
            guard count <= 4 else { return nil }
            length += 1 + 2 * count
        }
        length += 2 * (parts & (ShapePart.incoming | ShapePart.outgoing | ShapePart.interface)).nonzeroBitCount
        if present.contains(.inputIndex) { length += 6 }
        if present.contains(.outputIndex) { length += 6 }
        if present.contains(.rule) { length += 2 }
        if present.contains(.ruleNumber) { length += 6 }
        length +=
            8 * (parts & (ShapePart.sourceHosts | ShapePart.destinationHosts | ShapePart.networks)).nonzeroBitCount
        length += 4 * (parts & (ShapePart.users | ShapePart.countries)).nonzeroBitCount
        return offset + length <= end ? length : nil
    }

    /// Reads the shape at `offset`, for which `length` has answered.
    mutating func read(_ block: RawSpan, at offset: Int) {
        var cursor = ShapeCursor(offset: offset + 12)
        let present = Layers.Presence(rawValue: block.little32(at: offset))
        let parts = block.little16(at: offset + 4)
        let plain = block.byte(at: offset + 6)
        record.present = present
        record.source = PacketRecord.Source(rawValue: plain & 3) ?? .file
        record.direction = FrameDirection(rawValue: plain >> 2 & 3) ?? .unknown
        record.verdict = Layers.Verdict(rawValue: plain >> 4 & 3) ?? .pass
        record.hasEcho = parts & ShapePart.echo != 0
        record.isReadBack = parts & ShapePart.readBack != 0
        record.protocolNumber = block.byte(at: offset + 7)
        record.ttl = block.byte(at: offset + 8)
        record.dscp = block.byte(at: offset + 9)
        record.icmpType = block.byte(at: offset + 10)
        record.icmpCode = block.byte(at: offset + 11)
        readAddresses(block, present, &cursor)
        record.linkType = parts & ShapePart.linkType != 0 ? LinkType(cursor.number16(block)) : .ethernet
        record.etherType = present.contains(.etherType) ? cursor.number16(block) : 0
        readTags(block, present, &cursor)
        readInterfaces(block, present, parts, &cursor)
        rule = present.contains(.rule) ? Int(cursor.number16(block)) : 0
        ruleGroup = present.contains(.ruleNumber) ? Int(cursor.number16(block)) : 0
        record.ruleNumber = present.contains(.ruleNumber) ? cursor.number32(block) : 0
        readNeighbours(block, parts, &cursor)
    }

    private mutating func readAddresses(_ block: RawSpan, _ present: Layers.Presence, _ cursor: inout ShapeCursor) {
        record.sourceIP = IPv6Address(0)
        record.destinationIP = IPv6Address(0)
        if present.contains(.ipv4) {
            record.sourceIP = IPv6Address(mapping: IPv4Address(cursor.number32(block)))
            record.destinationIP = IPv6Address(mapping: IPv4Address(cursor.number32(block)))
        } else if present.contains(.ipv6) {
            addresses6 = cursor.offset
            record.sourceIP = IPv6Address(
                high: block.big64(at: cursor.offset), low: block.big64(at: cursor.offset + 8))
            record.destinationIP = IPv6Address(
                high: block.big64(at: cursor.offset + 16), low: block.big64(at: cursor.offset + 24))
            cursor.offset += 32
        }
        record.sourcePort = present.contains(.ports) ? cursor.number16(block) : 0
        record.destinationPort = present.contains(.ports) ? cursor.number16(block) : 0
        sourceMAC = cursor.offset
        record.sourceMAC = present.contains(.sourceMAC) ? cursor.hardware(block) : MACAddress(0)
        destinationMAC = cursor.offset
        record.destinationMAC = present.contains(.destinationMAC) ? cursor.hardware(block) : MACAddress(0)
    }

    private mutating func readTags(_ block: RawSpan, _ present: Layers.Presence, _ cursor: inout ShapeCursor) {
        record.vlans = .init(repeating: 0)
        record.vlanCount = 0
        guard present.contains(.vlan) else { return }
        record.vlanCount = min(block.byte(at: cursor.offset), 4)
        cursor.offset += 1
        for index in 0..<Int(record.vlanCount) { record.vlans[index] = cursor.number16(block) }
    }

    private mutating func readInterfaces(
        _ block: RawSpan, _ present: Layers.Presence, _ parts: UInt16, _ cursor: inout ShapeCursor
    ) {
        record.incoming = parts & ShapePart.incoming != 0 ? cursor.interface(block) : .none
        record.outgoing = parts & ShapePart.outgoing != 0 ? cursor.interface(block) : .none
        let seen = record.direction == .outgoing ? record.outgoing : record.incoming
        record.interface = parts & ShapePart.interface != 0 ? cursor.interface(block) : seen
        record.inputIndex = present.contains(.inputIndex) ? cursor.number32(block) : 0
        inputName = present.contains(.inputIndex) ? Int(cursor.number16(block)) : 0
        record.outputIndex = present.contains(.outputIndex) ? cursor.number32(block) : 0
        outputName = present.contains(.outputIndex) ? Int(cursor.number16(block)) : 0
    }

    private mutating func readNeighbours(_ block: RawSpan, _ parts: UInt16, _ cursor: inout ShapeCursor) {
        for index in 0..<4 {
            hosts.source[index] = parts & ShapePart.sourceHosts != 0 ? UInt32(cursor.number16(block)) : 0
        }
        for index in 0..<4 {
            hosts.destination[index] = parts & ShapePart.destinationHosts != 0 ? UInt32(cursor.number16(block)) : 0
        }
        record.sourceHost = hosts.source[0]
        record.destinationHost = hosts.destination[0]
        record.sourceUser = parts & ShapePart.users != 0 ? UInt32(cursor.number16(block)) : 0
        record.destinationUser = parts & ShapePart.users != 0 ? UInt32(cursor.number16(block)) : 0
        record.sourceCountry = parts & ShapePart.countries != 0 ? cursor.number16(block) : 0
        record.destinationCountry = parts & ShapePart.countries != 0 ? cursor.number16(block) : 0
        record.sourceASN = parts & ShapePart.networks != 0 ? cursor.number32(block) : 0
        record.destinationASN = parts & ShapePart.networks != 0 ? cursor.number32(block) : 0
    }
}

/// Loads one number after the other out of a shape whose length was checked.
struct ShapeCursor {
    var offset: Int

    @inline(__always)
    mutating func number16(_ block: RawSpan) -> UInt16 {
        offset += 2
        return block.little16(at: offset - 2)
    }

    @inline(__always)
    mutating func number32(_ block: RawSpan) -> UInt32 {
        offset += 4
        return block.little32(at: offset - 4)
    }

    @inline(__always)
    mutating func hardware(_ block: RawSpan) -> MACAddress {
        offset += 6
        return MACAddress(UInt64(block.big16(at: offset - 6)) << 32 | UInt64(block.big32(at: offset - 4)))
    }

    /// A name's number as an identifier; 0 is none.
    @inline(__always)
    mutating func interface(_ block: RawSpan) -> InterfaceID {
        let number = number16(block)
        return number == 0 ? .none : InterfaceID(rawValue: number)
    }
}
