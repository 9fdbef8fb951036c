extension ByteBuffer {
    /// Appends `192.0.2.1`.
    @inlinable
    public mutating func append(_ address: IPv4Address) {
        reserve(16)
        storeOctet(address.number >> 24, then: UInt8(ascii: "."))
        storeOctet(address.number >> 16 & 0xFF, then: UInt8(ascii: "."))
        storeOctet(address.number >> 8 & 0xFF, then: UInt8(ascii: "."))
        storeOctet(address.number & 0xFF, then: 0)
        length -= 1
    }

    /// Appends an address as RFC 5952 wants it: lower case, the first longest run of two or more
    /// zero groups as `::`, mapped IPv4 addresses in dotted decimal.
    public mutating func append(_ address: IPv6Address) {
        if let mapped = address.mapped {
            append("::ffff:")
            return append(mapped)
        }
        reserve(48)
        let zeros = longestZeroRun(address)
        var group = 0
        while group < 8 {
            if group == zeros.lowerBound, !zeros.isEmpty {
                append(UInt8(ascii: ":"))
                if group == 0 { append(UInt8(ascii: ":")) }
                group = zeros.upperBound
                continue
            }
            let number = group16(address, group)
            storeHex(UInt32(number), digits: max(1, (19 - number.leadingZeroBitCount) / 4))
            group += 1
            if group < 8 { append(UInt8(ascii: ":")) }
        }
    }

    /// Appends an address of either family.
    @inlinable
    public mutating func append(_ address: IPAddress) {
        switch address {
        case .v4(let address): append(address)
        case .v6(let address): append(address)
        }
    }

    /// Appends `00:11:22:33:44:55`.
    public mutating func append(_ address: MACAddress) {
        reserve(20)
        let first = eightHexDigits(UInt32(truncatingIfNeeded: address.number >> 16))
        let last = eightHexDigits(UInt32(truncatingIfNeeded: address.number))
        for place in 0..<6 {
            let pair = place < 4 ? first >> UInt64(16 * place) : last >> UInt64(16 * (place - 2))
            let text = UInt32(truncatingIfNeeded: pair & 0xFFFF) | UInt32(UInt8(ascii: ":")) << 16
            unsafe base.storeBytes(of: text.littleEndian, toByteOffset: count + 3 * place, as: UInt32.self)
        }
        advance(17)
    }

    /// Stores one to three digits and a byte behind them as one word: no branch on the number.
    @inlinable @inline(__always)
    mutating func storeOctet(_ octet: UInt32, then byte: UInt8) {
        let hundreds = (octet * 41) >> 12
        let rest = octet - hundreds * 100
        let tens = (rest * 103) >> 10
        let ones = rest - tens * 10
        let digits = 1 + (octet > 9 ? 1 : 0) + (octet > 99 ? 1 : 0)
        let word = (hundreds | tens << 8 | ones << 16 | 0x0030_3030 | UInt32(byte) << 24)
        let shifted = word >> UInt32(truncatingIfNeeded: 8 * (3 - digits))
        unsafe base.storeBytes(of: shifted.littleEndian, toByteOffset: count, as: UInt32.self)
        advance(digits + 1)
    }
}

/// One of the eight groups, the first being 0.
@inline(__always)
private func group16(_ address: IPv6Address, _ group: Int) -> UInt16 {
    let half = group < 4 ? address.high : address.low
    return UInt16(truncatingIfNeeded: half >> UInt64(truncatingIfNeeded: 48 - 16 * (group & 3)))
}

/// The first longest run of at least two zero groups; empty where there is none.
private func longestZeroRun(_ address: IPv6Address) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for group in 0...8 {
        let isZero = group < 8 && group16(address, group) == 0
        if isZero { continue }
        if group - start >= 2, group - start > best.count { best = start..<group }
        start = group + 1
    }
    return best
}
