import Expressions
import LogIndex
import Primitives
import Records

/// Writes what the index holds of a line as a JSON object.
struct StoredLineRenderer: ~Copyable {
    private let isOn: Bool
    private var packets: PacketJSONRenderer
    private var connections: ConnectionJSONRenderer
    private let services = ServiceNames { Services.name(of: $0)?.uppercased() }
    private var clock: LineClock
    private var names = PacketNames()
    private var buffer = ByteBuffer(capacity: 2 << 10)

    init(_ selection: LogSelection) {
        isOn = selection.wantsRecords
        packets = PacketJSONRenderer(zone: selection.zone)
        connections = ConnectionJSONRenderer(zone: selection.zone)
        clock = LineClock(zone: selection.zone, form: .rfc3339)
    }

    /// Goes over to the block that `reader` has opened.
    mutating func begin(_ reader: borrowing IndexBlockReader, _ block: RawSpan) {
        if isOn { names = reader.packetNames(block) }
    }

    /// The object of a line, without a line end; no bytes where records are not asked for. A line that tells of no
    /// packet and no connection has its text in it, behind the members that it has of its own.
    @_lifetime(&self)
    mutating func object(
        _ line: StoredLine, _ reader: inout IndexBlockReader, _ block: RawSpan, _ text: RawSpan
    ) -> RawSpan {
        buffer.removeAll()
        guard isOn else { return buffer.bytes }
        if let record = reader.record(of: line, block) {
            packets.append(record, block, names, to: &buffer)
            // The renderer ends its line.
            buffer.truncate(to: buffer.count - 1)
            return buffer.bytes
        }
        if let record = reader.connection(of: line, block) {
            connections.append(record, names, services, to: &buffer)
            buffer.truncate(to: buffer.count - 1)
            return buffer.bytes
        }
        buffer.append("{\"time\":\"")
        clock.append(line.time, to: &buffer)
        buffer.append("\",\"kind\":\"")
        buffer.append(line.kind.name)
        buffer.append("\",")
        reader.appendFields(of: line, block, to: &buffer)
        Self.append(text, to: &buffer)
        return buffer.bytes
    }

    /// Appends the object of a line of which the index knows nothing.
    static func append(plain text: RawSpan, to buffer: inout ByteBuffer) {
        buffer.append("{\"kind\":\"text\",")
        append(text, to: &buffer)
    }

    private static func append(_ text: RawSpan, to buffer: inout ByteBuffer) {
        buffer.append("\"line\":\"")
        buffer.append(escapingJSON: text)
        buffer.append("\"}")
    }
}
