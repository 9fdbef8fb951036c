public import Primitives

/// Lines of sixteen bytes, in hexadecimal and as characters.
public struct IPLogHexDump: Sendable {
    /// Bytes of a line.
    public static var lineBytes: Int { 16 }

    /// Appends all lines of `bytes`; nothing for none.
    public static func append(_ bytes: RawSpan, to out: inout ByteBuffer) {
        var start = 0
        while start < bytes.byteCount { start = appendLine(bytes, at: start, to: &out) }
    }

    /// Appends the line that begins at `start`, line end included, and returns where the next one does.
    public static func appendLine(_ bytes: RawSpan, at start: Int, to out: inout ByteBuffer) -> Int {
        let end = min(start + lineBytes, bytes.byteCount)
        out.reserve(80)
        for place in start..<end {
            out.append(hex: UInt64(bytes.byte(at: place)), digits: 2)
            out.append(UInt8(ascii: " "))
        }
        // The characters begin in the 56th column, however many bytes the line has.
        for _ in 0..<(lineBytes - (end - start)) { out.append("   ") }
        out.append("       ")
        for place in start..<end {
            let byte = bytes.byte(at: place)
            out.append(0x20...0x7E ~= byte ? byte : UInt8(ascii: "."))
        }
        out.append(UInt8(ascii: "\n"))
        return end
    }
}
