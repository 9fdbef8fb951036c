import Primitives

/// Where the frames of a seekable zstd stream stand (zstd's contrib/seekable_format, version 0.1.0): what lets a
/// reader begin in the middle.
///
/// The table is believed only as far as it must be: `ZstdFrameDecoder` notices a frame that is not where or as long
/// as it says.
public struct ZstdSeekTable: Sendable {
    /// One frame of the stream.
    public struct Frame: Hashable, Sendable {
        /// Bytes of the file before it, and its own.
        public var packedOffset: Int64
        public var packedSize: Int
        /// Bytes of text before it, and of its own.
        public var offset: Int64
        public var size: Int
    }

    /// Bytes at the end of a stream that `length(footer:)` must see.
    public static let footerSize = 9
    /// Bytes of a table at most; a longer one is not read.
    public static let lengthLimit = 32 << 20
    /// Bytes of text in one frame at most; streams with larger ones can only be read from their beginning.
    public static let frameLimit = 16 << 20

    static let magic: UInt32 = 0x184D_2A5E
    static let footerMagic: UInt32 = 0x8F92_EAB1

    /// In the order of the stream, without gaps.
    public let frames: [Frame]
    /// Bytes of text in all frames.
    public let textSize: Int64

    /// Bytes of the whole table at the end of a stream, told by the stream's last `footerSize` bytes; nil where they
    /// are not those of a seek table.
    public static func length(footer: RawSpan) -> Int? {
        guard footer.byteCount == footerSize, footer.little32(at: 5) == footerMagic else { return nil }
        // Reserved bits must be zero; what the lowest two mean is left to whoever writes.
        guard footer.byte(at: 4) & 0x7C == 0 else { return nil }
        let entry = footer.byte(at: 4) & 0x80 == 0 ? 8 : 12
        let length = 8 + Int(footer.little32(at: 0)) * entry + footerSize
        return length <= lengthLimit ? length : nil
    }

    /// Reads the table from `bytes`, the last `length(footer:)` bytes of a stream of `fileSize` bytes. Nil where it
    /// contradicts itself or the file.
    public init?(parsing bytes: RawSpan, fileSize: Int64) {
        guard bytes.byteCount >= 8 + Self.footerSize, bytes.little32(at: 0) == Self.magic else { return nil }
        let footer = bytes.extracting(bytes.byteCount - Self.footerSize..<bytes.byteCount)
        guard Self.length(footer: footer) == bytes.byteCount,
            Int(bytes.little32(at: 4)) == bytes.byteCount - 8
        else { return nil }
        let entry = footer.byte(at: 4) & 0x80 == 0 ? 8 : 12
        var frames: [Frame] = []
        var next = Frame(packedOffset: 0, packedSize: 0, offset: 0, size: 0)
        for place in stride(from: 8, to: bytes.byteCount - Self.footerSize, by: entry) {
            next.packedSize = Int(bytes.little32(at: place))
            next.size = Int(bytes.little32(at: place + 4))
            // At most 2^32 entries of 32 bits each: the sums stay far from 64 bits.
            guard next.size <= Self.frameLimit, next.packedSize <= Self.packedLimit else { return nil }
            if next.size > 0 { frames.append(next) }
            next.packedOffset += Int64(next.packedSize)
            next.offset += Int64(next.size)
        }
        guard next.packedOffset == fileSize - Int64(bytes.byteCount) else { return nil }
        self.frames = frames
        textSize = next.offset
    }

    /// What a frame of `frameLimit` bytes takes at most, packed: text that cannot be packed grows a little.
    static let packedLimit = frameLimit + frameLimit >> 7 + 1024

    /// The place in `frames` of the frame with the byte of text at `offset`; nil behind the end and before the
    /// beginning.
    public func frame(at offset: Int64) -> Int? {
        guard offset >= 0, offset < textSize else { return nil }
        var low = 0
        var high = frames.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if frames[middle].offset <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
