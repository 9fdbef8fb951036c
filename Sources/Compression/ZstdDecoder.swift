import CZstd
import Primitives

/// One zstd decoder. Frames that follow each other, and skippable ones between, are one stream.
@safe
final class ZstdDecoder {
    private let context: OpaquePointer
    /// Whether the input so far ends with a whole frame.
    private(set) var isBetweenFrames = true

    init() throws(CompressionError) {
        guard let context = unsafe ZSTD_createDCtx() else { throw CompressionError(.outOfMemory, in: .zstd) }
        let bits = Int32(Decompressor.zstdWindowLimit.trailingZeroBitCount)
        _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, bits)
        unsafe self.context = context
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    func decompress(_ input: RawSpan, into output: UnsafeMutableRawBufferPointer) -> Decompressor.Progress {
        unsafe input.withUnsafeBytes { source in
            var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var to = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            var failure: CompressionError?
            while unsafe from.pos < from.size || !isBetweenFrames {
                let (before, wrote) = unsafe (from.pos, to.pos)
                let result = unsafe ZSTD_decompressStream(context, &to, &from)
                if ZSTD_isError(result) != 0 {
                    failure = Self.error(result, atStart: isBetweenFrames)
                    break
                }
                isBetweenFrames = result == 0
                if unsafe from.pos == before && to.pos == wrote || to.pos == to.size { break }
            }
            return unsafe Decompressor.Progress(consumed: from.pos, produced: to.pos, failure: failure)
        }
    }

    static func error(_ result: Int, atStart: Bool) -> CompressionError {
        let detail = unsafe String(cString: ZSTD_getErrorName(result))
        let code: CompressionError.Code =
            switch ZSTD_getErrorCode(result) {
            case ZSTD_error_frameParameter_windowTooLarge: .windowTooLarge
            case ZSTD_error_memory_allocation: .outOfMemory
            case ZSTD_error_prefix_unknown where atStart: .trailingBytes
            default: .corrupt
            }
        return CompressionError(code, in: .zstd, detail: code == .corrupt ? detail : "")
    }
}
