public import Primitives

/// What the index holds of one line: where it is, when and what it tells of, and for a packet what is its own.
/// `IndexBlockReader.record` gives the whole packet.
public struct StoredLine: Sendable {
    /// In the log's segment, as it was before compression.
    public var offset: UInt64 = 0
    /// In bytes, the line's end included.
    public var length = 0
    /// Lines of the segment before this one.
    public var number: UInt64 = 0
    public var time = Timestamp(nanoseconds: 0)
    public var kind: RecordKind = .text
    /// Whether it tells of a packet, so that an expression can select it.
    public var isPacket = false
    /// Whether it tells of a connection: an expression selects it by its five-tuple, rule and names.
    public var isConnection = false

    var shape = 0
    var packetLength: UInt32 = 0
    var payloadLength: UInt32 = 0
    var identification: UInt32 = 0
    var tcpFlags: UInt8 = 0
    var tcpSequence: UInt32 = 0
    var tcpAcknowledgement: UInt32 = 0
    var tcpWindow: UInt16 = 0
    var icmpID: UInt16 = 0
    var icmpSequence: UInt16 = 0
    var fragmentOffset: UInt32 = 0
    var fragmentMore = false

    /// Where a connection's own facts, or a line's own members, stand in the block.
    var details = 0
    /// Bytes of its own members; 0 where it has none.
    var fieldsLength = 0

    init() {}
}
