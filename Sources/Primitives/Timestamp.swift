/// A point in time: nanoseconds since 1970-01-01 00:00:00 UTC, without leap seconds.
///
/// Ranges from 1677 to 2262. Arithmetic saturates: a time stamp from a file is
/// hostile input like any other.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970, negative before.
    public var nanoseconds: Int64

    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Whole seconds and the nanoseconds after them; saturates at the ends of the range.
    @inlinable
    public init(seconds: Int64, nanoseconds: Int64 = 0) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowed) = product.addingReportingOverflow(nanoseconds)
        self.nanoseconds = overflow || overflowed ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole seconds since 1970, rounded down (so that the fraction is never negative).
    @inlinable
    public var seconds: Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Nanoseconds after `seconds`, 0 ..< 1,000,000,000.
    @inlinable
    public var fraction: Int64 {
        let remainder = nanoseconds % 1_000_000_000
        return remainder < 0 ? remainder + 1_000_000_000 : remainder
    }

    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }
}
