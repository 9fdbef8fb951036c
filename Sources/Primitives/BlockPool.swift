/// Memory in blocks of one size, taken and given back by number: what streams and datagrams are gathered in.
///
/// Grows by slabs of a mebibyte up to its limit and gives none back, so that a steady state allocates nothing and
/// memory that was never needed is never touched. One owner; never shared.
@safe
public struct BlockPool: ~Copyable {
    /// Bytes of a block.
    public static var blockSize: Int { 2048 }

    private static var blocksPerSlab: Int { 512 }

    private var slabs: [UnsafeMutableRawPointer]
    private var slabCount = 0
    private var free: [Int32] = []
    private let slabLimit: Int
    private var neverTaken = 0

    /// Blocks that are taken.
    public private(set) var taken = 0

    /// How many blocks there can be.
    public var capacity: Int { slabLimit * BlockPool.blocksPerSlab }

    /// A pool of at most `limit` bytes, rounded up to a mebibyte. Allocates nothing yet.
    public init(limit: Int) {
        let slab = BlockPool.blockSize * BlockPool.blocksPerSlab
        slabLimit = max(1, (max(limit, 0) + slab - 1) / slab)
        unsafe slabs = []
    }

    deinit {
        unsafe slabs.forEach { unsafe $0.deallocate() }
    }

    /// A block with whatever bytes it last had, or nil where all are taken.
    public mutating func take() -> Int32? {
        if let block = free.popLast() {
            taken += 1
            return block
        }
        if neverTaken == slabCount * BlockPool.blocksPerSlab {
            guard slabCount < slabLimit else { return nil }
            unsafe slabs.append(
                UnsafeMutableRawPointer.allocate(
                    byteCount: BlockPool.blockSize * BlockPool.blocksPerSlab, alignment: 16))
            slabCount += 1
            free.reserveCapacity(slabCount * BlockPool.blocksPerSlab)
        }
        neverTaken += 1
        taken += 1
        return Int32(neverTaken - 1)
    }

    /// Gives a block back. It must have been taken.
    public mutating func giveBack(_ block: Int32) {
        precondition(block >= 0 && Int(block) < neverTaken && taken > 0, "a block is given back that was taken")
        free.append(block)
        taken -= 1
    }

    /// Copies `bytes` into a block; they must fit behind `place`.
    public mutating func fill(_ block: Int32, at place: Int, with bytes: RawSpan) {
        let count = bytes.byteCount
        precondition(place >= 0 && count <= BlockPool.blockSize - place, "bytes are put into one block")
        guard count > 0 else { return }
        let start = unsafe self.start(of: block) + place
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress { unsafe start.copyMemory(from: from, byteCount: count) }
        }
    }

    /// All bytes of a block.
    @_lifetime(borrow self)
    public func bytes(_ block: Int32) -> RawSpan {
        let start = unsafe UnsafeRawPointer(self.start(of: block))
        let span = unsafe RawSpan(_unsafeStart: start, byteCount: BlockPool.blockSize)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    private func start(of block: Int32) -> UnsafeMutableRawPointer {
        precondition(block >= 0 && Int(block) < neverTaken, "a block is one of the pool's")
        let number = Int(block)
        let slab = unsafe slabs[number / BlockPool.blocksPerSlab]
        return unsafe slab + number % BlockPool.blocksPerSlab * BlockPool.blockSize
    }
}
