public import CLinux
public import Synchronization

/// 64-bit words that threads share without a lock: each is stored and loaded whole. All are 0 at first.
///
/// Memory of its own pages, huge ones where the kernel gives them (transparent huge pages), so that a look-up anywhere
/// in it rarely waits for the address translation too. A copy of this value is the same words; the memory goes with
/// the last copy. Every access is checked against the bounds.
@safe
public struct SharedWords: Sendable {
    /// Keeps the memory; never touched by loads and stores, so that threads do not quarrel over its reference count.
    private final class Owner: Sendable {
        private let base: UInt
        private let bytes: Int

        init(_ base: UnsafeMutableRawPointer, _ bytes: Int) {
            self.base = UInt(bitPattern: base)
            self.bytes = bytes
        }

        deinit { _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: base), bytes) }
    }

    private let owner: Owner
    // Atomic words may be used from any thread.
    @usableFromInline nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>
    public let count: Int

    /// `count` words, at least one.
    public init(count: Int) throws(SystemCallError) {
        precondition(count > 0 && count <= 1 << 32, "a sensible number of words")
        let bytes = count * MemoryLayout<UInt64>.size
        let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS)
        guard let memory = unsafe gatelog_map(-1, bytes, PROT_READ | PROT_WRITE, flags) else {
            throw SystemCallError(errno: Errno(rawValue: gatelog_errno()), call: "mmap")
        }
        // Only a hint; small tables need no huge pages.
        if bytes >= 2 << 20 { _ = unsafe madvise(memory, bytes, MADV_HUGEPAGE) }
        unsafe words = memory.bindMemory(to: Atomic<UInt64>.self, capacity: count)
        owner = unsafe Owner(memory, bytes)
        self.count = count
    }

    @inlinable @inline(__always)
    public func load(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "outside of the words")
        return unsafe words[index].load(ordering: .relaxed)
    }

    /// What the storing thread did before a releasing store is seen after this.
    @inlinable @inline(__always)
    public func loadAcquiring(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "outside of the words")
        return unsafe words[index].load(ordering: .acquiring)
    }

    @inlinable @inline(__always)
    public func store(_ value: UInt64, at index: Int) {
        precondition(index >= 0 && index < count, "outside of the words")
        unsafe words[index].store(value, ordering: .relaxed)
    }

    @inlinable @inline(__always)
    public func storeReleasing(_ value: UInt64, at index: Int) {
        precondition(index >= 0 && index < count, "outside of the words")
        unsafe words[index].store(value, ordering: .releasing)
    }

    /// Asks the processor for the cache line of a word, which is only a hint: any number will do.
    @inlinable @inline(__always)
    public func prefetch(_ index: Int) {
        guard index >= 0, index < count else { return }
        unsafe gatelog_prefetch(UnsafeRawPointer(words + index))
    }
}
