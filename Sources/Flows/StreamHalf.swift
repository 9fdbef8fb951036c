/// One direction of a TCP conversation (RFC 9293): where its stream is, and what waits. Places are 64-bit offsets of
/// the stream, so that sequence numbers may wrap around.
struct StreamHalf: BitwiseCopyable {
    struct Marks: OptionSet, BitwiseCopyable {
        var rawValue: UInt8

        /// The sequence number of the stream's first byte is known.
        static var isPlaced: Marks { Marks(rawValue: 1 << 0) }
        /// All of it was handed on, or it was torn down.
        static var isOver: Marks { Marks(rawValue: 1 << 1) }
        /// Nothing more is handed on: its depth was reached, or nobody asks.
        static var isPassedOver: Marks { Marks(rawValue: 1 << 2) }
        /// The beginning was not seen.
        static var isMidStream: Marks { Marks(rawValue: 1 << 3) }
        /// Its sender may shift windows: its SYN said so, or was not seen.
        static var scalesWindows: Marks { Marks(rawValue: 1 << 4) }
    }

    /// The sequence number of offset 0.
    var base: UInt32 = 0
    var marks: Marks = []
    /// What its sender shifts its windows by (RFC 7323), as its SYN said; 14 where no SYN was seen.
    var windowShift: UInt8 = 14
    /// The next byte to hand on.
    var delivered: UInt64 = 0
    /// What the other side has said that it has.
    var acknowledged: UInt64 = 0
    /// What the receiver has said that it would take: bytes from here on it throws away.
    var edge: UInt64 = 0
    /// Bytes before this are not held any more: a copy of them cannot be compared.
    var lowest: UInt64 = 0
    /// Where the stream ends, once that is known.
    var finish: UInt64 = .max
    /// Bytes that wait behind a hole, and bytes that were handed on and are kept to be compared with copies.
    var runs = ByteRuns()

    /// The offset of a sequence number: the one nearest to what was handed on. Negative before the stream's beginning.
    func offset(of sequence: UInt32) -> Int64 {
        let here = base &+ UInt32(truncatingIfNeeded: delivered)
        return Int64(bitPattern: delivered) &+ Int64(Int32(bitPattern: sequence &- here))
    }

    mutating func place(at sequence: UInt32) {
        base = sequence
        marks.insert(.isPlaced)
    }
}
