/// What became of the records of one unit. Every record that was written is somewhere:
/// `written == read + merged + dropped + flushed +` those that wait.
public struct RecordCounts: Hashable, Sendable {
    /// Records that were to be stored, whatever became of them.
    public var written: UInt64 = 0
    /// Records that a reader got.
    public var read: UInt64 = 0
    /// Records that only counted up the one before them.
    public var merged: UInt64 = 0
    /// Records for which there was no room.
    public var dropped: UInt64 = 0
    /// Records that a flush threw away unread.
    public var flushed: UInt64 = 0

    public init() {}
}
