/// What had to be mended when a log was opened: after a crash, or when somebody else had changed its files.
public struct LogRecovery: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of a half line that were cut from the end of the text.
    public var cutText: Int64 = 0
    /// Bytes of torn or foreign blocks that were cut from the end of the index.
    public var cutIndex: Int64 = 0
    /// Lines for which the index was made again.
    public var indexedLines: UInt64 = 0
    /// Those of them that could not be read back: the index has their time at most.
    public var unreadableLines: UInt64 = 0

    public init() {}

    /// Whether anything was to be mended.
    public var isEmpty: Bool { self == LogRecovery() }

    /// "a half line of 57 bytes was cut; the index was made again for 212 lines"; empty where nothing was mended.
    public var description: String {
        var parts: [String] = []
        if cutText > 0 { parts.append("a half line of \(cutText) bytes was cut") }
        if cutIndex > 0 { parts.append("\(cutIndex) bytes of the index were torn and were cut") }
        if indexedLines > 0 {
            parts.append("the index was made again for \(indexedLines) line\(indexedLines == 1 ? "" : "s")")
        }
        if unreadableLines > 0 { parts.append("\(unreadableLines) of them could not be read back") }
        return parts.joined(separator: "; ")
    }
}
