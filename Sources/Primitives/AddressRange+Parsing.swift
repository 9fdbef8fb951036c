/// Why a text is no address, prefix or range.
public enum AddressRangeError: Error, Hashable, Sendable, CustomStringConvertible {
    case notAnAddress
    /// Behind the `/` stands neither a length up to `longest` nor a mask.
    case prefixLength(longest: Int)
    /// Ones behind a zero, or a mask of the other family.
    case mask
    /// One end is IPv4, the other IPv6.
    case families
    /// The first address is above the last.
    case reversed

    /// What is wrong and what could stand there.
    public var description: String {
        switch self {
        case .notAnAddress: "is no address; write 10.0.0.5, 10.0.0.0/8, 10.0.0.1-10.0.0.9 or 2001:db8::/32"
        case .prefixLength(let longest): "has no prefix length behind the /; write a number from 0 to \(longest)"
        case .mask: "has no network mask behind the /; write one like 255.255.0.0, or the prefix length"
        case .families: "begins with an address of one family and ends with one of the other; write two ranges"
        case .reversed: "begins above its end; write the lower address first"
        }
    }
}

extension AddressRange {
    /// The longest text that is looked at: two IPv6 addresses with blanks around the `-`.
    public static let longestText = 2 * IPv6Address.longestText + 16

    /// The addresses that one entry of a list names: `address`, `address/length`, `address/mask` or
    /// `lower-upper`, with blanks around the `-` if people like them. Host bits of a prefix are masked.
    public init(parsing text: RawSpan) throws(AddressRangeError) {
        guard text.byteCount <= AddressRange.longestText else { throw .notAnAddress }
        for offset in 0..<text.byteCount {
            switch text.byte(at: offset) {
            case UInt8(ascii: "/"):
                self = try AddressRange(prefix: text.extracting(..<offset), text.extracting((offset + 1)...))
                return
            case UInt8(ascii: "-"):
                self = try AddressRange(from: text.extracting(..<offset), to: text.extracting((offset + 1)...))
                return
            default: continue
            }
        }
        guard let address = IPAddress(parsing: text) else { throw .notAnAddress }
        self.init(address)
    }

    /// The same from text.
    public init(parsing text: String) throws(AddressRangeError) {
        try unsafe self.init(parsing: text.utf8Span.span.bytes)
    }

    private init(prefix text: RawSpan, _ length: RawSpan) throws(AddressRangeError) {
        guard let address = IPAddress(parsing: text) else { throw .notAnAddress }
        let longest = if case .v4 = address { 32 } else { 128 }
        if let mask = IPAddress(parsing: length) {
            guard let ones = AddressRange.leadingOnes(mask, like: address) else { throw .mask }
            self.init(address, prefixLength: ones)!
            return
        }
        guard let number = AddressRange.number(length), let range = AddressRange(address, prefixLength: number) else {
            throw .prefixLength(longest: longest)
        }
        self = range
    }

    private init(from lower: RawSpan, to upper: RawSpan) throws(AddressRangeError) {
        guard let lower = IPAddress(parsing: lower.trimmed), let upper = IPAddress(parsing: upper.trimmed) else {
            throw .notAnAddress
        }
        switch (lower, upper) {
        case (.v4, .v4), (.v6, .v6): break
        default: throw .families
        }
        guard let range = AddressRange(lower, upper) else { throw .reversed }
        self = range
    }

    /// How many ones a mask begins with; nil where a one follows a zero or the families differ.
    private static func leadingOnes(_ mask: IPAddress, like address: IPAddress) -> Int? {
        switch (mask, address) {
        case (.v4(let mask), .v4):
            let host = ~mask.number
            return host & (host &+ 1) == 0 ? host.leadingZeroBitCount : nil
        case (.v6(let mask), .v6):
            let host = ~mask.number
            return host & (host &+ 1) == 0 ? host.leadingZeroBitCount : nil
        default:
            return nil
        }
    }

    /// One to three digits, no sign, no leading zero.
    private static func number(_ text: RawSpan) -> Int? {
        guard 1...3 ~= text.byteCount else { return nil }
        var number = 0
        for offset in 0..<text.byteCount {
            let byte = text.byte(at: offset)
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            guard offset == 0 || number > 0 else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}

extension RawSpan {
    /// Without blanks and tabs at both ends.
    public var trimmed: RawSpan {
        @_lifetime(copy self)
        get {
            var lower = 0
            var upper = byteCount
            while lower < upper, byte(at: lower) == 0x20 || byte(at: lower) == 0x09 { lower += 1 }
            while upper > lower, byte(at: upper - 1) == 0x20 || byte(at: upper - 1) == 0x09 { upper -= 1 }
            return extracting(lower..<upper)
        }
    }
}
