/// Counts what is missing in the sequence numbers of one log group.
///
/// The kernel numbers the records of an instance from 0 on when it makes them, and throws whole batches away when the
/// socket's buffer is full: the gap is the loss, to the packet. It is seen when the next record comes.
struct SequenceGaps {
    /// The number that the next record has if nothing was lost.
    private(set) var expected: UInt32
    /// Records missing so far.
    private(set) var missing: UInt64 = 0
    /// How often the kernel began anew: the instance had gone away and come back.
    private(set) var restarts: UInt64 = 0

    /// An instance that was bound just now begins at 0.
    init(expected: UInt32 = 0) { self.expected = expected }

    /// Takes the number of a record that came, and returns how many are missing before it.
    @inline(__always)
    mutating func take(_ number: UInt32) -> UInt64 {
        let ahead = number &- expected
        expected = number &+ 1
        if ahead == 0 { return 0 }
        return jump(ahead, to: number)
    }

    /// Numbers wrap around at 2^32: less than half of that ahead is a gap. More is a number that was there before: the
    /// instance is a new one, and what it numbered before this record is missing.
    @inline(never)
    private mutating func jump(_ ahead: UInt32, to number: UInt32) -> UInt64 {
        var lost = UInt64(ahead)
        if ahead >= 1 << 31 {
            restarts += 1
            lost = UInt64(number)
        }
        missing += lost
        return lost
    }
}
