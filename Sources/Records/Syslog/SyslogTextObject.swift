import Primitives

/// Objects of lines that tell of no packet and no connection: events, changes, warnings.
struct SyslogTextObject: ~Copyable {
    private let names: JSONNames
    private let log: String
    private var clock: LineClock

    init(_ names: JSONNames, log: String, zone: ZoneTable) {
        self.names = names
        self.log = log
        clock = LineClock(zone: zone, form: names == .eve ? .eve : .rfc3339)
    }

    mutating func append(
        _ text: RawSpan, _ time: Timestamp, _ kind: StaticString, _ gateway: String, to buffer: inout ByteBuffer
    ) {
        switch names {
        case .gatelog:
            buffer.append("{\"log\":\"")
            buffer.append(escapingJSON: log)
            buffer.append("\",\"gateway\":\"")
            buffer.append(escapingJSON: gateway)
            buffer.append("\",\"time\":\"")
            clock.append(time, to: &buffer)
            buffer.append("\",\"kind\":\"")
            buffer.append(kind)
        case .ecs:
            buffer.append("{\"@timestamp\":\"")
            clock.append(time, to: &buffer)
            buffer.append("\",\"ecs\":{\"version\":\"8.11.0\"},\"event\":{\"kind\":\"event\",\"module\":\"gatelog\",")
            buffer.append("\"dataset\":\"gatelog.")
            buffer.append(escapingJSON: log)
            buffer.append("\",\"action\":\"")
            buffer.append(kind)
            buffer.append("\"},\"observer\":{\"name\":\"")
            buffer.append(escapingJSON: gateway)
            buffer.append("\"}")
        case .eve:
            buffer.append("{\"timestamp\":\"")
            clock.append(time, to: &buffer)
            buffer.append("\",\"event_type\":\"")
            buffer.append(kind)
        }
        if names != .ecs { buffer.append(UInt8(ascii: "\"")) }
        buffer.append(",\"message\":\"")
        buffer.append(escapingJSON: text)
        buffer.append("\"}")
    }
}
