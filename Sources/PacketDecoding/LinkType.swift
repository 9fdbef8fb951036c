/// What a capture's frames begin with: a LINKTYPE_ number of the tcpdump registry
/// (https://www.tcpdump.org/linktypes.html). Unknown numbers are kept.
///
/// The constants are computed so that other rooms see their numbers; a stored one would cost a call each time.
public struct LinkType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable
    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable public static var null: LinkType { LinkType(0) }
    @inlinable public static var ethernet: LinkType { LinkType(1) }
    @inlinable public static var ppp: LinkType { LinkType(9) }
    /// DLT_RAW as some systems wrote it into files before the registry settled on 101.
    @inlinable public static var rawBSD: LinkType { LinkType(12) }
    @inlinable public static var rawOpenBSD: LinkType { LinkType(14) }
    @inlinable public static var pppHDLC: LinkType { LinkType(50) }
    @inlinable public static var pppEthernet: LinkType { LinkType(51) }
    @inlinable public static var raw: LinkType { LinkType(101) }
    @inlinable public static var ieee80211: LinkType { LinkType(105) }
    @inlinable public static var loop: LinkType { LinkType(108) }
    @inlinable public static var linuxCooked: LinkType { LinkType(113) }
    @inlinable public static var ieee80211Radiotap: LinkType { LinkType(127) }
    @inlinable public static var ipv4: LinkType { LinkType(228) }
    @inlinable public static var ipv6: LinkType { LinkType(229) }
    @inlinable public static var nflog: LinkType { LinkType(239) }
    @inlinable public static var linuxCookedV2: LinkType { LinkType(276) }
}
