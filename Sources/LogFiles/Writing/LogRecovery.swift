/// What had to be mended when a log was opened: after a crash, or when somebody else had changed its files.
public struct LogRecovery: Hashable, Sendable {
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
}
