/// Why bytes are no whole part of an index: torn by a crash, damaged, or never one.
public struct IndexDamage: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// It ends before its own length says so: the writer was interrupted.
        case torn
        /// It does not begin as an index does.
        case notAnIndex
        /// A version that this program does not know.
        case version(UInt16)
        case checksum
        /// What it says of itself does not fit together.
        case contradiction
    }

    public var reason: Reason
    /// Where in the block or the record, in bytes.
    public var offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String {
        switch reason {
        case .torn: "the index ends in the middle of a record, at byte \(offset) of it"
        case .notAnIndex: "this is no record of a log index"
        case .version(let number): "the index was written by a later version of Gatelog (format \(number))"
        case .checksum: "the index is damaged: a checksum does not fit"
        case .contradiction: "the index is damaged at byte \(offset) of a record"
        }
    }
}
