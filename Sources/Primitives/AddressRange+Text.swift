extension AddressRange: CustomStringConvertible {
    /// The length of the prefix that holds exactly these addresses, or nil where there is none.
    public var prefixLength: Int? {
        let width: Int
        let low: UInt128
        let high: UInt128
        switch (lower, upper) {
        case (.v4(let lower), .v4(let upper)): (width, low, high) = (32, UInt128(lower.number), UInt128(upper.number))
        case (.v6(let lower), .v6(let upper)): (width, low, high) = (128, lower.number, upper.number)
        default: return nil
        }
        let host = low ^ high
        guard host & (host &+ 1) == 0, low & host == 0 else { return nil }
        return width - (UInt128.bitWidth - host.leadingZeroBitCount)
    }

    /// One address, a prefix where the range is one, else `lower-upper`.
    public var description: String {
        if lower == upper { return lower.description }
        if let prefixLength { return "\(lower)/\(prefixLength)" }
        return "\(lower)-\(upper)"
    }
}
