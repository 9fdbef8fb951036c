public import Primitives

/// Writes events of the Security log as its lines, or as JSON, one object a line.
public struct SecurityEventRenderer: ~Copyable {
    public enum Form: Hashable, Sendable {
        case line(LogDialect)
        case json
    }

    private let form: Form
    private var clock: LineClock

    /// A renderer whose times are in `zone`; milliseconds are for lines, objects always have the whole time.
    public init(_ form: Form, zone: ZoneTable, milliseconds: Bool = false) {
        self.form = form
        clock =
            switch form {
            case .line: LineClock(zone: zone, form: milliseconds ? .bracketedMilliseconds : .bracketed)
            case .json: LineClock(zone: zone, form: .rfc3339)
            }
    }

    /// Appends an event with its line end.
    public mutating func append(_ event: SecurityEvent, at time: Timestamp, to buffer: inout ByteBuffer) {
        switch form {
        case .line(let dialect):
            clock.append(time, to: &buffer)
            buffer.append(event.text(dialect))
        case .json:
            buffer.append("{\"time\":\"")
            clock.append(time, to: &buffer)
            buffer.append("\",\"log\":\"security\",\"kind\":\"security\",")
            for item in event.fields.items { append(item.name, item.value, to: &buffer) }
            buffer.closeObject()
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    private func append(_ name: String, _ value: String, to buffer: inout ByteBuffer) {
        buffer.append(UInt8(ascii: "\""))
        buffer.append(name)
        buffer.append("\":")
        if RecordFields.numbers.contains(name) {
            buffer.append(value)
        } else {
            buffer.append(UInt8(ascii: "\""))
            buffer.append(escapingJSON: value)
            buffer.append(UInt8(ascii: "\""))
        }
        buffer.append(UInt8(ascii: ","))
    }
}

extension RecordFields {
    /// Members whose values are numbers.
    static let numbers: Set<String> = [
        "ip_version", "protocol", "source_port", "destination_port", "length", "gid", "sid", "revision", "flow_id",
    ]
}
