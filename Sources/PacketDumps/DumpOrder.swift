public import Primitives

/// A packet dump that shall begin.
public struct DumpOrder: Hashable, Sendable {
    /// Letters, digits, `-`, `_` and `.`; at most 64; not beginning with a dot. It names the folder and the files.
    public var name: String
    /// What chooses the packets, as it was typed; only told here, never read.
    public var expression: String
    public var startedBy: String
    public var startedAt: Timestamp
    /// Bytes of all files together; nil is no limit. A ring goes on at it, a single file ends.
    public var maxBytes: UInt64?
    /// Seconds after which the dump ends; nil is no limit.
    public var maxSeconds: UInt64?
    /// Packets after which the dump ends, those in files of a ring that went too; nil is no limit.
    public var maxPackets: UInt64?
    /// Bytes kept of a packet; nil keeps all.
    public var snapLength: Int?
    /// Files of a ring; nil is one file. The files share `maxBytes`, which must be given: when one has its share, the
    /// next begins and the oldest goes.
    public var ring: Int?
    /// Whether a finished dump of that name may be replaced.
    public var replaces = false

    public init(name: String, expression: String, startedBy: String, startedAt: Timestamp) {
        self.name = name
        self.expression = expression
        self.startedBy = startedBy
        self.startedAt = startedAt
    }
}

extension DumpOrder {
    /// Throws what is wrong with the order itself, before anything is done.
    func validate() throws(DumpError) {
        guard Self.isName(name) else { throw .badName(name) }
        if let ring {
            guard 2...DumpLimits.ring ~= ring else {
                throw .badLimit("a ring has from 2 to \(DumpLimits.ring) files, and \(ring) were asked for")
            }
            guard maxBytes != nil else { throw .badLimit("a ring needs a limit of size, which its files share") }
        }
        if let share = bytesOfFile, share < DumpLimits.fileBytes {
            throw .badLimit(
                "a file needs \(DumpLimits.fileBytes) bytes at least, and \(maxBytes ?? 0) bytes were allowed"
                    + (ring.map { " for \($0) files" } ?? ""))
        }
        if maxPackets == 0 { throw .badLimit("a dump of no packets is none") }
        if maxSeconds == 0 { throw .badLimit("a dump of no seconds is none") }
        for (text, limit, what) in [
            (expression, DumpLimits.expression, "an expression"), (startedBy, DumpLimits.actor, "who starts a dump"),
        ] where text.utf8.count > limit {
            throw .badLimit("\(what) has at most \(limit) bytes, and \(text.utf8.count) were given")
        }
        if let snapLength, snapLength < 1 { throw .badLimit("a snap length of \(snapLength) keeps nothing") }
    }

    /// Whether `name` may name a dump.
    static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard 1...DumpLimits.nameLength ~= bytes.count, bytes.first != UInt8(ascii: ".") else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// The bytes that one file may have; nil is no limit.
    var bytesOfFile: UInt64? { maxBytes.map { $0 / UInt64(ring ?? 1) } }
}
