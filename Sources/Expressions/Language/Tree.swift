public import Primitives

/// A place in an expression's text: byte offsets, `lower ..< upper`.
public struct SourceRange: Hashable, Sendable {
    public var lower: Int
    public var upper: Int

    public init(_ lower: Int, _ upper: Int) {
        self.lower = lower
        self.upper = upper
    }
}

/// A checked expression: every variable takes its comparator and its values, the rules of
/// meaning have been applied (intervals merged, `&` chains flattened), and names stand as
/// they were written. Depth is at most `ExpressionLimits.nesting`; width is not bounded.
public indirect enum Tree: Hashable, Sendable {
    /// Every IP packet.
    case any(SourceRange)
    /// All of at least two; never holds an `.and` directly.
    case and([Tree])
    /// One of at least two; never holds an `.or` directly.
    case or([Tree])
    case not(Tree)
    /// The packet inside a tunnel meets the tree; not met without a tunnel.
    case inner(Tree)
    case condition(Condition)
}

/// One comparison of a variable.
public struct Condition: Hashable, Sendable {
    public var variable: Variable
    public var test: Test
    public var place: SourceRange

    public init(_ variable: Variable, _ test: Test, place: SourceRange) {
        self.variable = variable
        self.test = test
        self.place = place
    }
}

/// What a comparison compares with.
public enum Test: Hashable, Sendable {
    /// `=`: one of the values. At least one.
    case isOne([Value])
    /// `!=`: not `isOne`, for absent facts too (rule 2).
    case isNone([Value])
    /// `tcpfl =` and `tcpfl !=`.
    case flags(FlagTest, negated: Bool)
    /// The relational conditions of one chain on one variable, merged (rule 4): one place lies
    /// from `lower` to `upper`. Empty (never met) where `lower` is above `upper`.
    case interval(lower: UInt32, upper: UInt32)
    /// `~`: one place matches.
    case matches(RegexLiteral)
}

/// A regular expression as it was written between the slashes, `\/` made a slash.
public struct RegexLiteral: Hashable, Sendable {
    /// PCRE2 syntax, already tried: it compiles.
    public var pattern: String
    public var ignoresCase: Bool

    public init(_ pattern: String, ignoresCase: Bool) {
        self.pattern = pattern
        self.ignoresCase = ignoresCase
    }
}

/// TCP flags that must be set and must be clear, in the bits of the header's byte
/// (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32).
public struct FlagTest: Hashable, Sendable {
    public var set: UInt8
    public var clear: UInt8

    public init(set: UInt8, clear: UInt8) {
        self.set = set
        self.clear = clear
    }
}

/// One value or range of a condition. Which ones can stand in it follows from the variable.
public enum Value: Hashable, Sendable {
    /// Numbers from `lower` to `upper`, both included: ports, lengths, tags, protocols, `ip`, `asn`.
    case number(lower: UInt32, upper: UInt32)
    /// A service by name, known to the directory (or unknown: never met).
    case service(String)
    /// A protocol by name; the number is resolved.
    case protocolName(String, UInt8)
    /// Addresses from `lower` to `upper` of one family: an address, a prefix or a range.
    case addresses(AddressRange)
    /// `list:"name"`.
    case list(String)
    /// `user:"a,[b]"` for `addr`, `saddr`, `daddr`; for `user`, a single name or `[group]`.
    case users([UserName])
    /// An interface by its display name or the kernel's.
    case interface(String)
    case vpnClient
    /// Any tunnel interface.
    case vpn
    /// `vpn:"connection name"`.
    case vpnConnection(String)
    /// The first `count` bytes (3...6) of a hardware address are the low `8 * count` bits of `prefix`.
    case mac(prefix: UInt64, count: Int)
    /// An ICMP type, and a code if one was given. `nil` families: both have a meaning for the name.
    case icmp(ICMPValue)
    case direction(incoming: Bool)
    case fragment(FragmentValue)
    case verdict(VerdictValue)
    /// `payload = "text"`: contains these bytes.
    case bytes([UInt8])
    /// `rule = "name"` and `host = name`; a host may begin with `*.`, is in lower case and has no trailing dot.
    case text(String)
    /// Two letters, in upper case.
    case country(String)
}

/// A user or a group, as `user:"..."` names them.
public struct UserName: Hashable, Sendable {
    public var name: String
    public var isGroup: Bool

    public init(_ name: String, isGroup: Bool) {
        self.name = name
        self.isGroup = isGroup
    }
}

/// What an ICMP value means in each family: nil where it has no meaning there.
public struct ICMPValue: Hashable, Sendable {
    public struct TypeAndCode: Hashable, Sendable {
        public var type: UInt8
        /// nil: every code.
        public var code: UInt8?

        public init(type: UInt8, code: UInt8?) {
            self.type = type
            self.code = code
        }
    }

    /// The name as it was written, in lower case; nil where numbers were.
    public var name: String?
    public var v4: TypeAndCode?
    public var v6: TypeAndCode?

    public init(name: String?, v4: TypeAndCode?, v6: TypeAndCode?) {
        self.name = name
        self.v4 = v4
        self.v6 = v6
    }
}

public enum FragmentValue: String, Hashable, Sendable, CaseIterable {
    /// Any fragment.
    case yes
    /// Not a fragment.
    case no
    /// A fragment at offset 0.
    case first
    /// A fragment at another offset.
    case later
}

public enum VerdictValue: String, Hashable, Sendable, CaseIterable {
    case pass, drop, reject
}
