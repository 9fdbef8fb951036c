// Numbers and addresses as text, at the price of their stores: no String, no allocation.

/// `00` ... `99`, two bytes each: digits go out in pairs.
@usableFromInline
let digitPairs: StaticString = """
    00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """

@usableFromInline
let hexDigits: StaticString = "0123456789abcdef"

extension ByteBuffer {
    /// Appends a number without leading zeros.
    @inlinable
    public mutating func append(decimal number: UInt32) {
        reserve(10)
        let digits = decimalDigits(number)
        storeDecimal(number, digits: digits)
        advance(digits)
    }

    /// Appends a number without leading zeros.
    public mutating func append(decimal number: UInt64) {
        if let small = UInt32(exactly: number) { return append(decimal: small) }
        let (high, low) = number.quotientAndRemainder(dividingBy: 1_000_000_000)
        append(decimal: high)
        append(padded: UInt32(truncatingIfNeeded: low), digits: 9)
    }

    /// Appends a number without leading zeros, with a minus sign below zero.
    public mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: UInt64(number.magnitude))
    }

    /// Appends the last `digits` (1 ... 10) decimal digits of a number, leading zeros too.
    @inlinable
    public mutating func append(padded number: UInt32, digits: Int) {
        reserve(10)
        storeDecimal(number, digits: digits)
        advance(digits)
    }

    /// Appends the two digits of a number below 100.
    @inlinable @inline(__always)
    public mutating func append(twoDigits number: UInt32) {
        reserve(2)
        storePair(number % 100, at: 0)
        advance(2)
    }

    /// Appends the last `digits` (1 ... 16) hexadecimal digits of a number, leading zeros too.
    @inlinable
    public mutating func append(hex number: UInt64, digits: Int) {
        reserve(16)
        var shift = UInt64(digits * 4)
        for offset in 0..<digits {
            shift -= 4
            let digit = unsafe hexDigits.utf8Start[Int(truncatingIfNeeded: number >> shift & 15)]
            unsafe base.storeBytes(of: digit, toByteOffset: count + offset, as: UInt8.self)
        }
        advance(digits)
    }

    /// Appends every byte as two hexadecimal digits.
    public mutating func append(hexOf bytes: RawSpan) {
        reserve(bytes.byteCount * 2)
        for offset in 0..<bytes.byteCount { append(hex: UInt64(bytes.byte(at: offset)), digits: 2) }
    }

    @inlinable @inline(__always)
    mutating func storePair(_ number: UInt32, at offset: Int) {
        let pair = unsafe UnsafeRawPointer(digitPairs.utf8Start)
            .loadUnaligned(fromByteOffset: Int(number) * 2, as: UInt16.self)
        unsafe base.storeBytes(of: pair, toByteOffset: count + offset, as: UInt16.self)
    }

    /// Stores the last `digits` digits behind the present bytes; room must be there.
    @inlinable @inline(__always)
    mutating func storeDecimal(_ number: UInt32, digits: Int) {
        var rest = number
        var end = digits
        while end >= 2 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            end -= 2
            storePair(pair, at: end)
            rest = quotient
        }
        if end == 1 {
            unsafe base.storeBytes(
                of: UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0"), toByteOffset: count, as: UInt8.self)
        }
    }
}

/// How many decimal digits a number has, 1 ... 10.
@inlinable @inline(__always)
func decimalDigits(_ number: UInt32) -> Int {
    if number < 10_000 {
        return number < 100 ? (number < 10 ? 1 : 2) : (number < 1000 ? 3 : 4)
    }
    if number < 100_000_000 {
        return number < 1_000_000 ? (number < 100_000 ? 5 : 6) : (number < 10_000_000 ? 7 : 8)
    }
    return number < 1_000_000_000 ? 9 : 10
}

extension String {
    /// The text that `write` appends to an empty buffer: for messages and tests, never for a packet.
    public init(appending write: (inout ByteBuffer) -> Void) {
        var buffer = ByteBuffer(capacity: 64)
        write(&buffer)
        self = unsafe buffer.bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
