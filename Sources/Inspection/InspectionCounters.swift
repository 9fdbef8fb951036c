public import Flows

/// What was inspected and found, since the beginning.
public struct InspectionCounters: Hashable, Sendable {
    /// IP packets.
    public var packets: UInt64 = 0
    /// Packets whose source cannot be where they came from.
    public var spoofed: UInt64 = 0
    /// Packets of addresses that a blacklist names, counted for each listing.
    public var listed: UInt64 = 0
    public var ftpAttacks: UInt64 = 0
    /// Segments and datagrams with a byte that came twice with different values.
    public var conflicts: UInt64 = 0
    /// Packets that were not told since one like them had been.
    public var repeated: UInt64 = 0
    /// Conversations that are known now.
    public var conversations = 0
    /// Bytes that streams hold now.
    public var heldBytes = 0
    public var flows = FlowCounters()
    public var streams = StreamCounters()
    public var datagrams = DatagramCounters()

    public init() {}
}
