/// Bits of a packet record's `flags`: what the rule says. They moved from release to release.
public enum IPLogFlags {
    /// The rule's command: the low four bits of generations 4 and 5 ...
    @inlinable public static var command: UInt32 { 0xF }
    /// ... 1 for block ...
    @inlinable public static var block: UInt32 { 0x1 }
    /// ... and 2 for pass. In generation 3 these are bits.
    @inlinable public static var pass: UInt32 { 0x2 }
    /// The rule logs.
    @inlinable public static var log: UInt32 { 0x10 }
    /// Keeps fragments (generations 4 and 5).
    @inlinable public static var keepFragments: UInt32 { 0x200 }
    /// Keeps state (generations 4 and 5).
    @inlinable public static var keepState: UInt32 { 0x400 }
    /// A rule for packets that leave (generations 4 and 5).
    @inlinable public static var outgoing: UInt32 { 0x4000 }
    /// A rule for packets that come in (generations 4 and 5).
    @inlinable public static var incoming: UInt32 { 0x8000 }
    /// Logs the packet's body too (generations 4 and 5).
    @inlinable public static var logBody: UInt32 { 0x1_0000 }
    /// Logs the first packet of a state only (generations 4 and 5).
    @inlinable public static var logFirst: UInt32 { 0x2_0000 }
    /// Blocks what cannot be logged.
    @inlinable public static var logOrBlock: UInt32 { 0x4_0000 }
    /// No rule matched (generations 4 and 5).
    @inlinable public static var noMatch: UInt32 { 0x800_0000 }
    /// Logged because packets that pass are, not because of the rule.
    @inlinable public static var loggedPass: UInt32 { 0x1000_0000 }
    /// Logged because packets that are blocked are.
    @inlinable public static var loggedBlock: UInt32 { 0x2000_0000 }
    /// Logged because packets that no rule matches are.
    @inlinable public static var loggedNoMatch: UInt32 { 0x4000_0000 }

    /// A rule for packets that leave (generation 3).
    @inlinable public static var outgoing3: UInt32 { 0x4 }
    /// A rule for packets that come in (generation 3).
    @inlinable public static var incoming3: UInt32 { 0x8 }
    /// Logs the body in 3.2, 3.3 and the manual page.
    @inlinable public static var logBody32: UInt32 { 0x20 }
    /// No rule matched (generation 3).
    @inlinable public static var noMatch3: UInt32 { 0x200 }
    /// Keeps fragments (generation 3).
    @inlinable public static var keepFragments3: UInt32 { 0x800 }
    /// Keeps state (generation 3).
    @inlinable public static var keepState3: UInt32 { 0x1000 }
    /// Logs the body in 3.4.
    @inlinable public static var logBody34: UInt32 { 0x8_0000 }
    /// Too short for its headers (generation 3).
    @inlinable public static var short3: UInt32 { 0x800_0000 }
}

/// Bits of a packet record's `packetFlags`: what is known about the packet (generations 4 and 5).
public enum IPLogPacketFlags {
    /// TCP or UDP.
    @inlinable public static var tcpOrUDP: UInt32 { 0x1 }
    /// With IP options.
    @inlinable public static var options: UInt32 { 0x2 }
    /// A fragment.
    @inlinable public static var fragment: UInt32 { 0x4 }
    /// Too short for its headers.
    @inlinable public static var short: UInt32 { 0x8 }
    /// Translated.
    @inlinable public static var translated: UInt32 { 0x10 }
    /// To a multicast address.
    @inlinable public static var multicast: UInt32 { 0x20 }
    /// To a broadcast address.
    @inlinable public static var broadcast: UInt32 { 0x40 }
    /// To a multicast or broadcast address of the link.
    @inlinable public static var linkBroadcast: UInt32 { 0x80 }
    /// Of a known state.
    @inlinable public static var state: UInt32 { 0x100 }
    /// Its translation failed.
    @inlinable public static var badTranslation: UInt32 { 0x200 }
    /// Malformed.
    @inlinable public static var bad: UInt32 { 0x400 }
    /// Out of its connection's window.
    @inlinable public static var outOfWindow: UInt32 { 0x800 }
    /// An ICMP error about another packet.
    @inlinable public static var icmpError: UInt32 { 0x1000 }
    /// A fragment that is not the first.
    @inlinable public static var fragmentBody: UInt32 { 0x2000 }
    /// From a source that cannot be behind its interface.
    @inlinable public static var badSource: UInt32 { 0x4000 }
    /// Its time to live is below the least allowed.
    @inlinable public static var lowTTL: UInt32 { 0x8000 }
    /// With IPv6 extension headers.
    @inlinable public static var extensionHeaders: UInt32 { 0x1_0000 }
}
