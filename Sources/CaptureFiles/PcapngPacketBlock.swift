public import Primitives

/// A packet's block among others that `PcapngBlock` wrote: what is needed to go from one to the next, to count and to
/// cut. For our own bytes: what is no packet's block, or does not fit, is no block.
public struct PcapngPacketBlock: Hashable, Sendable {
    /// All bytes of the block.
    public var length: Int
    /// The number of its interface in the file.
    public var interface: UInt32
    public var time: Timestamp

    /// The block at `offset`; nil where no whole packet's block stands there.
    @inlinable
    public init?(in bytes: RawSpan, at offset: Int) {
        guard bytes.holds(32, at: offset), bytes.little32(at: offset) == 6 else { return nil }
        length = Int(bytes.little32(at: offset &+ 4))
        guard length >= 32, bytes.holds(length, at: offset) else { return nil }
        interface = bytes.little32(at: offset &+ 8)
        let ticks = UInt64(bytes.little32(at: offset &+ 12)) << 32 | UInt64(bytes.little32(at: offset &+ 16))
        time = Timestamp(nanoseconds: Int64(clamping: ticks))
    }

    /// Appends the block at `offset` with a comment and a count of packets that are missing before it (epb_dropcount).
    public func append(
        from bytes: RawSpan, at offset: Int, missing: UInt64, comment: String, into buffer: inout ByteBuffer
    ) {
        let captured = Int(bytes.little32(at: offset + 20))
        let packetEnd = 28 + captured + (-captured & 3)
        guard packetEnd <= length - 4 else { return buffer.append(bytes.extracting(offset..<offset + length)) }
        var options = ByteBuffer(capacity: 256)
        PcapngBlock.appendComment(comment, into: &options)
        options.appendLittle(UInt32(8 << 16 | 4))
        options.appendLittle(missing)
        // What options the block has end themselves.
        let old = bytes.extracting(offset + packetEnd..<offset + length - 4)
        options.append(old)
        if old.byteCount == 0 { options.appendLittle(UInt32(0)) }
        let total = UInt32(clamping: packetEnd + options.count + 4)
        buffer.appendLittle(bytes.little32(at: offset))
        buffer.appendLittle(total)
        buffer.append(bytes.extracting(offset + 8..<offset + packetEnd))
        buffer.append(options.bytes)
        buffer.appendLittle(total)
    }
}
