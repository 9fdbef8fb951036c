public import PacketDecoding

/// Where packets come from: a ring of the kernel, the firewall's log, a capture file that is replayed.
///
/// One worker owns a source and asks it for batches: `nextBatch` waits, `next` and `bytes` go through what it
/// found. Nothing is allocated for a packet. On this machine's interfaces an `InterfaceID` is the kernel's own index
/// of the interface; an index beyond its range is `.none`, and counted.
public protocol PacketSource: ~Copyable {
    /// Waits for packets, a fifth of a second at most, so that the worker looks at its orders.
    mutating func nextBatch() throws(SourceError) -> SourceBatch

    /// The next packet of the batch; nil at its end. Its bytes are `bytes` until the next call.
    mutating func next() -> Frame?

    /// The bytes of the packet that `next` returned last.
    var bytes: RawSpan { @_lifetime(borrow self) get }

    /// What happened so far. Cheap enough to ask once a batch.
    mutating func counters() -> SourceCounters
}

/// What waiting brought.
public enum SourceBatch: Hashable, Sendable {
    /// `next` has packets.
    case packets
    /// Nothing came in time.
    case idle
    /// Nothing will come any more: a file's end.
    case ended
}

/// What a source counts, since it was opened.
public struct SourceCounters: Hashable, Sendable {
    /// Packets that the source handed out.
    public var packets: UInt64 = 0
    /// Bytes of those packets on the wire.
    public var bytes: UInt64 = 0
    /// Packets that the kernel had to drop since nobody took them in time (ring full, socket buffer full): every one
    /// that is known to the packet, from the kernel's own counter or from gaps of sequence numbers.
    public var dropped: UInt64 = 0
    /// Messages that could not be understood.
    public var malformed: UInt64 = 0
    /// How full the ring or the socket's buffer was when last looked at, in thousandths.
    public var fill: UInt32 = 0

    public init() {}
}

/// A source that cannot be opened, or that went away.
public struct SourceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, as in "opening a packet socket".
    public var doing: String
    /// Why it failed, as the kernel says it.
    public var reason: String
    /// What to do about it; nil where nothing is to be done.
    public var remedy: String?
    /// Whether trying again later may help (an interface that went down).
    public var isTemporary: Bool

    public init(doing: String, reason: String, remedy: String? = nil, isTemporary: Bool = false) {
        self.doing = doing
        self.reason = reason
        self.remedy = remedy
        self.isTemporary = isTemporary
    }

    /// "opening a packet socket: Operation not permitted. Grant it: ..."
    public var description: String { remedy.map { "\(doing): \(reason). \($0)" } ?? "\(doing): \(reason)" }
}
