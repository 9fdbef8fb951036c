/// How a `PacketRing` is made.
public struct RingOptions: Hashable, Sendable {
    /// Bytes of a block, which is handed over at a time: a power of two, a multiple of the page size. A frame that is
    /// longer than a block is cut.
    public var blockSize = 1 << 20
    /// Blocks of the ring; block size times count is the memory that the ring takes.
    public var blockCount = 32
    /// How long the first packet of a block may wait for others.
    public var retireMilliseconds = 20
    /// Whether the frames are spread over several rings, one a worker.
    public var fanout: RingFanout = .none
    /// Only frames of these interfaces, by the kernel's index; nil is all of them.
    public var interfaces: Set<UInt32>?
    /// Interfaces that shall receive the frames of others too.
    public var promiscuous: Set<UInt32> = []
    /// A descriptor that ends the wait of `nextBatch` when it becomes readable (a `Wakeup`); its owner clears it.
    public var wakeDescriptor: Int32?

    public init() {}
}

/// How several rings share the frames, so that each conversation's meet in one of them.
public enum RingFanout: Hashable, Sendable {
    /// This ring sees all frames.
    case none
    /// The first ring of a group; `PacketRing.fanoutGroup` tells the number. The seed makes it unforeseeable which
    /// addresses meet.
    case first(seed: UInt32)
    /// A further ring of the group of that number.
    case member(of: UInt16)
}
