/// A unit of the ipl log. Every record that was written is read, merged, dropped, flushed, or waits.
public struct IPLogState: Codable, Hashable, Sendable {
    /// "ipl", "ipnat", "ipstate".
    public var name: String
    /// The device or socket; empty as long as it is not open.
    public var path: String
    /// Records that were to be stored, whatever became of them.
    public var written: UInt64 = 0
    public var read: UInt64 = 0
    /// Packets that only counted up the record before them.
    public var merged: UInt64 = 0
    /// Records for which there was no room.
    public var dropped: UInt64 = 0
    /// Records that a flush threw away.
    public var flushed: UInt64 = 0
    /// Bytes that wait, and that may wait.
    public var waiting = 0
    public var limit = 0
    /// "process 812 (ipmon) of root"; nil without one.
    public var reader: String?
    /// Why nobody can read it any more.
    public var failure: String?

    public init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}
