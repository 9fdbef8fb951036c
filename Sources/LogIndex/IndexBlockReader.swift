import PacketDecoding
import Primitives
public import Records

/// Reads one block after the other, line by line: `open`, then `next` until nil. The block's bytes travel beside it
/// and are the same in all calls until the next `open`.
///
/// A block may be damaged or made by who means harm: all is checked, nothing traps. Memory is reused from block to
/// block. A line costs about 5 ns, opening a block 2 ns a shape and the checksum (10 bytes a nanosecond).
public struct IndexBlockReader: ~Copyable {
    /// What the open block's header says.
    public private(set) var facts = BlockFacts()
    /// Set where the block's inside does not fit together: `next` has ended early.
    public private(set) var damage: IndexDamage?

    struct Name {
        var kind: UInt8
        var offset: Int32
        var length: Int32
    }

    /// By their numbers less one.
    private(set) var names: [Name] = []
    private(set) var shapeOffsets: [Int32] = []
    private var position = 0
    private var line = StoredLine()
    private var left = 0
    var shape = StoredShape()
    var shapeNumber = -1

    public init() {}

    /// Opens the block at the start of `block`; what stands behind it is not looked at.
    ///
    /// - Parameter isSealed: whether its checksum was made; a builder's fresh block has none yet.
    public mutating func open(_ block: RawSpan, isSealed: Bool = true) throws(IndexDamage) {
        names.removeAll(keepingCapacity: true)
        shapeOffsets.removeAll(keepingCapacity: true)
        shapeNumber = -1
        left = 0
        damage = nil
        facts = try BlockFacts(block, isSealed: isSealed)
        try readNames(block)
        try readShapes(block)
        position = facts.entries.lowerBound
        left = facts.lineCount
        line = StoredLine()
        line.offset = facts.lineOffset
        line.number = facts.lineNumber &- 1
        line.time = facts.firstTime
    }

    private mutating func readNames(_ block: RawSpan) throws(IndexDamage) {
        var offset = facts.names.lowerBound
        let end = facts.names.upperBound
        while offset < end {
            guard offset + 3 <= end else { throw IndexDamage(.contradiction, at: offset) }
            let length = Int(block.little16(at: offset + 1))
            guard offset + 3 + length <= end else { throw IndexDamage(.contradiction, at: offset) }
            names.append(Name(kind: block.byte(at: offset), offset: Int32(offset + 3), length: Int32(length)))
            offset += 3 + length
        }
        guard names.count == facts.nameCount else { throw IndexDamage(.contradiction, at: offset) }
    }

    private mutating func readShapes(_ block: RawSpan) throws(IndexDamage) {
        var offset = facts.shapes.lowerBound
        let end = facts.shapes.upperBound
        while offset < end {
            guard let length = StoredShape.length(block, at: offset, end: end) else {
                throw IndexDamage(.contradiction, at: offset)
            }
            shapeOffsets.append(Int32(offset))
            offset += length
        }
        guard shapeOffsets.count == facts.shapeCount else { throw IndexDamage(.contradiction, at: offset) }
    }

    /// The next line, or nil at the end of the block or where it is damaged.
    public mutating func next(_ block: RawSpan) -> StoredLine? {
        guard left > 0 else { return nil }
        guard readEntry(block, end: facts.entries.upperBound) else {
            damage = IndexDamage(.contradiction, at: position)
            left = 0
            return nil
        }
        left -= 1
        return line
    }

    private mutating func readEntry(_ block: RawSpan, end: Int) -> Bool {
        guard block.byteCount >= end, position + 8 <= end else { return false }
        line.offset &+= UInt64(line.length)
        line.number &+= 1
        let head = block.byte(at: position)
        line.kind = RecordKind(rawValue: head & EntryHead.kinds) ?? .text
        let hasFields = head & EntryHead.fields == EntryHead.fields
        line.isPacket = head & EntryHead.packet != 0 && !hasFields
        line.fieldsLength = 0
        line.isConnection =
            head & (EntryHead.connection | EntryHead.packet | EntryHead.wide) == EntryHead.connection | EntryHead.wide
        if head & EntryHead.wide == 0 {
            line.length = Int(block.little16(at: position + 1))
            line.time.nanoseconds &+= Int64(block.little32(at: position + 3))
            line.tcpFlags = block.byte(at: position + 7)
            position += 8
            guard line.isPacket else { return true }
            guard position + 8 <= end else { return false }
            line.shape = Int(block.little16(at: position))
            line.packetLength = UInt32(block.little16(at: position + 2))
            line.payloadLength = UInt32(block.little16(at: position + 4))
            line.identification = UInt32(block.little16(at: position + 6))
            position += 8
        } else {
            guard position + 14 <= end else { return false }
            line.length = Int(block.little32(at: position + 1))
            line.time.nanoseconds &+= Int64(bitPattern: block.little64(at: position + 5))
            line.tcpFlags = block.byte(at: position + 13)
            position += 14
            if hasFields { return readFields(block, end: end) }
            if line.isConnection { return readConnection(block, end: end) }
            guard line.isPacket else { return true }
            guard position + 16 <= end else { return false }
            line.shape = Int(block.little32(at: position))
            line.packetLength = block.little32(at: position + 4)
            line.payloadLength = block.little32(at: position + 8)
            line.identification = block.little32(at: position + 12)
            position += 16
        }
        return line.shape < shapeOffsets.count && readRest(block, end: end)
    }

    /// A line's own members: see StoredFields.swift.
    private mutating func readFields(_ block: RawSpan, end: Int) -> Bool {
        guard position + 4 <= end else { return false }
        let length = Int(block.little32(at: position))
        guard length <= end - position - 4 else { return false }
        line.details = position + 4
        line.fieldsLength = length
        position += 4 + length
        return true
    }

    private mutating func readConnection(_ block: RawSpan, end: Int) -> Bool {
        guard position + 8 <= end else { return false }
        line.shape = Int(block.little32(at: position))
        guard line.shape < shapeOffsets.count else { return false }
        line.details = position + 4
        let shape = Layers.Presence(rawValue: block.little32(at: Int(shapeOffsets[line.shape])))
        let present = ConnectionRecord.Presence(rawValue: block.little16(at: line.details))
        position += 8 + StoredConnection.length(present, isIPv4: shape.contains(.ipv4))
        return position <= end
    }

    /// What TCP, echoes and fragments have beside: the shape says it.
    @inline(__always)
    private mutating func readRest(_ block: RawSpan, end: Int) -> Bool {
        let shape = Int(shapeOffsets[line.shape])
        let present = Layers.Presence(rawValue: block.little32(at: shape))
        if present.contains(.tcpFlags) {
            guard position + 10 <= end else { return false }
            line.tcpSequence = block.little32(at: position)
            line.tcpAcknowledgement = block.little32(at: position + 4)
            line.tcpWindow = block.little16(at: position + 8)
            position += 10
        }
        if block.little16(at: shape + 4) & ShapePart.echo != 0 {
            guard position + 4 <= end else { return false }
            line.icmpID = block.little16(at: position)
            line.icmpSequence = block.little16(at: position + 2)
            position += 4
        }
        if present.contains(.fragment) {
            guard position + 8 <= end else { return false }
            line.identification = block.little32(at: position)
            let offset = block.little32(at: position + 4)
            line.fragmentOffset = offset >> 1
            line.fragmentMore = offset & 1 != 0
            position += 8
        }
        return true
    }
}

// MARK: Records

extension IndexBlockReader {
    /// The bytes of a name by its number, or nil.
    func name(_ number: Int) -> Name? {
        number >= 1 && number <= names.count ? names[number - 1] : nil
    }

    /// The packet that a line tells of, as it was given to the builder, but for what depends on the frame's bytes:
    /// those are `block`'s now. Interfaces, hosts and users are numbers of the block's names, which `StoredNames`
    /// knows. Facts that the packet does not have are 0. Nil for a line without a packet.
    public mutating func record(of line: StoredLine, _ block: RawSpan) -> PacketRecord? {
        guard line.isPacket, select(line.shape, block) else { return nil }
        var record = shape.record
        record.time = line.time
        record.length = line.packetLength
        record.payloadLength = line.payloadLength
        record.identification = line.identification
        if record.present.contains(.tcpFlags) {
            record.tcpFlags = line.tcpFlags
            record.tcpSequence = line.tcpSequence
            record.tcpAcknowledgement = line.tcpAcknowledgement
            record.tcpWindow = line.tcpWindow
        }
        if record.hasEcho {
            record.icmpID = line.icmpID
            record.icmpSequence = line.icmpSequence
        }
        if record.present.contains(.fragment) {
            record.fragmentOffset = line.fragmentOffset
            record.fragmentMore = line.fragmentMore
        }
        if let rule = name(shape.rule) {
            record.ruleOffset = rule.offset
            record.ruleLength = rule.length
        }
        if let group = name(shape.ruleGroup) {
            record.ruleGroupOffset = group.offset
            record.ruleGroupLength = group.length
        }
        return record
    }

    /// Makes `shape` that of a number; false where there is none.
    @inline(__always)
    mutating func select(_ number: Int, _ block: RawSpan) -> Bool {
        if number == shapeNumber { return true }
        guard number < shapeOffsets.count, block.byteCount >= facts.shapes.upperBound else { return false }
        shape.read(block, at: Int(shapeOffsets[number]))
        shapeNumber = number
        return true
    }
}
