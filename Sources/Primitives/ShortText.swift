/// Up to sixteen bytes of text in two words: appended by two stores, whatever its length.
public struct ShortText: Hashable, Sendable {
    /// The longest text.
    public static let longest = 16

    @usableFromInline let low: UInt64
    @usableFromInline let high: UInt64
    /// In bytes.
    public let count: Int

    /// The bytes of `text`, at most `longest` of them.
    public init(_ text: some Sequence<UInt8>) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var count = 0
        for byte in text {
            precondition(count < ShortText.longest, "a short text has at most sixteen bytes")
            if count < 8 {
                low |= UInt64(byte) << UInt64(count * 8)
            } else {
                high |= UInt64(byte) << UInt64(count * 8 - 64)
            }
            count += 1
        }
        self.low = low
        self.high = high
        self.count = count
    }
}

extension ByteBuffer {
    /// Appends a short text.
    @inlinable @inline(__always)
    public mutating func append(_ text: ShortText) {
        reserve(ShortText.longest)
        unsafe base.storeBytes(of: text.low.littleEndian, toByteOffset: count, as: UInt64.self)
        unsafe base.storeBytes(of: text.high.littleEndian, toByteOffset: count + 8, as: UInt64.self)
        advance(text.count)
    }
}
