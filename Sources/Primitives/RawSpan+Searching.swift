// Finding a byte, eight at a time and four of those in one go: lines are looked for in every buffer of every log.
//
// Plain integers, since comparisons of SIMD vectors are made element by element by the compiler of the day.

extension RawSpan {
    /// The place of the first `byte` in `offset ..< byteCount`; nil where there is none.
    public func firstIndex(of byte: UInt8, from offset: Int = 0) -> Int? {
        precondition(offset >= 0 && offset <= byteCount, "a search begins within the bytes")
        let wanted = ByteWord.every(byte)
        var place = offset
        while place <= byteCount &- 32 {
            let words = matches(wanted, at: place)
            if words.0 | words.1 | words.2 | words.3 != 0 {
                if words.0 != 0 { return place &+ ByteWord.first(words.0) }
                if words.1 != 0 { return place &+ 8 &+ ByteWord.first(words.1) }
                return place &+ (words.2 != 0 ? 16 &+ ByteWord.first(words.2) : 24 &+ ByteWord.first(words.3))
            }
            place &+= 32
        }
        while place < byteCount {
            if self.byte(at: place) == byte { return place }
            place &+= 1
        }
        return nil
    }

    /// The place of the last `byte` in `lower ..< end`; nil where there is none.
    public func lastIndex(of byte: UInt8, from lower: Int = 0, before end: Int) -> Int? {
        precondition(lower >= 0 && lower <= end && end <= byteCount, "a search ends within the bytes")
        let wanted = ByteWord.every(byte)
        var place = end
        while place &- 32 >= lower {
            place &-= 32
            let words = matches(wanted, at: place)
            if words.0 | words.1 | words.2 | words.3 != 0 {
                if words.3 != 0 { return place &+ 24 &+ ByteWord.last(words.3) }
                if words.2 != 0 { return place &+ 16 &+ ByteWord.last(words.2) }
                return place &+ (words.1 != 0 ? 8 &+ ByteWord.last(words.1) : ByteWord.last(words.0))
            }
        }
        while place > lower {
            place &-= 1
            if self.byte(at: place) == byte { return place }
        }
        return nil
    }

    /// How often `byte` stands in these bytes.
    public func count(of byte: UInt8) -> Int {
        let wanted = ByteWord.every(byte)
        var place = 0
        var count = 0
        while place <= byteCount &- 32 {
            // Each of the eight sums holds 255; four are added a time.
            let end = min(byteCount &- 32, place &+ 32 &* 62)
            var sums: UInt64 = 0
            while place <= end {
                let words = matches(wanted, at: place)
                sums &+= words.0 >> 7 &+ words.1 >> 7 &+ words.2 >> 7 &+ words.3 >> 7
                place &+= 32
            }
            count &+= ByteWord.sum(sums)
        }
        while place < byteCount {
            if self.byte(at: place) == byte { count &+= 1 }
            place &+= 1
        }
        return count
    }

    /// Whether every byte is ASCII.
    public var isASCII: Bool {
        var place = 0
        while place <= byteCount &- 64 {
            let first = little64(at: place) | little64(at: place &+ 8) | little64(at: place &+ 16)
            let second = little64(at: place &+ 24) | little64(at: place &+ 32) | little64(at: place &+ 40)
            let all = first | second | little64(at: place &+ 48) | little64(at: place &+ 56)
            if all & ByteWord.high != 0 { return false }
            place &+= 64
        }
        var rest: UInt8 = 0
        while place < byteCount {
            rest |= byte(at: place)
            place &+= 1
        }
        return rest < 0x80
    }

    /// The high bit of each of 32 bytes that equals the wanted one.
    @inline(__always)
    private func matches(_ wanted: UInt64, at place: Int) -> (UInt64, UInt64, UInt64, UInt64) {
        (
            ByteWord.zeros(little64(at: place) ^ wanted), ByteWord.zeros(little64(at: place &+ 8) ^ wanted),
            ByteWord.zeros(little64(at: place &+ 16) ^ wanted), ByteWord.zeros(little64(at: place &+ 24) ^ wanted)
        )
    }
}

/// Eight bytes in an integer, the first one lowest.
private enum ByteWord {
    static var high: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always)
    static func every(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The high bit of each byte that is zero, exactly: no byte's sum reaches into the next.
    @inline(__always)
    static func zeros(_ word: UInt64) -> UInt64 { ~((word & ~high) &+ ~high | word) & high }

    @inline(__always)
    static func first(_ bits: UInt64) -> Int { bits.trailingZeroBitCount >> 3 }

    @inline(__always)
    static func last(_ bits: UInt64) -> Int { 7 &- bits.leadingZeroBitCount >> 3 }

    /// All eight bytes added.
    @inline(__always)
    static func sum(_ word: UInt64) -> Int {
        let pairs = word & 0x00FF_00FF_00FF_00FF &+ (word >> 8) & 0x00FF_00FF_00FF_00FF
        return Int(truncatingIfNeeded: (pairs &* 0x0001_0001_0001_0001) >> 48)
    }
}
