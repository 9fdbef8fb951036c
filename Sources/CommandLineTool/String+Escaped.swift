import Primitives

extension String {
    /// The text with control characters and line ends as \xNN: what somebody else chose does not steer a terminal.
    var escaped: String {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append(escaping: self)
        return buffer.text
    }
}

extension ByteBuffer {
    /// The bytes as text; for messages, never for packets.
    var text: String {
        let bytes = bytes
        return String(decoding: (0..<bytes.byteCount).map { bytes.byte(at: $0) }, as: UTF8.self)
    }
}
