import CZstd
public import Primitives

/// Packs text into a zstd stream that can be entered anywhere: independent frames, each with a checksum, and behind
/// them the seek table of zstd's seekable format (contrib/seekable_format, version 0.1.0), which every other decoder
/// passes over. `zstd -d` unpacks it as any other stream.
///
/// A frame ends behind a line end where one stands in its second half, so that a line is rarely in two frames.
/// Memory is one frame, its packed form and libzstd's context: some 8 MiB. One owner at a time.
@safe
public struct ZstdSeekableEncoder: ~Copyable {
    /// Bytes of text in a frame, at most, unless another size is asked for.
    public static let frameSize = 1 << 20
    /// The level of the `zstd` program when none is given.
    public static let level = 3
    /// Entries of a seek table, at most; 1 TiB of text with frames of `frameSize`.
    static let frameLimit = 1 << 20

    private let context: OpaquePointer
    private let frameSize: Int
    private var text: ByteBuffer
    private var table = ByteBuffer(capacity: 4 << 10)
    private var frameCount = 0

    /// An encoder at one of zstd's levels (1 ... 19), with frames of at most `frameSize` bytes (64 KiB ... 8 MiB).
    public init(level: Int = Self.level, frameSize: Int = Self.frameSize) throws(CompressionError) {
        precondition(1...19 ~= level && 64 << 10...8 << 20 ~= frameSize, "levels and frame sizes have their range")
        guard let context = unsafe ZSTD_createCCtx() else { throw CompressionError(.outOfMemory, in: .zstd) }
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        unsafe self.context = context
        self.frameSize = frameSize
        text = ByteBuffer(capacity: frameSize)
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
    }

    /// Takes `bytes` in; frames that became whole are appended to `packed`.
    public mutating func append(_ bytes: RawSpan, into packed: inout ByteBuffer) throws(CompressionError) {
        var taken = 0
        while taken < bytes.byteCount {
            let count = min(bytes.byteCount - taken, frameSize - text.count)
            text.append(bytes.extracting(taken..<taken + count))
            taken += count
            if text.count == frameSize { try packFrame(cut(), into: &packed) }
        }
    }

    /// Appends the last frame and the seek table. The encoder may then begin another stream.
    public mutating func finish(into packed: inout ByteBuffer) throws(CompressionError) {
        if text.count > 0 { try packFrame(text.count, into: &packed) }
        packed.appendLittle(ZstdSeekTable.magic)
        packed.appendLittle(UInt32(table.count + ZstdSeekTable.footerSize))
        packed.append(table.bytes)
        packed.appendLittle(UInt32(frameCount))
        packed.append(0 as UInt8)
        packed.appendLittle(ZstdSeekTable.footerMagic)
        table.removeAll()
        frameCount = 0
    }

    /// Where the full frame ends: behind its last line, or where it is full.
    private func cut() -> Int {
        let bytes = text.bytes
        return bytes.lastIndex(of: UInt8(ascii: "\n"), from: frameSize / 2, before: text.count).map { $0 + 1 }
            ?? text.count
    }

    private mutating func packFrame(_ count: Int, into packed: inout ByteBuffer) throws(CompressionError) {
        guard frameCount < Self.frameLimit else { throw CompressionError(.tooLong, in: .zstd) }
        let before = packed.count
        let context = unsafe context
        unsafe try Self.compress(text.bytes.extracting(0..<count), context, into: &packed)
        table.appendLittle(UInt32(packed.count - before))
        table.appendLittle(UInt32(count))
        frameCount += 1
        text.removeFirst(count)
    }

    private static func compress(
        _ source: RawSpan, _ context: OpaquePointer, into packed: inout ByteBuffer
    ) throws(CompressionError) {
        unsafe try packed.append(atMost: ZSTD_compressBound(source.byteCount)) { room throws(CompressionError) in
            let size = unsafe source.withUnsafeBytes { bytes in
                unsafe ZSTD_compress2(context, room.baseAddress, room.count, bytes.baseAddress, bytes.count)
            }
            if ZSTD_isError(size) != 0 { throw ZstdDecoder.error(size, atStart: false) }
            return size
        }
    }
}
