import Primitives

/// Walks the bytes of a directory (`NAME.idx`), which a reader has loaded whole or as far as it is written:
///
///     var directory = IndexDirectory()
///     while let block = directory.next(bytes) { if matcher.mayMatch(block, bytes) { ... } }
///
/// Stops at the first record that is torn or damaged, and says why; `position` is then where the good part ends, so
/// that a writer cuts there, and a follower goes on from there when more was written. Each record is checked; about
/// 100 ns and the 10 bytes a nanosecond of its checksum.
public struct IndexDirectory: Sendable {
    /// Where the next record begins; all before it is whole.
    public private(set) var position: Int
    /// Why `next` ended before the end of the bytes.
    public private(set) var damage: IndexDamage?

    /// Begins at `position`, where a record begins.
    public init(from position: Int = 0) {
        self.position = position
    }

    /// The next block's record; nil at the end and where the rest is torn or damaged.
    public mutating func next(_ bytes: RawSpan) -> BlockSummary? {
        guard position < bytes.byteCount else { return nil }
        do {
            let summary = try BlockSummary(bytes, at: position)
            position += summary.length
            damage = nil
            return summary
        } catch {
            damage = error
            return nil
        }
    }
}
