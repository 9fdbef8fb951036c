/// EtherTypes (IEEE 802 Numbers), those that Gatelog decodes or names.
public enum EtherType {
    public static let ipv4: UInt16 = 0x0800
    public static let arp: UInt16 = 0x0806
    public static let transparentEthernet: UInt16 = 0x6558
    public static let vlan: UInt16 = 0x8100
    public static let ipv6: UInt16 = 0x86DD
    public static let ppp: UInt16 = 0x880B
    public static let mpls: UInt16 = 0x8847
    public static let mplsMulticast: UInt16 = 0x8848
    public static let pppoeDiscovery: UInt16 = 0x8863
    public static let pppoeSession: UInt16 = 0x8864
    public static let providerBridging: UInt16 = 0x88A8
    /// The tag type that stacked tags had before 802.1ad.
    public static let stackedVLAN: UInt16 = 0x9100

    /// The name that a line shows for what is not IP; nil for a number without one.
    public static func name(of type: UInt16) -> StaticString? {
        switch type {
        case ipv4: "IPv4"
        case arp: "ARP"
        case 0x0842: "WoL"
        case 0x22F3: "TRILL"
        case transparentEthernet: "TEB"
        case 0x8035: "RARP"
        case 0x809B: "AppleTalk"
        case 0x80F3: "AARP"
        case vlan: "802.1Q"
        case 0x8137: "IPX"
        case ipv6: "IPv6"
        case 0x8808: "Pause"
        case 0x8809: "LACP"
        case mpls, mplsMulticast: "MPLS"
        case ppp: "PPP"
        case pppoeDiscovery: "PPPoE-Discovery"
        case pppoeSession: "PPPoE"
        case 0x888E: "EAPOL"
        case 0x8892: "PROFINET"
        case 0x88A2: "AoE"
        case 0x88A4: "EtherCAT"
        case providerBridging: "802.1ad"
        case 0x88CC: "LLDP"
        case 0x88E5: "MACsec"
        case 0x88E7: "PBB"
        case 0x88F7: "PTP"
        case 0x8902: "CFM"
        case 0x8906: "FCoE"
        case 0x9000: "Loopback"
        case stackedVLAN: "QinQ"
        default: nil
        }
    }
}
