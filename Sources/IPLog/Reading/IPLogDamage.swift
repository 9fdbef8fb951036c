import Primitives

/// Bytes of a log that are no record, and what reading did about them.
public struct IPLogDamage: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The record's size is less than the least that a record of its unit has.
        case tooSmall(size: UInt64, least: Int)
        /// The record's size is more than the layout can fill.
        case tooLarge(size: UInt64, most: Int)
        /// The packet's lengths say more than the record's size has room for, or less, and the next record stands within.
        case lengthsExceed(stored: Int, room: Int)
        /// The header does not begin as one does, and no other record follows where this one would end.
        case wrongMagic(found: UInt32)
        /// The log ends, or its device went away, in the middle of a record.
        case cut(have: Int, need: Int)
        /// No layout fits.
        case unknownLayout
    }

    public var reason: Reason
    /// Where in the log it stands, in bytes from its beginning.
    public var offset: Int64
    /// Where reading went on; the end of the log where it could not.
    public var resumed: Int64

    public init(reason: Reason, offset: Int64, resumed: Int64) {
        self.reason = reason
        self.offset = offset
        self.resumed = resumed
    }

    /// "offset 4096: the record's size is 0, at least 128 was expected; skipped 160 bytes".
    public var description: String { "offset \(offset): \(reason); \(outcome)" }

    private var outcome: String {
        let skipped = resumed - offset
        return "skipped \(skipped) \(skipped == 1 ? "byte" : "bytes")"
    }
}

extension IPLogDamage.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooSmall(let size, let least):
            "the record's size is \(size), at least \(least) was expected"
        case .tooLarge(let size, let most):
            "the record's size is \(size), at most \(most) was expected"
        case .lengthsExceed(let stored, let room):
            "the record says that it holds \(stored) bytes of a packet, but has room for \(room)"
        case .wrongMagic(let found):
            "no record begins here: found 0x\(String(appending: { $0.append(hex: UInt64(found), digits: 8) })), "
                + "expected 0x49504c4d, 0x49504c4e or 0x49504c53"
        case .cut(let have, let need):
            "the log ends in the middle of a record: it has \(have) bytes, \(need) were expected"
        case .unknownLayout:
            "this is no ipl log of a known layout (name the layout if you know it)"
        }
    }
}
