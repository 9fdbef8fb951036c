import IPLog
import Primitives

/// One `match { ... } do { ... };` of ipmon.conf.
public struct ConfigurationRule: Hashable, Sendable {
    public var conditions: [Condition] = []
    /// How often the rule fires, of all the times that the conditions hold.
    public var every: Every?
    public var actions: [Action] = []
    /// Where it begins.
    public var line = 1

    public enum Condition: Hashable, Sendable {
        case direction(Direction)
        case source(Network)
        case destination(Network)
        case sourcePort(UInt16)
        case destinationPort(UInt16)
        case protocolNumber(UInt8)
        case group(String)
        case interface(String)
        case logTag(UInt32)
        case natTag(String)
        case rule(UInt32)
        case result(Result)
        case type(RecordType)
    }

    public enum Direction: String, Hashable, Sendable {
        case `in`, out
    }

    public enum Result: String, Hashable, Sendable {
        case pass, block, nomatch, log
    }

    public enum RecordType: String, Hashable, Sendable {
        case ipf, nat, state
    }

    public enum Every: Hashable, Sendable {
        /// At most once in so many seconds of the log.
        case seconds(Int64)
        /// At the first of so many.
        case packets(UInt64)
    }

    /// An IPv4 network.
    public struct Network: Hashable, Sendable {
        public var address: UInt32
        /// 0 ... 32.
        public var bits: UInt8

        public init(address: UInt32, bits: UInt8) {
            self.address = address
            self.bits = bits
        }

        @inline(__always)
        func contains(_ other: UInt32) -> Bool {
            bits == 0 || (address ^ other) >> UInt32(32 - bits) == 0
        }
    }

    public enum Action: Hashable, Sendable {
        case nothing
        /// A message with its facility and priority; with what the record has where they are nil.
        case syslog(facility: Int32?, priority: Int32?)
        case text(path: String)
        case raw(path: String)
        case execute(String)
    }

    public init() {}

    /// Whose records the rule is for: the packets', where it does not say.
    var unit: IPLogUnit {
        for case .type(let type) in conditions { return type.unit }
        return .filter
    }
}

extension ConfigurationRule.RecordType {
    var unit: IPLogUnit {
        switch self {
        case .ipf: .filter
        case .nat: .translation
        case .state: .state
        }
    }
}
