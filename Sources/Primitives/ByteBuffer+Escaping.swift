// What came from the network, made harmless: nobody forges a line, moves a terminal's cursor or
// turns the reading direction around.

extension ByteBuffer {
    /// Appends `bytes` as text of a log line: valid UTF-8 as it stands; control characters (C0, DEL, C1),
    /// line and paragraph separators, characters that change the reading direction and bytes that are no
    /// UTF-8 as `\xNN`, byte by byte. `quote` too, where it closes the text.
    public mutating func append(escaping bytes: RawSpan, quote: UInt8? = nil) {
        var offset = 0
        while offset < bytes.byteCount {
            let plain = plainRun(bytes, from: offset) { $0 == quote }
            if plain > 0 {
                append(bytes.extracting(offset..<offset + plain))
                offset += plain
                continue
            }
            let scalar = UTF8Scalar(in: bytes, at: offset)
            if scalar.isShown, bytes.byte(at: offset) != quote {
                append(bytes.extracting(offset..<offset + scalar.length))
            } else {
                for place in offset..<offset + scalar.length { appendEscape(bytes.byte(at: place)) }
            }
            offset += scalar.length
        }
    }

    /// Appends `bytes` as the inside of a JSON string (RFC 8259 section 7): bytes that are no UTF-8 as the
    /// text `\xNN` (so the backslash is doubled), what a line would not show as `\u00NN`.
    public mutating func append(escapingJSON bytes: RawSpan) {
        var offset = 0
        while offset < bytes.byteCount {
            let plain = plainRun(bytes, from: offset) { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
            if plain > 0 {
                append(bytes.extracting(offset..<offset + plain))
                offset += plain
                continue
            }
            let scalar = UTF8Scalar(in: bytes, at: offset)
            appendJSON(scalar, bytes, at: offset)
            offset += scalar.length
        }
    }

    /// Appends `bytes` as text in which `first`, `second` and the backslash stand behind a backslash, as the values of
    /// syslog's structured data and of CEF do. What a line would not show is the text `\\xNN`: its backslash is doubled
    /// like any other.
    public mutating func append(escaping bytes: RawSpan, behindBackslash first: UInt8, _ second: UInt8) {
        var offset = 0
        while offset < bytes.byteCount {
            let plain = plainRun(bytes, from: offset) { $0 == first || $0 == second || $0 == UInt8(ascii: "\\") }
            if plain > 0 {
                append(bytes.extracting(offset..<offset + plain))
                offset += plain
                continue
            }
            let scalar = UTF8Scalar(in: bytes, at: offset)
            if scalar.isShown {
                // Only signs of one byte come here that need one.
                if scalar.length == 1 { append(UInt8(ascii: "\\")) }
                append(bytes.extracting(offset..<offset + scalar.length))
            } else {
                for place in offset..<offset + scalar.length {
                    append(UInt8(ascii: "\\"))
                    appendEscape(bytes.byte(at: place))
                }
            }
            offset += scalar.length
        }
    }

    /// Appends the escaped UTF-8 of `text`.
    public mutating func append(escaping text: String, quote: UInt8? = nil) {
        unsafe append(escaping: text.utf8Span.span.bytes, quote: quote)
    }

    /// Appends `text` as the inside of a JSON string.
    public mutating func append(escapingJSON text: String) {
        unsafe append(escapingJSON: text.utf8Span.span.bytes)
    }

    private mutating func appendJSON(_ scalar: UTF8Scalar, _ bytes: RawSpan, at offset: Int) {
        switch scalar.value {
        case nil:
            append(UInt8(ascii: "\\"))
            appendEscape(bytes.byte(at: offset))
        case 0x22, 0x5C:
            append(UInt8(ascii: "\\"))
            append(bytes.byte(at: offset))
        case 0x0A:
            append("\\n")
        case 0x09:
            append("\\t")
        case let value? where !scalar.isShown:
            append("\\u")
            append(hex: UInt64(value), digits: 4)
        default:
            append(bytes.extracting(offset..<offset + scalar.length))
        }
    }

    private mutating func appendEscape(_ byte: UInt8) {
        append("\\x")
        append(hex: UInt64(byte), digits: 2)
    }
}

/// How many bytes from `offset` on are printable ASCII, and none that `isSpecial`.
@inline(__always)
private func plainRun(_ bytes: RawSpan, from offset: Int, except isSpecial: (UInt8) -> Bool) -> Int {
    var end = offset
    while end < bytes.byteCount {
        let byte = bytes.byte(at: end)
        guard byte >= 0x20, byte < 0x7F, !isSpecial(byte) else { break }
        end += 1
    }
    return end - offset
}

/// One character of UTF-8 (RFC 3629), or one byte that begins none.
private struct UTF8Scalar {
    /// nil for a byte that is no UTF-8.
    let value: UInt32?
    /// 1 ... 4 bytes.
    let length: Int

    init(in bytes: RawSpan, at offset: Int) {
        let first = bytes.byte(at: offset)
        let (count, least): (Int, UInt32) =
            switch first {
            case 0..<0x80: (1, 0)
            case 0xC2...0xDF: (2, 0x80)
            case 0xE0...0xEF: (3, 0x800)
            case 0xF0...0xF4: (4, 0x1_0000)
            default: (0, 0)
            }
        guard count > 0, bytes.holds(count, at: offset) else {
            value = nil
            length = 1
            return
        }
        var number = count == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(count))
        var isWhole = true
        for place in 1..<max(count, 1) {
            let byte = bytes.byte(at: offset + place)
            isWhole = isWhole && byte & 0xC0 == 0x80
            number = number << 6 | UInt32(byte & 0x3F)
        }
        let isScalar = isWhole && number >= least && number <= 0x10_FFFF && !(0xD800...0xDFFF ~= number)
        value = isScalar ? number : nil
        length = isScalar ? count : 1
    }

    /// Whether a terminal and a person take it for text and nothing else.
    var isShown: Bool {
        guard let value else { return false }
        return switch value {
        case 0..<0x20, 0x7F...0x9F: false
        // Separators of lines and paragraphs; marks, embeddings, overrides and isolates of direction; BOM.
        case 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFEFF: false
        default: true
        }
    }
}
