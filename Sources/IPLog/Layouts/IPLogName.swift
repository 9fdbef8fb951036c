public import Primitives

/// The name of an interface, a group or a tag as a record holds it: up to sixteen bytes, filled with zeros.
public struct IPLogName: Hashable, Sendable {
    /// The first eight bytes, the first one lowest.
    public var low: UInt64
    /// The last eight bytes.
    public var high: UInt64

    @inlinable
    public init(low: UInt64 = 0, high: UInt64 = 0) {
        self.low = low
        self.high = high
    }

    /// The first sixteen bytes of a text.
    public init(_ text: some Sequence<UInt8>) {
        self.init()
        for (place, byte) in text.prefix(16).enumerated() { self[place] = byte }
    }

    /// The first sixteen bytes of a literal.
    public init(_ text: StaticString) {
        self.init(String(describing: text).utf8)
    }

    /// Sixteen bytes of a record. Traps past the end.
    @inlinable @inline(__always)
    public init(_ bytes: RawSpan, at offset: Int) {
        self.init(low: bytes.little64(at: offset), high: bytes.little64(at: offset + 8))
    }

    /// A group that is none: 4.1 and 5.x write the byte 255 then.
    public static var none: IPLogName { IPLogName(low: 0xFF) }

    /// The byte at `place`, 0 ... 15.
    @inlinable
    public subscript(place: Int) -> UInt8 {
        get {
            let half = place < 8 ? low : high
            return UInt8(truncatingIfNeeded: half >> UInt64(truncatingIfNeeded: (place & 7) * 8))
        }
        set {
            let shift = UInt64(truncatingIfNeeded: (place & 7) * 8)
            if place < 8 {
                low = low & ~(0xFF << shift) | UInt64(newValue) << shift
            } else {
                high = high & ~(0xFF << shift) | UInt64(newValue) << shift
            }
        }
    }

    /// How many bytes stand before the first zero: 0 ... 16.
    @inlinable
    public var count: Int {
        let first = firstZero(low)
        return first < 8 ? first : 8 + firstZero(high)
    }

    /// The bytes before the first zero, as text: for what is not a packet's way.
    public var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}

/// The place of the first zero byte, 8 where there is none.
@usableFromInline
func firstZero(_ word: UInt64) -> Int {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let zeros = ~((word & low) &+ low | word | low)
    return zeros == 0 ? 8 : zeros.trailingZeroBitCount >> 3
}

extension ByteBuffer {
    /// Appends all sixteen bytes.
    @inlinable
    mutating func append(_ name: IPLogName) {
        appendLittle(name.low)
        appendLittle(name.high)
    }
}
