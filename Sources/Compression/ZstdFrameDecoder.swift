import CZstd
public import Primitives

/// Unpacks single frames of a seekable zstd stream. One owner at a time; memory is libzstd's context.
@safe
public struct ZstdFrameDecoder: ~Copyable {
    private let context: OpaquePointer

    public init() throws(CompressionError) {
        guard let context = unsafe ZSTD_createDCtx() else { throw CompressionError(.outOfMemory, in: .zstd) }
        unsafe self.context = context
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// Appends the text of `packed`, the bytes of `frame`, to `text`. A frame that is damaged, or not as long as the
    /// table says, is an error, and nothing is appended.
    public mutating func unpack(
        _ packed: RawSpan, of frame: ZstdSeekTable.Frame, into text: inout ByteBuffer
    ) throws(CompressionError) {
        guard packed.byteCount == frame.packedSize, 0...ZstdSeekTable.frameLimit ~= frame.size else {
            throw CompressionError(.truncated, in: .zstd)
        }
        let context = unsafe context
        unsafe try text.append(atMost: frame.size) { room throws(CompressionError) in
            let size = unsafe packed.withUnsafeBytes { bytes in
                unsafe ZSTD_decompressDCtx(context, room.baseAddress, room.count, bytes.baseAddress, bytes.count)
            }
            if ZSTD_isError(size) != 0 { throw ZstdDecoder.error(size, atStart: false) }
            guard size == frame.size else {
                throw CompressionError(.corrupt, in: .zstd, detail: "a frame is shorter than the seek table says")
            }
            return size
        }
    }
}
