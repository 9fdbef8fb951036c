import Primitives

/// The memory that a file is read into: filled at its end, emptied from its beginning.
@usableFromInline
struct ReadWindow: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    /// Bytes that are there.
    @usableFromInline var count = 0
    private(set) var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 4_096)
    }

    @inlinable
    deinit { base.deallocate() }

    /// The bytes that are there.
    @inlinable
    var bytes: RawSpan {
        @_lifetime(borrow self)
        @inline(__always) get {
            let span = RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: count)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// The room behind the bytes, to be filled; `add` then says how much came.
    var room: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base + count, count: capacity - count)
    }

    /// Tells that `more` bytes were put into `room`.
    mutating func add(_ more: Int) {
        precondition(more >= 0 && more <= capacity - count, "no more can come than there was room for")
        count += more
    }

    /// Throws away the first `gone` bytes.
    mutating func drop(_ gone: Int) {
        precondition(gone >= 0 && gone <= count, "only bytes that are there can go")
        guard gone > 0 else { return }
        base.copyMemory(from: base + gone, byteCount: count - gone)
        count -= gone
    }

    /// Makes the window hold `wanted` bytes at least.
    mutating func grow(to wanted: Int) {
        guard wanted > capacity else { return }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 4_096)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
        capacity = wanted
    }
}
