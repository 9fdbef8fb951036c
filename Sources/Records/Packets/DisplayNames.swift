import PacketDecoding

/// What lines and objects call protocols.
enum DisplayNames {
    /// The name of a protocol above IP, as the IANA registry abbreviates it; nil for those without a name here.
    static func ofProtocol(_ number: UInt8) -> StaticString? {
        switch number {
        case IPProtocol.icmp: "ICMP"
        case IPProtocol.igmp: "IGMP"
        case IPProtocol.ipip: "IPIP"
        case IPProtocol.tcp: "TCP"
        case IPProtocol.udp: "UDP"
        case IPProtocol.ipv6: "IPv6"
        case IPProtocol.gre: "GRE"
        case IPProtocol.esp: "ESP"
        case IPProtocol.ah: "AH"
        case IPProtocol.icmp6: "ICMPv6"
        case IPProtocol.ospf: "OSPF"
        case IPProtocol.sctp: "SCTP"
        case IPProtocol.udpLite: "UDP-Lite"
        default: nil
        }
    }

    /// The name of what an EtherType announces; nil for those without a name here.
    static func ofEtherType(_ type: UInt16) -> StaticString? {
        switch type {
        case 0x0800: "IPv4"
        case 0x0806: "ARP"
        case 0x0842: "WoL"
        case 0x22F0: "AVTP"
        case 0x6002: "MOP"
        case 0x6003: "DECnet"
        case 0x8035: "RARP"
        case 0x809B: "AppleTalk"
        case 0x80F3: "AARP"
        case 0x8100, 0x88A8, 0x9100: "VLAN"
        case 0x8137: "IPX"
        case 0x86DD: "IPv6"
        case 0x8808: "PAUSE"
        case 0x8809: "LACP"
        case 0x8847, 0x8848: "MPLS"
        case 0x8863: "PPPoE-Discovery"
        case 0x8864: "PPPoE"
        case 0x888E: "EAPOL"
        case 0x8892: "PROFINET"
        case 0x88A2: "AoE"
        case 0x88CC: "LLDP"
        case 0x88E5: "MACsec"
        case 0x88F7: "PTP"
        case 0x8902: "CFM"
        case 0x8906: "FCoE"
        case 0x9000: "Loopback"
        case ..<0x0600: "LLC"
        default: nil
        }
    }

    /// What stands for the protocol where the link layer was passed over.
    static func ofLink(_ type: LinkType) -> StaticString {
        switch type {
        case .ieee80211, .ieee80211Radiotap: "802.11"
        default: "unknown"
        }
    }
}
