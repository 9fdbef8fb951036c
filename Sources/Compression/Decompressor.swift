/// Unpacks a stream of either format piece by piece, in bounded memory.
public struct Decompressor: ~Copyable {
    /// The most bytes that a zstd stream may have its decoder look back, and with that the memory of the
    /// decoder: the `zstd` program's own default.
    /// - Limit: window of a zstd stream | bytes | an error
    public static let zstdWindowLimit = 1 << 27

    /// What came of one call.
    public struct Progress: Sendable {
        /// Bytes of the input that are done with.
        public var consumed: Int
        /// Bytes written to the output.
        public var produced: Int
        /// Why nothing more can be unpacked; what was produced is good all the same.
        public var failure: CompressionError?

        public init(consumed: Int, produced: Int, failure: CompressionError? = nil) {
            self.consumed = consumed
            self.produced = produced
            self.failure = failure
        }
    }

    private enum Decoder {
        case gzip(GzipDecoder)
        case zstd(ZstdDecoder)
    }

    private let decoder: Decoder

    /// A decoder for `format`.
    public init(_ format: CompressionFormat) throws(CompressionError) {
        decoder =
            switch format {
            case .gzip: .gzip(try GzipDecoder())
            case .zstd: .zstd(try ZstdDecoder())
            }
    }

    /// Unpacks as much of `input` as `output` has room for. A stream of several members or frames is one stream.
    public mutating func decompress(_ input: RawSpan, into output: UnsafeMutableRawBufferPointer) -> Progress {
        switch decoder {
        case .gzip(let decoder): unsafe decoder.decompress(input, into: output)
        case .zstd(let decoder): unsafe decoder.decompress(input, into: output)
        }
    }

    /// What is wrong when the input ends here; nil at the end of a member or frame.
    public func failureAtEnd() -> CompressionError? {
        switch decoder {
        case .gzip(let decoder): decoder.isBetweenMembers ? nil : CompressionError(.truncated, in: .gzip)
        case .zstd(let decoder): decoder.isBetweenFrames ? nil : CompressionError(.truncated, in: .zstd)
        }
    }
}
