import Primitives

/// How a stream of bytes is compressed, told by its first bytes and never by its name.
public enum CompressionFormat: Sendable, Hashable {
    /// gzip (RFC 1952).
    case gzip
    /// Zstandard (RFC 8878).
    case zstd

    /// Bytes that `init(detecting:)` must see, unless the stream has fewer.
    public static let magicLength = 4

    /// What `bytes`, the first of a stream, are compressed with; nil where they are not.
    public init?(detecting bytes: RawSpan) {
        if bytes.holds(2, at: 0), bytes.big16(at: 0) == 0x1F8B {
            self = .gzip
        } else if bytes.holds(4, at: 0), Self.isZstd(bytes.little32(at: 0)) {
            self = .zstd
        } else {
            return nil
        }
    }

    /// A frame, or a skippable frame, which may come first.
    private static func isZstd(_ magic: UInt32) -> Bool {
        magic == 0xFD2F_B528 || magic & 0xFFFF_FFF0 == 0x184D_2A50
    }
}
