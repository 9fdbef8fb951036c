public import Primitives

/// A connection that the kernel tracked: plain facts of a fixed size, before it is a line or an object.
///
/// A fact has a meaning only where its bit of `present` is set. Names of rules, users and hosts are identifiers that
/// `PacketNames` knows; 0 is unknown.
public struct ConnectionRecord: Hashable, Sendable {
    /// What is known.
    public struct Presence: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16

        @inlinable
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The addresses are IPv4, mapped; without it they are IPv6.
        @inlinable public static var ipv4: Presence { Presence(rawValue: 1 << 0) }
        @inlinable public static var ports: Presence { Presence(rawValue: 1 << 1) }
        /// `icmpType`, `icmpCode`, `icmpID`.
        @inlinable public static var icmp: Presence { Presence(rawValue: 1 << 2) }
        /// What the answers look like: `reply`.
        @inlinable public static var reply: Presence { Presence(rawValue: 1 << 3) }
        @inlinable public static var started: Presence { Presence(rawValue: 1 << 4) }
        @inlinable public static var ended: Presence { Presence(rawValue: 1 << 5) }
        /// Packets and bytes both ways: the kernel counts them only where it is told to (nf_conntrack_acct).
        @inlinable public static var counters: Presence { Presence(rawValue: 1 << 6) }
        @inlinable public static var tcpState: Presence { Presence(rawValue: 1 << 7) }
        @inlinable public static var mark: Presence { Presence(rawValue: 1 << 8) }
        @inlinable public static var zone: Presence { Presence(rawValue: 1 << 9) }
        @inlinable public static var status: Presence { Presence(rawValue: 1 << 10) }
        @inlinable public static var id: Presence { Presence(rawValue: 1 << 11) }
    }

    /// Where packets of one direction come from and go to.
    public struct Endpoints: Hashable, Sendable {
        public var source = IPv6Address(0)
        public var destination = IPv6Address(0)
        public var sourcePort: UInt16 = 0
        public var destinationPort: UInt16 = 0

        @inlinable public init() {}
    }

    public var present: Presence = []
    /// When what is recorded happened: for a line of the log, the end.
    public var time: Timestamp
    /// The kernel's number for the connection, unique among those that are there at a time.
    public var id: UInt32 = 0
    public var protocolNumber: UInt8 = 0
    /// TCP's state as the kernel numbers it (enum tcp_conntrack).
    public var tcpState: UInt8 = 0
    public var icmpType: UInt8 = 0
    public var icmpCode: UInt8 = 0
    public var icmpID: UInt16 = 0
    public var zone: UInt16 = 0
    /// Packets of who began it, before anything was translated.
    public var original = Endpoints()
    /// Packets of the answers, as they arrive: translated addresses show here.
    public var reply = Endpoints()
    public var started = Timestamp(nanoseconds: 0)
    public var ended = Timestamp(nanoseconds: 0)
    /// By who began it.
    public var sentPackets: UInt64 = 0
    public var sentBytes: UInt64 = 0
    /// By the other side.
    public var receivedPackets: UInt64 = 0
    public var receivedBytes: UInt64 = 0
    /// Bits of enum ip_conntrack_status.
    public var status: UInt32 = 0
    public var mark: UInt32 = 0

    /// What tables beside the kernel know; 0 is unknown. Filled by who looked it up.
    public var rule: UInt32 = 0
    public var sourceUser: UInt32 = 0
    public var destinationUser: UInt32 = 0
    public var sourceHost: UInt32 = 0
    public var destinationHost: UInt32 = 0

    @inlinable
    public init(time: Timestamp) { self.time = time }

    /// Where packets of who began it go once they are translated: the answers' endpoints turned around. Nil where
    /// nothing is translated, and where it is not known.
    @inlinable
    public var translated: Endpoints? {
        guard present.contains(.reply) else { return nil }
        var turned = Endpoints()
        turned.source = reply.destination
        turned.destination = reply.source
        turned.sourcePort = reply.destinationPort
        turned.destinationPort = reply.sourcePort
        return turned == original ? nil : turned
    }

    /// Nanoseconds from its start to its end, or to now; nil where the start is not known. A clock that was set back
    /// makes it 0.
    @inlinable
    public var duration: Int64? {
        guard present.contains(.started) else { return nil }
        let end = present.contains(.ended) ? ended : time
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(started.nanoseconds)
        return overflow ? nil : max(length, 0)
    }

    /// What both sides sent; stays at the greatest number where it would not fit.
    @inlinable public var totalBytes: UInt64 { ConnectionRecord.sum(sentBytes, receivedBytes) }

    /// What both sides sent; stays at the greatest number where it would not fit.
    @inlinable public var totalPackets: UInt64 { ConnectionRecord.sum(sentPackets, receivedPackets) }

    @inlinable
    static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// The kernel's name of a TCP state (enum tcp_conntrack); nil for a number that it does not have.
    static func tcpStateName(_ state: UInt8) -> StaticString? {
        switch state {
        case 0: "none"
        case 1: "syn_sent"
        case 2: "syn_recv"
        case 3: "established"
        case 4: "fin_wait"
        case 5: "close_wait"
        case 6: "last_ack"
        case 7: "time_wait"
        case 8: "close"
        case 9: "syn_sent2"
        default: nil
        }
    }
}
