import Primitives

/// Texts of attributes: whatever bytes a client sent.
enum RadiusText {
    /// UTF-8 as it stands; bytes that are none as `\xNN`.
    static func shown(_ bytes: RawSpan) -> String {
        let text = bytes.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
        if let text { return text }
        var buffer = ByteBuffer(capacity: bytes.byteCount * 4)
        buffer.append(escaping: bytes)
        return buffer.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// A user's name; without its realm, `EXAMPLE\jane` and `jane@example.com` are jane.
    static func name(_ bytes: RawSpan, withoutRealm: Bool) -> String {
        guard withoutRealm else { return shown(bytes) }
        var lower = 0
        var upper = bytes.byteCount
        for offset in 0..<upper where bytes.byte(at: offset) == UInt8(ascii: "\\") { lower = offset + 1 }
        if let sign = (lower..<upper).last(where: { bytes.byte(at: $0) == UInt8(ascii: "@") }) { upper = sign }
        // Nothing but a realm is kept as it is.
        return lower < upper ? shown(bytes.extracting(lower..<upper)) : shown(bytes)
    }
}
