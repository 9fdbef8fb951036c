import Primitives

/// A place in a log between two lines, which stays what it is while files are rotated, renamed and compressed: a
/// file is known by its first line, and where two have the same by the kernel's number of the file.
public struct LogPlace: Hashable, Sendable, CustomStringConvertible {
    /// Of the file's first line; 0 where the log was empty.
    var firstLine: UInt64
    /// The file's number (inode) when the place was made; compression changes it.
    var node: UInt64
    /// Bytes of text in the file before the place.
    var offset: Int64

    /// In front of everything that is there.
    public static let beginning = LogPlace(firstLine: 0, node: 0, offset: 0)

    init(firstLine: UInt64, node: UInt64, offset: Int64) {
        self.firstLine = firstLine
        self.node = node
        self.offset = offset
    }

    /// Reads what `description` wrote; nil for any other text.
    public init?(_ text: String) {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 3, words.allSatisfy({ 1...16 ~= $0.utf8.count && Self.isHexadecimal($0) }),
            let firstLine = UInt64(words[0], radix: 16), let node = UInt64(words[1], radix: 16),
            let offset = Int64(words[2], radix: 16)
        else { return nil }
        self.init(firstLine: firstLine, node: node, offset: offset)
    }

    /// Opaque: three hexadecimal numbers.
    public var description: String {
        [firstLine, node, UInt64(max(offset, 0))].map { String($0, radix: 16) }.joined(separator: "-")
    }

    // `UInt64(_:radix:)` would take signs as well.
    private static func isHexadecimal(_ word: Substring) -> Bool {
        word.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }
}

/// What tells one file of a log from the others.
struct SegmentIdentity: Hashable, Sendable {
    /// Bytes of a first line that are looked at.
    static let length = 4 << 10

    var firstLine: UInt64
    var node: UInt64

    /// Of a file that begins with `text`, as much of it as `length`. 0 as long as its first line is not whole.
    init(of text: RawSpan, node: UInt64) {
        self.node = node
        if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
            firstLine = Self.hash(text.extracting(0..<end))
        } else {
            firstLine = text.byteCount >= Self.length ? Self.hash(text.extracting(0..<Self.length)) : 0
        }
    }

    /// FNV-1a, which never is 0 here.
    private static func hash(_ text: RawSpan) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for offset in 0..<text.byteCount { hash = (hash ^ UInt64(text.byte(at: offset))) &* 0x100_0000_01B3 }
        return max(hash, 1)
    }
}
