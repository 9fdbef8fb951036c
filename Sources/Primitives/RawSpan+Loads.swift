// Reading integers out of borrowed bytes.
//
// A caller checks once that a header is there (`byteCount >= offset + length`)
// and then loads freely: each load is bounds-checked all the same, so that a
// wrong check is a trap and never a stray read.

extension RawSpan {
    /// The byte at `offset`. Traps past the end: check the header's length first.
    @inlinable @inline(__always)
    public func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Two bytes in network order. Traps past the end.
    @inlinable @inline(__always)
    public func big16(at offset: Int) -> UInt16 {
        unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// Four bytes in network order. Traps past the end.
    @inlinable @inline(__always)
    public func big32(at offset: Int) -> UInt32 {
        unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Eight bytes in network order. Traps past the end.
    @inlinable @inline(__always)
    public func big64(at offset: Int) -> UInt64 {
        unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Two bytes in little-endian order. Traps past the end.
    @inlinable @inline(__always)
    public func little16(at offset: Int) -> UInt16 {
        unsafe UInt16(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// Four bytes in little-endian order. Traps past the end.
    @inlinable @inline(__always)
    public func little32(at offset: Int) -> UInt32 {
        unsafe UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Eight bytes in little-endian order. Traps past the end.
    @inlinable @inline(__always)
    public func little64(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether `count` bytes stand at `offset`; both may be any integer, and nothing overflows.
    @inlinable @inline(__always)
    public func holds(_ count: Int, at offset: Int) -> Bool {
        offset >= 0 && count >= 0 && offset <= byteCount && count <= byteCount - offset
    }
}
