// Finding a byte, 32 at a time: lines are looked for in every buffer of every log.

extension RawSpan {
    /// The place of the first `byte` in `offset ..< byteCount`; nil where there is none.
    public func firstIndex(of byte: UInt8, from offset: Int = 0) -> Int? {
        precondition(offset >= 0 && offset <= byteCount, "a search begins within the bytes")
        var place = offset
        while place <= byteCount - 32 {
            let words = equalBytes(byte, at: place)
            if words != .zero { return place + Self.firstSet(words) }
            place += 32
        }
        while place < byteCount {
            if self.byte(at: place) == byte { return place }
            place += 1
        }
        return nil
    }

    /// The place of the last `byte` in `lower ..< end`; nil where there is none.
    public func lastIndex(of byte: UInt8, from lower: Int = 0, before end: Int) -> Int? {
        precondition(lower >= 0 && lower <= end && end <= byteCount, "a search ends within the bytes")
        var place = end
        while place - 32 >= lower {
            let words = equalBytes(byte, at: place - 32)
            if words != .zero { return place - 32 + Self.lastSet(words) }
            place -= 32
        }
        while place > lower {
            place -= 1
            if self.byte(at: place) == byte { return place }
        }
        return nil
    }

    /// How often `byte` stands in these bytes.
    public func count(of byte: UInt8) -> Int {
        var place = 0
        var count = 0
        while place <= byteCount - 32 {
            let words = equalBytes(byte, at: place)
            if words != .zero {
                for index in 0..<4 { count += words[index].nonzeroBitCount >> 3 }
            }
            place += 32
        }
        while place < byteCount {
            if self.byte(at: place) == byte { count += 1 }
            place += 1
        }
        return count
    }

    /// Whether every byte is ASCII.
    public var isASCII: Bool {
        var place = 0
        var all = SIMD8<UInt64>.zero
        while place <= byteCount - 64 {
            all |= unsafe unsafeLoadUnaligned(fromByteOffset: place, as: SIMD8<UInt64>.self)
            place += 64
        }
        var rest: UInt8 = 0
        while place < byteCount {
            rest |= byte(at: place)
            place += 1
        }
        return all & SIMD8(repeating: 0x8080_8080_8080_8080) == .zero && rest < 0x80
    }

    /// All bits of each byte that equals `byte`, none of the others.
    @inline(__always)
    private func equalBytes(_ byte: UInt8, at offset: Int) -> SIMD4<UInt64> {
        let block = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD32<UInt8>.self)
        return unsafe unsafeBitCast(block .== SIMD32(repeating: byte), to: SIMD4<UInt64>.self)
    }

    @inline(__always)
    private static func firstSet(_ words: SIMD4<UInt64>) -> Int {
        for index in 0..<3 where words[index] != 0 {
            return index * 8 + words[index].littleEndian.trailingZeroBitCount >> 3
        }
        return 24 + words[3].littleEndian.trailingZeroBitCount >> 3
    }

    @inline(__always)
    private static func lastSet(_ words: SIMD4<UInt64>) -> Int {
        for index in [3, 2, 1] where words[index] != 0 {
            return index * 8 + 7 - words[index].littleEndian.leadingZeroBitCount >> 3
        }
        return 7 - words[0].littleEndian.leadingZeroBitCount >> 3
    }
}
