public import Primitives
public import Records

// Members of a line's record that is no packet and no connection: see BlockFormat.swift.

extension IndexBlockBuilder {
    /// Notes a line with the members of its record, which `IndexBlockReader` gives back as they are.
    public mutating func append(kind: RecordKind, time: Timestamp, fields: RecordFields, lineLength: Int) {
        guard !fields.isEmpty else { return append(kind: kind, time: time, lineLength: lineLength) }
        let line = UInt32(clamping: lineLength)
        let delta = begin(kind, time.nanoseconds, line)
        entries.append(kind.rawValue | EntryHead.fields)
        entries.appendLittle(line)
        entries.appendLittle(delta)
        entries.append(0)
        entries.appendLittle(UInt32(clamping: fields.byteCount))
        for item in fields.items {
            entries.append(UInt8(clamping: item.name.utf8.count))
            entries.append(item.name)
            entries.appendLittle(UInt16(clamping: item.value.utf8.count))
            entries.append(item.value)
        }
    }
}

extension RecordFields {
    /// Bytes that the members take in a block.
    public var byteCount: Int { items.reduce(0) { $0 + 3 + $1.name.utf8.count + $1.value.utf8.count } }
}

extension IndexBlockReader {
    /// Appends the members of a line's record, `"name":"value",` each; nothing for a line that has none. What does not
    /// fit together ends them early.
    public func appendFields(of line: StoredLine, _ block: RawSpan, to buffer: inout ByteBuffer) {
        guard line.fieldsLength > 0, block.holds(line.fieldsLength, at: line.details) else { return }
        var offset = line.details
        let end = offset + line.fieldsLength
        while offset + 3 <= end {
            let nameLength = Int(block.byte(at: offset))
            let name = offset + 1
            guard name + nameLength + 2 <= end else { return }
            let valueLength = Int(block.little16(at: name + nameLength))
            let value = name + nameLength + 2
            guard value + valueLength <= end else { return }
            buffer.append(UInt8(ascii: "\""))
            buffer.append(escapingJSON: block.extracting(name..<name + nameLength))
            buffer.append("\":\"")
            buffer.append(escapingJSON: block.extracting(value..<value + valueLength))
            buffer.append("\",")
            offset = value + valueLength
        }
    }
}
