import Primitives

extension RawSpan {
    /// Whether `needle` stands somewhere in these bytes; an empty one does everywhere.
    ///
    /// Looks at eight places at a time, whether the needle's first and last byte stand there, and compares
    /// where both do. Some gigabytes a second; at worst, on bytes made for it, needle times length.
    func contains(_ needle: RawSpan) -> Bool {
        let count = needle.byteCount
        guard count > 0 else { return true }
        guard count <= byteCount else { return false }
        let places = byteCount - count + 1
        let first = UInt64(needle.byte(at: 0)) &* 0x0101_0101_0101_0101
        let last = UInt64(needle.byte(at: count - 1)) &* 0x0101_0101_0101_0101
        var at = 0
        while at &+ 8 <= places {
            let differing = (little64(at: at) ^ first) | (little64(at: at &+ count &- 1) ^ last)
            // A byte of zero is a place where both stand. Borrows may mark a byte above one, never miss one.
            var zeros = (differing &- 0x0101_0101_0101_0101) & ~differing & 0x8080_8080_8080_8080
            while zeros != 0 {
                let place = at &+ zeros.trailingZeroBitCount >> 3
                if extracting(place..<place &+ count).isEqual(to: needle) { return true }
                zeros &= zeros &- 1
            }
            at &+= 8
        }
        while at < places {
            if extracting(at..<at &+ count).isEqual(to: needle) { return true }
            at &+= 1
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
}
