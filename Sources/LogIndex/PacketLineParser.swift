import PacketDecoding
import Primitives
import Records

/// Reads a packet's line in the standard template back, in either dialect: what `PacketLineRenderer` writes behind
/// the time. All of the line must fit.
struct PacketLineParser: ~Copyable {
    enum Answer {
        /// It is in `record`; a kind where the line says it.
        case packet(RecordKind?)
        /// It tells of a packet, in another template.
        case unread(RecordKind)
        case other
    }

    /// Interfaces that are remembered; the names of further ones are lost.
    /// - Limit: interfaces of lines that are read back |  | their names are lost
    private static let mostInterfaces = 4096

    private(set) var names = PacketNames()
    /// What the record's rule points into.
    private(set) var texts = ByteBuffer(capacity: 256)
    var record = PacketLineParser.blank

    private var interfaces: [String: UInt16] = [:]

    static var blank: PacketRecord {
        let frame = Frame(
            time: Timestamp(nanoseconds: 0), capturedLength: 0, originalLength: 0, linkType: .ethernet)
        var record = PacketRecord(frame, Layers(), RawSpan())
        record.isReadBack = true
        return record
    }

    mutating func parse(_ line: RawSpan) -> Answer {
        record = PacketLineParser.blank
        texts.removeAll()
        var cursor = LineCursor(line)
        if cursor.take("{pktlog} ", line) {
            return parsePacket(&cursor, line, isDrop: false) ? .packet(.packet) : .unread(.packet)
        }
        if cursor.take("{pktdrop} ", line) {
            return cursor.take("packet dropped: ", line) && parseDrop(&cursor, line) ? .packet(.drop) : .unread(.drop)
        }
        if let hasRule = parseRule(&cursor, line) {
            return hasRule && parsePacket(&cursor, line, isDrop: false) ? .packet(.filter) : .unread(.filter)
        }
        return parsePacket(&cursor, line, isDrop: false) ? .packet(nil) : .other
    }

    // MARK: What stands before the template

    /// `PERMIT "name" `; nil where the line begins otherwise, false where it goes on otherwise.
    private mutating func parseRule(_ cursor: inout LineCursor, _ line: RawSpan) -> Bool? {
        let start = cursor.offset
        if cursor.take("PERMIT ", line) {
            set(.pass)
        } else if cursor.take("DENY ", line) {
            set(.reject)
        } else if cursor.take("DROP ", line) {
            set(.drop)
        } else if !cursor.take("LOG ", line) {
            return nil
        }
        let name: Range<Int>?
        if cursor.take("\"", line) {
            name = cursor.upTo("\" ", line)
        } else if cursor.take("'", line) {
            name = cursor.upTo("' ", line)
        } else {
            record.present = []
            cursor.offset = start
            return nil
        }
        guard let name else { return false }
        setRule(name, line)
        return true
    }

    private mutating func set(_ verdict: Layers.Verdict) {
        record.verdict = verdict
        record.present.insert(.verdict)
    }

    /// `REASON (from WAN, ...)`, the reason being read from behind: it is anybody's text.
    private mutating func parseDrop(_ cursor: inout LineCursor, _ line: RawSpan) -> Bool {
        guard cursor.end > cursor.offset, line.byte(at: cursor.end - 1) == UInt8(ascii: ")") else { return false }
        cursor.end -= 1
        let places = [cursor.last(" (from ", line), cursor.last(" (to ", line), cursor.last(" (on ", line)]
        guard let place = places.compactMap({ $0 }).max() else { return false }
        set(.drop)
        if cursor.take("Traffic rule: ", line), cursor.offset <= place { setRule(cursor.offset..<place, line) }
        cursor.offset = place + 2
        return parsePacket(&cursor, line, isDrop: true)
    }

    /// Takes the name as it was before it was escaped. A backslash stands for itself, so only what must have been
    /// escaped is put back.
    private mutating func setRule(_ name: Range<Int>, _ line: RawSpan) {
        var offset = name.lowerBound
        while offset < name.upperBound {
            if offset + 4 <= name.upperBound, let byte = Self.escaped(line, at: offset) {
                texts.append(byte)
                offset += 4
            } else {
                texts.append(line.byte(at: offset))
                offset += 1
            }
        }
        record.ruleOffset = 0
        record.ruleLength = Int32(clamping: texts.count)
        record.present.insert(.rule)
    }

    private static func escaped(_ line: RawSpan, at offset: Int) -> UInt8? {
        guard line.byte(at: offset) == UInt8(ascii: "\\"), line.byte(at: offset + 1) == UInt8(ascii: "x"),
            let high = hex(line.byte(at: offset + 2)), let low = hex(line.byte(at: offset + 3))
        else { return nil }
        let byte = high << 4 | low
        let isQuote = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
        return byte < 0x20 || byte >= 0x7F || isQuote ? byte : nil
    }

    private static func hex(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    // MARK: The template

    private mutating func parsePacket(_ cursor: inout LineCursor, _ line: RawSpan, isDrop: Bool) -> Bool {
        if !isDrop, !cursor.take("packet ", line) { return false }
        if cursor.take("from ", line) {
            record.direction = .incoming
        } else if cursor.take("to ", line) {
            record.direction = .outgoing
        } else if !cursor.take("on ", line) {
            return false
        }
        guard let interface = cursor.upTo(", proto:", line), let name = cursor.upTo(", len:", line),
            let length = cursor.number(line), cursor.take(", ", line)
        else { return false }
        setInterface(StoredNames.text(line.extracting(interface)))
        record.length = UInt32(length)
        _ = cursor.take("ip/port:", line)
        guard let source = cursor.upTo(" -> ", line) else { return false }
        let rest = cursor.offset
        let destination = rest..<(cursor.upTo(", ", line)?.upperBound ?? cursor.end)
        let hasDetails = destination.upperBound < cursor.end
        if !hasDetails { cursor.offset = cursor.end }
        guard setEnds(StoredNames.text(line.extracting(source)), StoredNames.text(line.extracting(destination))),
            setProtocol(StoredNames.text(line.extracting(name)))
        else { return false }
        return (!hasDetails || parseDetails(&cursor, line)) && cursor.isAtEnd
    }

    private mutating func setInterface(_ name: String) {
        var number = interfaces[name]
        if number == nil, interfaces.count < PacketLineParser.mostInterfaces {
            number = UInt16(interfaces.count + 1)
            interfaces[name] = number
            names.name(InterfaceID(rawValue: UInt16(interfaces.count)), name)
        }
        guard let number else { return }
        record.interface = InterfaceID(rawValue: number)
        if record.direction == .incoming { record.incoming = record.interface }
        if record.direction == .outgoing { record.outgoing = record.interface }
    }
}
