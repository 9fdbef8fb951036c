// What is known only after the bytes behind it were written: lengths, checksums, places.

extension ByteBuffer {
    /// Overwrites bytes that were appended with an integer's, lowest first. Traps where they were not.
    @inlinable
    public mutating func overwriteLittle<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int)
    {
        precondition(
            offset >= 0 && offset <= count - MemoryLayout<Number>.size, "only what was appended is overwritten")
        unsafe base.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    /// Overwrites bytes that were appended with as many others. Traps where there are not that many.
    @inlinable
    public mutating func overwrite(_ bytes: RawSpan, at offset: Int) {
        precondition(
            offset >= 0 && bytes.byteCount <= count && offset <= count - bytes.byteCount,
            "only what was appended is overwritten")
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe (base + offset).copyMemory(from: start, byteCount: source.count)
            }
        }
    }

    /// Appends an integer's bytes, highest first: network order.
    @inlinable @inline(__always)
    public mutating func appendBig<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        appendLittle(number.byteSwapped)
    }

    /// Appends `count` zero bytes.
    public mutating func appendZeros(_ count: Int) {
        guard count > 0 else { return }
        reserve(count)
        unsafe (base + length).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        advance(count)
    }
}
