import Primitives

/// Lines on their way to a file, with what the index says of them. A fixed number of them goes round between the
/// producers and the writer of a log.
///
/// Whoever has taken one out of the queue is its only owner until it is given back, which is why it may go from
/// thread to thread; the queue's lock orders what the owners do.
final class LogChunk: @unchecked Sendable {
    /// A chunk is handed over once it has so many bytes of text ...
    static let textLength = 256 << 10
    /// ... or so many lines.
    static let lineCount = 4096

    /// Whole lines.
    var text = ByteBuffer(capacity: LogChunk.textLength + 16 << 10)
    /// One block of the index: of these lines, in this order.
    var block = ByteBuffer(capacity: 4 << 10)
    var counts = LineCounts()
}

/// What became of lines.
struct LineCounts: Hashable, Sendable {
    /// Lines of text, the notes too.
    var lines: UInt64 = 0
    /// Those of them that the log says about itself: lost and suppressed lines.
    var notes: UInt64 = 0
    /// Lines that were not written since no chunk was free, and that the notes speak of.
    var lost: UInt64 = 0
    /// Lines that a rate limit held back, and that the notes speak of.
    var suppressed: UInt64 = 0

    static func += (left: inout LineCounts, right: LineCounts) {
        left.lines += right.lines
        left.notes += right.notes
        left.lost += right.lost
        left.suppressed += right.suppressed
    }
}

/// What happened to lines that were not written: how many, from when to when.
struct LineLoss: Hashable, Sendable {
    private(set) var count: UInt64 = 0
    private(set) var first = Timestamp(nanoseconds: 0)
    private(set) var last = Timestamp(nanoseconds: 0)

    @inline(__always)
    mutating func add(_ time: Timestamp) {
        if count == 0 { first = time }
        last = time
        count += 1
    }

    mutating func add(_ other: LineLoss) {
        guard other.count > 0 else { return }
        if count == 0 { first = other.first }
        last = other.last
        count += other.count
    }
}
