// Numbers and addresses as text, at the price of their stores: no String, no allocation.

/// `00` ... `99`, two bytes each: digits go out in pairs.
@usableFromInline
let digitPairs: StaticString = """
    00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """

extension ByteBuffer {
    /// Appends a number without leading zeros.
    @inlinable
    public mutating func append(decimal number: UInt32) {
        reserve(16)
        guard number >= 100_000_000 else { return storeDigits(eightDigits(number)) }
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: 100_000_000)
        if quotient >= 10 {
            storePair(quotient, at: 0)
            advance(2)
        } else {
            append(UInt8(truncatingIfNeeded: quotient) + UInt8(ascii: "0"))
        }
        unsafe base.storeBytes(of: (eightDigits(rest) | asciiZeros).littleEndian, toByteOffset: count, as: UInt64.self)
        advance(8)
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

    /// Appends the last `digits` (1 ... 9) decimal digits of a number, leading zeros too.
    @inlinable
    public mutating func append(padded number: UInt32, digits: Int) {
        reserve(16)
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: 100_000_000)
        if digits > 8 { append(UInt8(truncatingIfNeeded: quotient % 10) + UInt8(ascii: "0")) }
        let shown = min(max(digits, 1), 8)
        let text = (eightDigits(rest) | asciiZeros) >> UInt64(truncatingIfNeeded: 8 * (8 - shown))
        unsafe base.storeBytes(of: text.littleEndian, toByteOffset: count, as: UInt64.self)
        advance(shown)
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
        if digits > 8 { storeHex(UInt32(truncatingIfNeeded: number >> 32), digits: digits - 8) }
        storeHex(UInt32(truncatingIfNeeded: number), digits: min(digits, 8))
    }

    /// Stores the last `digits` (1 ... 8) hexadecimal digits; room for eight must be there.
    @inlinable @inline(__always)
    mutating func storeHex(_ number: UInt32, digits: Int) {
        let text = eightHexDigits(number) >> UInt64(truncatingIfNeeded: 8 * (8 - digits))
        unsafe base.storeBytes(of: text.littleEndian, toByteOffset: count, as: UInt64.self)
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

    /// Stores eight digits without the zeros that lead them; room must be there.
    @inlinable @inline(__always)
    mutating func storeDigits(_ digits: UInt64) {
        let zeros = min(digits.trailingZeroBitCount / 8, 7)
        let text = (digits | asciiZeros) >> UInt64(truncatingIfNeeded: 8 * zeros)
        unsafe base.storeBytes(of: text.littleEndian, toByteOffset: count, as: UInt64.self)
        advance(8 - zeros)
    }
}

@usableFromInline
let asciiZeros: UInt64 = 0x3030_3030_3030_3030

/// The eight digits of a number below 100,000,000, one a byte, the first in the low byte: halves of a
/// word are divided side by side, so that nothing branches on the number.
@inlinable @inline(__always)
func eightDigits(_ number: UInt32) -> UInt64 {
    let (high, low) = number.quotientAndRemainder(dividingBy: 10_000)
    let fours = UInt64(high) | UInt64(low) << 32
    let hundreds = ((fours &* 10_486) >> 20) & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) << 16
    let tens = ((pairs &* 103) >> 10) & 0x000F_000F_000F_000F
    return tens | (pairs &- tens &* 10) << 8
}

/// The eight hexadecimal digits of a number as text, the first in the low byte.
@inlinable @inline(__always)
func eightHexDigits(_ number: UInt32) -> UInt64 {
    var digits = UInt64(number)
    digits = (digits & 0xFFFF) << 32 | digits >> 16
    digits = (digits & 0x0000_00FF_0000_00FF) << 16 | (digits & 0x0000_FF00_0000_FF00) >> 8
    digits = (digits & 0x000F_000F_000F_000F) << 8 | (digits & 0x00F0_00F0_00F0_00F0) >> 4
    // Six more carries a digit above nine into the next half byte.
    let letters = ((digits &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return digits &+ asciiZeros &+ letters &* 0x27
}

extension String {
    /// The text that `write` appends to an empty buffer: for messages and tests, never for a packet.
    public init(appending write: (inout ByteBuffer) -> Void) {
        var buffer = ByteBuffer(capacity: 64)
        write(&buffer)
        self = unsafe buffer.bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
