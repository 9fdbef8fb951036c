extension RawSpan {
    /// The place of the first byte that is another in `other`, which is as long; nil where both are the same. Eight
    /// bytes at a time.
    public func firstDifference(from other: RawSpan) -> Int? {
        precondition(byteCount == other.byteCount, "bytes are compared with as many")
        var place = 0
        while place <= byteCount &- 8 {
            let difference = little64(at: place) ^ other.little64(at: place)
            if difference != 0 { return place &+ difference.trailingZeroBitCount / 8 }
            place &+= 8
        }
        while place < byteCount {
            if byte(at: place) != other.byte(at: place) { return place }
            place &+= 1
        }
        return nil
    }
}
