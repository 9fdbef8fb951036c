extension MACAddress {
    /// Six groups of two hexadecimal digits with `:` or `-` between them (one kind throughout).
    public init?(parsing text: RawSpan) {
        guard text.byteCount == 17 else { return nil }
        let separator = text.byte(at: 2)
        guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") else { return nil }
        var number: UInt64 = 0
        for group in 0..<6 {
            let offset = group * 3
            guard let high = hexDigit(text.byte(at: offset)), let low = hexDigit(text.byte(at: offset + 1)),
                group == 5 || text.byte(at: offset + 2) == separator
            else { return nil }
            number = number << 8 | UInt64(high << 4 | low)
        }
        self.init(number)
    }

    /// Six groups of two hexadecimal digits from UTF-8.
    public init?(parsing text: Span<UInt8>) { unsafe self.init(parsing: text.bytes) }

    /// Six groups of two hexadecimal digits from text.
    public init?(parsing text: String) { unsafe self.init(parsing: text.utf8Span.span.bytes) }

    /// The six bytes at `offset`. Traps past the end.
    @inlinable @inline(__always)
    public init(in bytes: RawSpan, at offset: Int) {
        number = UInt64(bytes.big16(at: offset)) << 32 | UInt64(bytes.big32(at: offset + 2))
    }
}

extension MACAddress: CustomStringConvertible {
    /// `00:11:22:33:44:55`.
    public var description: String { String(appending: { $0.append(self) }) }
}
