import Primitives

extension RawSpan {
    /// Whether `needle` stands somewhere in these bytes; an empty one does everywhere.
    ///
    /// Looks at sixteen places at a time, whether the needle's first and last byte stand there, and compares
    /// where both do. Some gigabytes a second; at worst, on bytes made for it, needle times length.
    func contains(_ needle: RawSpan) -> Bool {
        let count = needle.byteCount
        guard count > 0 else { return true }
        guard count <= byteCount else { return false }
        let places = byteCount - count + 1
        let first = SIMD16(repeating: needle.byte(at: 0))
        let last = SIMD16(repeating: needle.byte(at: count - 1))
        var at = 0
        while at &+ 16 <= places {
            // Zero where both bytes stand.
            let differing = (block(at: at) ^ first) | (block(at: at &+ count &- 1) ^ last)
            if differing.hasZero, isEqual(to: needle, within: at..<at &+ 16) { return true }
            at &+= 16
        }
        return isEqual(to: needle, within: at..<places)
    }

    /// Whether `needle` begins at one of `places`.
    private func isEqual(to needle: RawSpan, within places: Range<Int>) -> Bool {
        let first = needle.byte(at: 0)
        for at in places where byte(at: at) == first {
            if extracting(at..<at &+ needle.byteCount).isEqual(to: needle) { return true }
        }
        return false
    }

    /// Whether both hold the same bytes.
    func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var at = 0
        while at &+ 8 <= byteCount {
            if little64(at: at) != other.little64(at: at) { return false }
            at &+= 8
        }
        while at < byteCount {
            if byte(at: at) != other.byte(at: at) { return false }
            at &+= 1
        }
        return true
    }

    @inline(__always)
    private func block(at offset: Int) -> SIMD16<UInt8> {
        unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
    }
}

extension SIMD16<UInt8> {
    /// Whether one of the bytes is zero.
    @inline(__always)
    fileprivate var hasZero: Bool {
        let mask = unsafeBitCast(self .== SIMD16(repeating: 0), to: SIMD2<UInt64>.self)
        return mask.x | mask.y != 0
    }
}
