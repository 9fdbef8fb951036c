public import PacketDecoding
public import Primitives

/// Writes a plain pcap into a buffer: one link type, no interfaces, no directions.
public struct PcapWriter: Sendable {
    /// The only link type of the file.
    public let linkType: LinkType
    /// Packets whose time had more digits than the file keeps.
    public private(set) var timesCut = 0
    private let tick: Int64
    private let snapLength: Int

    /// Begins a file in `buffer`. Times have nanoseconds with `isNano`, else microseconds, which also programs
    /// of before 2013 read. A `snapLength` of 0 is no limit.
    public init(linkType: LinkType, snapLength: Int, isNano: Bool, into buffer: inout ByteBuffer) {
        self.linkType = linkType
        self.snapLength = snapLength
        tick = isNano ? 1 : 1_000
        buffer.appendLittle(isNano ? Magic.nano : Magic.micro)
        buffer.appendLittle(UInt16(2))
        buffer.appendLittle(UInt16(4))
        buffer.appendLittle(UInt64(0))
        buffer.appendLittle(UInt32(snapLength > 0 ? snapLength : CaptureParser.packetLimit))
        buffer.appendLittle(UInt32(linkType.rawValue))
    }

    /// Writes a packet, which must be of the file's link type. The format has room for times from 1970 to 2106:
    /// others become the nearest of these.
    public mutating func append(_ frame: Frame, _ bytes: RawSpan, into buffer: inout ByteBuffer) {
        precondition(frame.linkType == linkType, "a pcap has one link type")
        let captured = snapLength > 0 ? min(snapLength, bytes.byteCount) : bytes.byteCount
        let nanoseconds = max(0, frame.time.nanoseconds)
        let (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if fraction % tick != 0 { timesCut += 1 }
        buffer.reserve(16 &+ captured)
        let time = UInt64(UInt32(clamping: seconds)) | UInt64(fraction / tick) << 32
        let lengths =
            UInt64(UInt32(truncatingIfNeeded: captured)) | UInt64(UInt32(clamping: frame.originalLength)) << 32
        buffer.appendLittle(UInt128(lengths) << 64 | UInt128(time))
        buffer.append(bytes.extracting(0..<captured))
    }
}
