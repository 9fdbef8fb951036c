/// A place where a capture is not what its format demands. What stands before and, where
/// the reader finds the next record, behind it is read all the same.
public struct CaptureDamage: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong there.
    public enum Reason: Hashable, Sendable {
        /// The file ends within a record that should have `needed` bytes.
        case truncated(needed: Int, present: Int)
        /// A record claims more bytes than any packet of this file may have.
        case recordTooLong(claimed: UInt32, limit: Int)
        /// A block's length is less than the smallest, or more than `limit`.
        case blockLength(UInt32, limit: Int)
        /// The length at a block's end is not that at its beginning.
        case blockLengthsDiffer(first: UInt32, second: UInt32)
        /// A section header's byte-order word is neither way round.
        case byteOrder(UInt32)
        /// A packet claims more bytes than its block has.
        case packetExceedsBlock(claimed: UInt32, room: Int)
        /// A packet names an interface that its section does not describe.
        case unknownInterface(UInt32)
        /// A block of `kind` is too short for its fixed fields.
        case shortBlock(kind: UInt32, length: Int)
        /// An option claims more bytes than its block has.
        case optionExceedsBlock(code: UInt16)
        /// There are more interfaces than are kept; the packets of this one are not read.
        case tooManyInterfaces(limit: Int)
        /// The compressed stream around the capture is broken or cut off; what came before was read.
        case compression(String)
        /// Bytes of an ipl log that are no record.
        case record(String)
    }

    /// Where: bytes from the beginning of the capture, unpacked; for `.compression`, of the file as it is.
    public var offset: Int64
    public var reason: Reason
    /// Bytes that were passed over until the next record that could be read.
    public var skipped: Int64

    public init(offset: Int64, reason: Reason, skipped: Int64 = 0) {
        self.offset = offset
        self.reason = reason
        self.skipped = skipped
    }

    public var description: String {
        if case .compression = reason { return "at byte \(offset) of the compressed file: \(reason)" }
        let rest = skipped > 0 ? "; \(skipped) bytes were passed over" : ""
        return "at byte \(offset): \(reason)\(rest)"
    }
}

extension CaptureDamage.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let present):
            "the file ends \(present) bytes into a record of \(needed) bytes"
        case .recordTooLong(let claimed, let limit):
            "a record claims a packet of \(claimed) bytes, and no packet here has more than \(limit)"
        case .blockLength(let length, let limit):
            "a block claims \(length) bytes in all, and a block has from 12 to \(limit)"
        case .blockLengthsDiffer(let first, let second):
            "a block has \(first) bytes by its beginning and \(second) by its end"
        case .byteOrder(let word):
            "a section header has \(word) where its byte order should stand"
        case .packetExceedsBlock(let claimed, let room):
            "a packet claims \(claimed) bytes in a block that has room for \(room)"
        case .unknownInterface(let number):
            "a packet is of interface \(number), which its section does not describe"
        case .shortBlock(let kind, let length):
            "a block of kind \(kind) has only \(length) bytes"
        case .optionExceedsBlock(let code):
            "option \(code) claims more bytes than its block has"
        case .tooManyInterfaces(let limit):
            "a section describes more than \(limit) interfaces"
        case .compression(let what), .record(let what):
            what
        }
    }
}
