/// Bytes on their way out: lines of a log or blocks of a capture, gathered until a batch is handed on.
///
/// Grows by doubling and keeps its memory when emptied, so that a steady state allocates nothing.
/// Appending costs a capacity check and a store. One owner, who may hand it to another thread; never shared.
@safe
public struct ByteBuffer: ~Copyable, @unchecked Sendable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    /// Bytes appended since the last `removeAll`.
    @inlinable @inline(__always)
    public var count: Int { length }
    @usableFromInline var length: Int

    /// An empty buffer with room for `capacity` bytes (at least 64).
    public init(capacity: Int = 256 << 10) {
        self.capacity = max(capacity, 64)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
        length = 0
    }

    deinit {
        unsafe base.deallocate()
    }

    /// What was appended.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Forgets the bytes and keeps the memory.
    @inlinable
    public mutating func removeAll() { length = 0 }

    /// Forgets the bytes from `count` on: undoes a record that turned out not to fit.
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "a buffer is only truncated to a length that it had")
        length = count
    }

    /// Makes room for `more` bytes behind the present ones.
    @inlinable @inline(__always)
    public mutating func reserve(_ more: Int) {
        if more > capacity &- length { grow(by: more) }
    }

    /// Appends one byte.
    @inlinable @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        advance(1)
    }

    /// Appends all of `bytes`.
    @inlinable
    public mutating func append(_ bytes: RawSpan) {
        let length = bytes.byteCount
        guard length > 0 else { return }
        reserve(length)
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { unsafe (base + count).copyMemory(from: start, byteCount: length) }
        }
        advance(length)
    }

    /// Appends the bytes of a literal.
    @inlinable @inline(__always)
    public mutating func append(_ literal: StaticString) {
        let length = literal.utf8CodeUnitCount
        reserve(length)
        unsafe (base + count).copyMemory(from: literal.utf8Start, byteCount: length)
        advance(length)
    }

    /// Appends the UTF-8 of `text` as it stands; what came from the network goes through escaping first.
    /// Disfavoured, so that a literal is a `StaticString`.
    @_disfavoredOverload
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { source in
            if let start = source.baseAddress {
                reserve(source.count)
                unsafe (base + count).copyMemory(from: start, byteCount: source.count)
                advance(source.count)
            }
        }
    }

    /// Appends an integer's bytes, lowest first.
    @inlinable @inline(__always)
    public mutating func appendLittle<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        reserve(MemoryLayout<Number>.size)
        unsafe base.storeBytes(of: number.littleEndian, toByteOffset: count, as: Number.self)
        advance(MemoryLayout<Number>.size)
    }

    /// Writes an integer's bytes, lowest first, over those at `offset`: a length that is known afterwards.
    @inlinable
    public mutating func replace<Number: FixedWidthInteger & BitwiseCopyable>(little number: Number, at offset: Int) {
        precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size, "only bytes that are there")
        unsafe base.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    @inlinable @inline(__always)
    mutating func advance(_ length: Int) { self.length &+= length }

    // Never inlined, so that those who append keep their registers.
    @inline(never) @usableFromInline
    mutating func grow(by more: Int) {
        let wanted = max(capacity * 2, count + more)
        let bigger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        unsafe bigger.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = bigger
        capacity = wanted
    }
}
