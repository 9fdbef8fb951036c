import Primitives

/// A message as the receiver gets it: a JSON object on one line, and the same as environment variables.
struct AlertMessage {
    let alert: String
    let gateway: String
    let log: String
    let event: AlertEvent

    /// Bytes of a line in a message.
    static let lineLength = 64 << 10
    /// Bytes of a variable: the kernel takes no more than 128 KiB of one.
    static let variableLength = 16 << 10

    /// "line", "digest" or "test".
    var type: String { event.isTest ? "test" : event.line == nil ? "digest" : "line" }

    /// `{"type":"line","alert":"ftp","gateway":"gw",...}`, without a line end.
    var json: String { String(appending: { append(to: &$0) }) }

    private func append(to buffer: inout ByteBuffer) {
        buffer.append("{\"type\":\"")
        buffer.append(type)
        buffer.append("\"")
        append("alert", alert, to: &buffer)
        append("gateway", gateway, to: &buffer)
        append("log", log, to: &buffer)
        if let line = event.line {
            append("line", Self.cut(line.text, Self.lineLength), to: &buffer)
            if let record = line.record {
                buffer.append(",\"record\":")
                buffer.append(record)
            }
        }
        buffer.append(",\"held_back\":")
        buffer.append(decimal: event.heldBack)
        buffer.append(",\"held_back_lines\":[")
        var separator = "\""
        for sample in event.samples {
            buffer.append(separator)
            buffer.append(escapingJSON: sample)
            buffer.append("\"")
            separator = ",\""
        }
        buffer.append("]}")
    }

    private func append(_ name: StaticString, _ value: String, to buffer: inout ByteBuffer) {
        buffer.append(",\"")
        buffer.append(name)
        buffer.append("\":\"")
        buffer.append(escapingJSON: value)
        buffer.append("\"")
    }

    /// "GATELOG_LINE=...", and each plain value of the record as "GATELOG_FIELD_SRC_IP=...". Control characters are
    /// escaped as in the logs, so that no value has a line end or a NUL.
    var environment: [String] {
        var variables = [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
            "GATELOG_TYPE=\(type)", "GATELOG_ALERT=\(Self.harmless(alert))",
            "GATELOG_GATEWAY=\(Self.harmless(gateway))", "GATELOG_LOG=\(log)", "GATELOG_HELD_BACK=\(event.heldBack)",
        ]
        guard let line = event.line else { return variables }
        variables.append("GATELOG_LINE=\(Self.harmless(line.text))")
        if let record = line.record {
            variables += RecordValues(record).values.map { "GATELOG_FIELD_\($0.name)=\(Self.harmless($0.value))" }
        }
        return variables
    }

    /// The text with what is no text, and what would steer a terminal, escaped; cut to what a variable holds.
    static func harmless(_ text: String) -> String {
        cut(String(appending: { $0.append(escaping: cut(text, variableLength)) }), variableLength)
    }

    /// At most that many bytes, and no half character.
    static func cut(_ text: String, _ bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }
}
