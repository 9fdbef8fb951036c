/// What a capture's frames begin with: a LINKTYPE_ number of the tcpdump registry
/// (https://www.tcpdump.org/linktypes.html). Unknown numbers are kept.
public struct LinkType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable
    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    public static let null = LinkType(0)
    public static let ethernet = LinkType(1)
    public static let ppp = LinkType(9)
    /// DLT_RAW as some systems wrote it into files before the registry settled on 101.
    public static let rawBSD = LinkType(12)
    public static let rawOpenBSD = LinkType(14)
    public static let pppHDLC = LinkType(50)
    public static let pppEthernet = LinkType(51)
    public static let raw = LinkType(101)
    public static let ieee80211 = LinkType(105)
    public static let loop = LinkType(108)
    public static let linuxCooked = LinkType(113)
    public static let ieee80211Radiotap = LinkType(127)
    public static let ipv4 = LinkType(228)
    public static let ipv6 = LinkType(229)
    public static let nflog = LinkType(239)
    public static let linuxCookedV2 = LinkType(276)
}
