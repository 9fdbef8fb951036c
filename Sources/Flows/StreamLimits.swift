/// What the reassembly of streams may take, and how it goes on where a limit is met.
public struct StreamLimits: Hashable, Sendable {
    /// Bytes of all streams and datagrams that are held at a time. Beyond: bytes in order are handed on without being
    /// kept, others are lost to the watcher.
    /// - Limit: bytes of streams that wait or may come again | bytes | bytes in order are handed on unkept, others are a gap, and counted
    public var memory = 64 << 20
    /// Bytes of a direction that wait behind a hole. Beyond: the hole becomes a gap.
    /// - Limit: bytes of a stream behind a hole | bytes | the hole is a gap, and counted
    public var waiting: UInt64 = 1 << 20
    /// Bytes of a direction that were handed on and not acknowledged, kept to be compared with copies of them.
    /// - Limit: bytes of a stream kept to be compared with copies | bytes | the oldest go, and are counted
    public var kept: UInt64 = 128 << 10
    /// Blocks of one direction: small segments out of order take one each.
    /// - Limit: pieces of a stream out of order |  | the hole is a gap, and counted
    public var blocks: Int32 = 1024
    /// Bytes of a direction after which nothing more of it is handed on; none where nil.
    public var depth: UInt64?
    /// Conversations whose beginning was not seen are reassembled from where they are.
    public var picksUpMidStream = true

    public init() {}
}

/// What happened to segments, since the beginning.
public struct StreamCounters: Hashable, Sendable {
    /// Segments that came with bytes.
    public var segments: UInt64 = 0
    /// Bytes handed on.
    public var delivered: UInt64 = 0
    /// Segments that were not the next ones of their stream.
    public var outOfOrder: UInt64 = 0
    /// Segments that brought nothing new.
    public var retransmitted: UInt64 = 0
    /// Of those, the ones whose first copy was not held any more: nothing is known of a difference.
    public var unverified: UInt64 = 0
    public var conflicts: UInt64 = 0
    public var gaps: UInt64 = 0
    public var gapBytes: UInt64 = 0
    /// Segments too far in front of their stream, or before its beginning.
    public var outOfWindow: UInt64 = 0
    /// RST segments that no receiver would believe (RFC 5961).
    public var strayResets: UInt64 = 0
    /// Holes that were given up since too much waited behind them.
    public var waitingLimitHits: UInt64 = 0
    /// Segments that were not held since all memory was taken.
    public var memoryLimitHits: UInt64 = 0
    /// Bytes that were not kept to be compared.
    public var keptLimitHits: UInt64 = 0
    /// Directions that reached their depth.
    public var depthLimitHits: UInt64 = 0

    public init() {}
}
