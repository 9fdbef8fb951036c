import PacketDecoding
public import Primitives
public import Settings

/// Writes records in ArcSight's Common Event Format, version 0, without a line end:
///
///     CEF:0|Gatelog|Gatelog|0.1.0|filter|Packet dropped|3|rt=1783517996123 act=drop src=62.238.41.57 spt=65301 ...
///
/// In the head `|` and `\` stand behind a backslash, in values `=` and `\`; nothing that a line would not show gets
/// through. IPv6 addresses have the fields that version 0 keeps for them (c6a2, c6a3). What CEF has no field for stands
/// in `msg`, the line itself.
public struct CEFRenderer: ~Copyable {
    private var head = ByteBuffer(capacity: 128)
    private var rest = ByteBuffer(capacity: 128)

    /// For the lines of one log.
    public init(log: String, gateway: String, severity: SyslogSeverity) {
        head.append("CEF:0|Gatelog|Gatelog|")
        head.append(
            escaping: Product.version.utf8Span.span.bytes, behindBackslash: UInt8(ascii: "|"), UInt8(ascii: "|"))
        head.append(UInt8(ascii: "|"))
        rest.append(UInt8(ascii: "|"))
        rest.append(decimal: Self.severity(severity))
        rest.append("|cat=")
        rest.appendCEF(log.utf8Span.span.bytes)
        rest.append(" dvchost=")
        rest.appendCEF(gateway.utf8Span.span.bytes)
        rest.append(" rt=")
    }

    /// CEF counts from 0 to 10, upwards.
    static func severity(_ severity: SyslogSeverity) -> UInt32 {
        switch severity {
        case .emergency: 10
        case .alert: 9
        case .critical: 8
        case .error: 7
        case .warning: 6
        case .notice: 4
        case .info: 3
        case .debug: 1
        }
    }

    /// Appends an event of which only its text is known.
    public func append(_ text: RawSpan, time: Timestamp, kind: StaticString, to buffer: inout ByteBuffer) {
        begin(kind, Self.name(kind), time, to: &buffer)
        buffer.append(" msg=")
        buffer.appendCEF(text)
    }

    /// Appends a packet; `text` is the line that tells of it.
    public func append(
        _ text: RawSpan, _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, kind: StaticString,
        to buffer: inout ByteBuffer
    ) {
        let isDrop = record.present.contains(.verdict) && record.verdict != .pass
        begin(kind, isDrop ? "Packet dropped" : "Packet", record.time, to: &buffer)
        record.appendCEF(bytes, names, to: &buffer)
        buffer.append(" msg=")
        buffer.appendCEF(text)
    }

    /// Appends a connection.
    public func append(
        _ text: RawSpan, _ record: ConnectionRecord, _ names: borrowing PacketNames,
        _ services: borrowing ServiceNames, to buffer: inout ByteBuffer
    ) {
        begin("connection", "Connection ended", record.time, to: &buffer)
        record.appendCEF(names, services, to: &buffer)
        buffer.append(" msg=")
        buffer.appendCEF(text)
    }

    private func begin(_ kind: StaticString, _ name: StaticString, _ time: Timestamp, to buffer: inout ByteBuffer) {
        buffer.append(head.bytes)
        buffer.append(kind)
        buffer.append(UInt8(ascii: "|"))
        buffer.append(name)
        buffer.append(rest.bytes)
        buffer.appendMilliseconds(time)
    }

    private static func name(_ kind: StaticString) -> StaticString {
        switch "\(kind)" {
        case "security": "Security event"
        case "engine": "Engine event"
        case "change": "Configuration change"
        case "warning": "Warning"
        case "error": "Error"
        case "gap": "Lines lost"
        case "suppressed": "Lines suppressed"
        default: "Log line"
        }
    }
}

extension ByteBuffer {
    /// A value of the extension.
    mutating func appendCEF(_ bytes: RawSpan) {
        append(escaping: bytes, behindBackslash: UInt8(ascii: "="), UInt8(ascii: "="))
    }

    /// Milliseconds since 1970.
    mutating func appendMilliseconds(_ time: Timestamp) {
        append(decimal: Int(time.seconds) &* 1000 &+ Int(time.fraction / 1_000_000))
    }
}
