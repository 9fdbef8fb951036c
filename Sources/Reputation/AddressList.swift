public import Primitives

/// A list of addresses that are known for something bad, as somebody publishes it.
public struct AddressList: Sendable {
    /// What a list made of rules says of some of its addresses.
    public struct Rule: Hashable, Sendable {
        public var gid: UInt32
        public var sid: UInt32
        public var revision: UInt32
        public var message: String
        /// The IP protocol that the rule is about; nil for all.
        public var protocolNumber: UInt8?
    }

    public struct Entry: Hashable, Sendable {
        public var range: AddressRange
        /// The place in `rules`; nil in a list without rules.
        public var rule: Int32?

        public init(_ range: AddressRange, rule: Int32? = nil) {
            self.range = range
            self.rule = rule
        }
    }

    /// A line that is no entry.
    public struct Fault: Hashable, Sendable {
        /// From 1.
        public var line: Int
        public var text: String
        public var reason: String
    }

    /// How a list is written; found out by itself.
    public enum Format: String, Hashable, Sendable {
        /// One address, prefix or range a line, with comments.
        case plain
        /// Spamhaus's text: a prefix, a semicolon, and the record's number.
        case spamhausText = "spamhaus text"
        /// Spamhaus's JSON: an object a line.
        case spamhausJSON = "spamhaus json"
        /// An address, then names that are to be sent there.
        case hosts
        /// What `ipset save` prints.
        case ipset
        /// An address, a comma, a category and a score.
        case reputation = "reputation csv"
        /// Suricata or Snort rules that ask for nothing but addresses.
        case rules
    }

    public var format: Format
    public var entries: [Entry] = []
    public var rules: [Rule] = []
    /// Lines that are no entries: the first ones; `faultCount` counts all.
    public var faults: [Fault] = []
    public var faultCount = 0

    public init(format: Format) { self.format = format }

    /// Faults that are kept.
    /// - Limit: wrong lines told of a blacklist |  | counted
    public static let faultLimit = 100
    /// Entries of one list at most.
    /// - Limit: entries of a blacklist |  | passed over, and said
    public static let entryLimit = 4_000_000

    mutating func complain(_ line: Int, _ text: RawSpan, _ reason: String) {
        faultCount += 1
        guard faults.count < AddressList.faultLimit else { return }
        let part = (0..<min(text.byteCount, 120)).map { text.byte(at: $0) }
        faults.append(Fault(line: line, text: String(decoding: part, as: UTF8.self), reason: reason))
    }
}
