import Primitives
public import SystemCalls

/// Walks the packets of a ring's blocks: one block at a time, each packet checked against the end of its block.
///
/// What is passed over without being handed out: the copy of a loopback packet that was sent (its arrival counts),
/// frames of interfaces that nobody watches, and packets whose header points outside of their block, which are counted.
@usableFromInline
struct RingWalk: ~Copyable {
    @usableFromInline var map: MemoryMap
    let blockSize: Int
    let blockCount: Int
    /// The block that is walked, or the next one to be.
    private(set) var block = 0
    /// Whether the block is ours and has to be given back.
    private var isOpen = false

    /// Packets of the open block that were not looked at yet, and where the next one is.
    @usableFromInline var remaining = 0
    @usableFromInline var position = 0
    @usableFromInline var blockEnd = 0
    /// The bytes of the last packet.
    @usableFromInline var packetStart = 0
    @usableFromInline var packetLength = 0

    @usableFromInline var watched: InterfaceSet?
    @usableFromInline var counters = SourceCounters()
    /// Packets of interfaces whose index is beyond what an `InterfaceID` holds.
    @usableFromInline var unnumbered: UInt64 = 0

    init(_ map: consuming MemoryMap, blockSize: Int, blockCount: Int) {
        self.map = map
        self.blockSize = blockSize
        self.blockCount = blockCount
    }

    /// Gives the open block back to the kernel, and takes the next one where it is full.
    mutating func takeBlock() -> Bool {
        if isOpen {
            map.storeReleasing(RingLayout.isKernels, at: block * blockSize + RingLayout.blockStatus)
            block = block + 1 == blockCount ? 0 : block + 1
            isOpen = false
            remaining = 0
        }
        guard isOurs(block) else { return false }
        isOpen = true
        let start = block * blockSize
        let first = Int(map.bytes.little32(at: start + RingLayout.firstPacket))
        remaining = Int(map.bytes.little32(at: start + RingLayout.packetCount))
        blockEnd = start + blockSize
        if first < RingLayout.blockHeader || first > blockSize {
            if remaining > 0 { counters.malformed &+= 1 }
            remaining = 0
        }
        position = start + min(first, blockSize)
        return true
    }

    private func isOurs(_ block: Int) -> Bool {
        map.loadAcquiring(at: block * blockSize + RingLayout.blockStatus) & RingLayout.isOurs != 0
    }

    /// How many blocks wait for us, the open one included, in thousandths of the ring. Blocks are filled in order, so
    /// six looks are enough for sixty-four.
    var fill: UInt32 {
        var low = 0
        var high = blockCount
        while low < high {
            let middle = (low + high) / 2
            if isOurs((block + middle) % blockCount) { low = middle + 1 } else { high = middle }
        }
        return UInt32(low * 1_000 / blockCount)
    }
}
