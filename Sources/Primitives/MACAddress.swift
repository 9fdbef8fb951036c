/// An IEEE 802 address as the number that its six bytes make in transmission order.
public struct MACAddress: Hashable, Sendable {
    /// 48 bits.
    public var number: UInt64

    @inlinable
    public init(_ number: UInt64) { self.number = number & 0xFFFF_FFFF_FFFF }
}
