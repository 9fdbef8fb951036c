/// Why a compressed stream cannot be read further.
public struct CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Code: Hashable, Sendable {
        /// The bytes contradict their format or their checksum.
        case corrupt
        /// The stream ends before its end mark.
        case truncated
        /// Behind the end stands something else.
        case trailingBytes
        /// It asks for more memory than `Decompressor.zstdWindowLimit`.
        case windowTooLarge
        /// There is no memory for a decoder.
        case outOfMemory
        /// More text than one seekable stream takes (`ZstdSeekableEncoder.frameLimit` frames).
        case tooLong
    }

    public var code: Code
    public var format: CompressionFormat
    /// What the library says about it; empty where it says nothing.
    public var detail: String

    public init(_ code: Code, in format: CompressionFormat, detail: String = "") {
        self.code = code
        self.format = format
        self.detail = detail
    }

    public var description: String {
        let name = format == .gzip ? "gzip" : "zstd"
        let reason =
            switch code {
            case .corrupt: "the \(name) stream is corrupt"
            case .truncated: "the \(name) stream is cut off before its end"
            case .trailingBytes: "bytes that are not \(name) stand behind the \(name) stream"
            case .windowTooLarge:
                "the zstd stream needs more than \(Decompressor.zstdWindowLimit >> 20) MiB of memory; "
                    + "`zstd -d --long=31` unpacks it"
            case .outOfMemory: "there is no memory for \(name)"
            case .tooLong: "there is more text than one seekable \(name) stream takes"
            }
        return detail.isEmpty ? reason : "\(reason) (\(detail))"
    }
}
