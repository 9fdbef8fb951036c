public import Primitives

/// What two successive packets must have in common to be one record that counts two: all that IPFilter's packet
/// information block holds before its data pointer. The IP identification, TCP's sequence, acknowledgement and
/// window, checksums and the payload are not part of it.
public struct SuppressionKey: Hashable, Sendable {
    public var source = IPv6Address(0)
    public var destination = IPv6Address(0)
    public var interface: UInt16 = 0
    /// 0 in, 1 out.
    public var direction: UInt8 = 0
    public var version: UInt8 = 0
    public var protocolNumber: UInt8 = 0
    public var typeOfService: UInt8 = 0
    public var ttl: UInt8 = 0
    public var tcpFlags: UInt8 = 0
    /// Ports, or ICMP's type and code.
    public var transport: UInt32 = 0
    public var headerLength: UInt32 = 0
    public var packetLength: UInt32 = 0
    public var dataLength: UInt32 = 0
    /// What is said of the packet in `fl_lflags`.
    public var packetFlags: UInt32 = 0
    public var rule: UInt32 = 0
    public var command: UInt32 = 0
    /// Group and name of the rule, digested: they are the administrator's words, and nobody's whom one must fear.
    public var ruleText: UInt64 = 0
    /// The kinds of IP options or extension headers, and of TCP options.
    public var options: UInt64 = 0

    public init() {}
}
