public import CLinux
import Primitives

/// Mapped memory, owned: unmapped when its owner goes away. Every access is checked against its bounds and traps
/// outside of them.
@safe
public struct MemoryMap: ~Copyable {
    @usableFromInline let base: UnsafeMutableRawPointer
    /// Bytes that are mapped.
    public let count: Int

    /// Maps the first `count` bytes of what `descriptor` stands for, shared with the kernel or with others who have it
    /// (MAP_SHARED). The descriptor may be closed afterwards.
    public init(sharing descriptor: Int32, count: Int, writable: Bool) throws(SystemCallError) {
        let protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
        guard let memory = unsafe gatelog_map(descriptor, count, protection, Int32(MAP_SHARED)) else {
            throw SystemCallError(errno: Errno(rawValue: gatelog_errno()), call: "mmap")
        }
        unsafe base = memory
        self.count = count
    }

    deinit { _ = unsafe munmap(base, count) }

    /// The memory, for as long as the map lives. What is shared may change under the reader: only read what the other
    /// side has handed over.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        @inline(__always) get {
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// `length` bytes from `offset` on.
    @inlinable @inline(__always)
    @_lifetime(borrow self)
    public func bytes(at offset: Int, count length: Int) -> RawSpan {
        checkRange(offset, length)
        let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base) + offset, byteCount: length)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// The word at `offset`, a multiple of four. What the other side wrote before it stored the word is seen after this.
    @inlinable @inline(__always)
    public func loadAcquiring(at offset: Int) -> UInt32 {
        checkRange(offset, 4)
        precondition(offset & 3 == 0, "a shared word is aligned")
        return unsafe gatelog_load_acquire(base + offset)
    }

    /// Stores the word at `offset`, a multiple of four, after everything that was read or written before. Only on a
    /// writable map.
    @inlinable @inline(__always)
    public mutating func storeReleasing(_ value: UInt32, at offset: Int) {
        checkRange(offset, 4)
        precondition(offset & 3 == 0, "a shared word is aligned")
        unsafe gatelog_store_release(base + offset, value)
    }

    /// Asks the processor for the cache line at `offset`, which is only a hint: any number will do.
    @inlinable @inline(__always)
    public func prefetch(at offset: Int) {
        unsafe gatelog_prefetch(UnsafeRawPointer(bitPattern: UInt(bitPattern: base) &+ UInt(bitPattern: offset)))
    }

    /// Moves `length` bytes within the map; both places may overlap. Only on a writable map.
    public mutating func move(_ length: Int, from source: Int, to destination: Int) {
        checkRange(source, length)
        checkRange(destination, length)
        unsafe (base + destination).copyMemory(from: base + source, byteCount: length)
    }

    /// Stores two bytes in network order. Only on a writable map.
    public mutating func storeBig16(_ value: UInt16, at offset: Int) {
        checkRange(offset, 2)
        unsafe (base + offset).storeBytes(of: value.bigEndian, as: UInt16.self)
    }

    @inlinable @inline(__always)
    func checkRange(_ offset: Int, _ length: Int) {
        precondition(offset >= 0 && length >= 0 && offset <= count && length <= count - offset, "outside of the map")
    }
}
