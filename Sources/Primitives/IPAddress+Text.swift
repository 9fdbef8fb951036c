// Addresses in text: dotted decimal, RFC 4291 section 2.2, and RFC 5952 on the way out.

extension IPv4Address {
    /// The longest text: `255.255.255.255`.
    public static let longestText = 15

    /// Four decimal numbers, 0 ... 255, with dots between them. Leading zeros are refused: some
    /// programs read them as octal, so that one text would mean two hosts.
    public init?(parsing text: RawSpan) {
        guard 7...IPv4Address.longestText ~= text.byteCount else { return nil }
        var number: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for offset in 0..<text.byteCount {
            let byte = text.byte(at: offset)
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if digits > 0 && octet == 0 { return nil }
                octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
                digits += 1
                if octet > 255 { return nil }
            case UInt8(ascii: "."):
                guard digits > 0, dots < 3 else { return nil }
                number = number << 8 | octet
                octet = 0
                digits = 0
                dots += 1
            default:
                return nil
            }
        }
        guard digits > 0, dots == 3 else { return nil }
        self.init(number << 8 | octet)
    }
}

extension IPv6Address {
    /// The longest text that parses, and the longest with an IPv4 address in its last four bytes.
    public static let longestText = 45

    /// Eight groups of one to four hexadecimal digits; one run of zero groups may be `::`, and the
    /// last two groups may be an IPv4 address (RFC 4291 section 2.2). No zone, no brackets.
    public init?(parsing text: RawSpan) {
        guard 2...IPv6Address.longestText ~= text.byteCount else { return nil }
        var groups = GroupReader(text)
        guard groups.readAll() else { return nil }
        self.init(groups.number)
    }

    /// The address as an IPv4 one if it is mapped (`::ffff:0:0/96`, RFC 4291 section 2.5.5.2).
    @inlinable
    public var mapped: IPv4Address? {
        number >> 32 == 0xFFFF ? IPv4Address(UInt32(truncatingIfNeeded: number)) : nil
    }

    /// `address` as it stands in a column of sixteen bytes (RFC 4291 section 2.5.5.2).
    @inlinable
    public init(mapping address: IPv4Address) {
        number = 0xFFFF_0000_0000 | UInt128(address.number)
    }
}

/// Gathers groups from the left; those behind `::` move to the right end when the text is over.
private struct GroupReader: ~Escapable {
    private let text: RawSpan
    private var offset = 0
    /// The groups so far, the last in the low bits.
    private(set) var number: UInt128 = 0
    private var count = 0
    /// How many groups stood before `::`.
    private var gap: Int?

    @_lifetime(copy text)
    init(_ text: RawSpan) { self.text = text }

    /// False where the text is no address.
    mutating func readAll() -> Bool {
        if atTwoColons {
            offset += 2
            gap = 0
        }
        while offset < text.byteCount {
            guard count < 8 else { return false }
            if hasDotBeforeColon {
                guard count <= 6, let tail = IPv4Address(parsing: text.extracting(offset...)) else { return false }
                number = number << 32 | UInt128(tail.number)
                count += 2
                break
            }
            guard let group = readGroup() else { return false }
            number = number << 16 | UInt128(group)
            count += 1
            if offset == text.byteCount { break }
            guard readColons() else { return false }
        }
        return close()
    }

    /// Behind a group: `:` with another group to come, or the only `::`.
    private mutating func readColons() -> Bool {
        if atTwoColons {
            guard gap == nil else { return false }
            gap = count
            offset += 2
            return true
        }
        guard text.byte(at: offset) == UInt8(ascii: ":"), offset + 1 < text.byteCount else { return false }
        offset += 1
        return true
    }

    private mutating func readGroup() -> UInt16? {
        var group: UInt16 = 0
        let start = offset
        while offset < text.byteCount, offset - start < 4, let digit = hexDigit(text.byte(at: offset)) {
            group = group << 4 | UInt16(digit)
            offset += 1
        }
        return offset > start ? group : nil
    }

    private mutating func close() -> Bool {
        guard let gap else { return count == 8 }
        guard count < 8 else { return false }
        let behind = UInt128(16 * (count - gap))
        let low = number & ((1 << behind) - 1)
        let high = gap == 0 ? 0 : (number >> behind) << UInt128(128 - 16 * gap)
        number = high | low
        return true
    }

    private var hasDotBeforeColon: Bool {
        for next in offset..<text.byteCount {
            switch text.byte(at: next) {
            case UInt8(ascii: "."): return true
            case UInt8(ascii: ":"): return false
            default: continue
            }
        }
        return false
    }

    private var atTwoColons: Bool {
        offset + 1 < text.byteCount && text.byte(at: offset) == UInt8(ascii: ":")
            && text.byte(at: offset + 1) == UInt8(ascii: ":")
    }
}

/// The value of a hexadecimal digit in either case.
@inlinable
public func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

extension IPAddress {
    /// An address of either family, without a port, a prefix length, brackets or a zone.
    public init?(parsing text: RawSpan) {
        if let address = IPv4Address(parsing: text) {
            self = .v4(address)
        } else if let address = IPv6Address(parsing: text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// An address of either family from UTF-8.
    public init?(parsing text: Span<UInt8>) { unsafe self.init(parsing: text.bytes) }

    /// An address of either family from text.
    public init?(parsing text: String) { unsafe self.init(parsing: text.utf8Span.span.bytes) }
}

extension IPv4Address: CustomStringConvertible {
    public var description: String { String(appending: { $0.append(self) }) }
}

extension IPv6Address: CustomStringConvertible {
    /// As RFC 5952 wants it.
    public var description: String { String(appending: { $0.append(self) }) }
}

extension IPAddress: CustomStringConvertible {
    public var description: String { String(appending: { $0.append(self) }) }
}
