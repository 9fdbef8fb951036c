import PacketDecoding

/// What lines and objects call a packet's protocol where that is not IP.
enum DisplayNames {
    /// EtherTypes from here on are types; below, the field is a length (IEEE 802.3).
    private static let leastType: UInt16 = 0x0600

    /// The name of what an EtherType announces; nil for those without a name here.
    static func ofEtherType(_ type: UInt16) -> StaticString? {
        type < leastType ? "LLC" : EtherType.name(of: type)
    }

    /// What stands for the protocol where the link layer was passed over.
    static func ofLink(_ type: LinkType) -> StaticString {
        switch type {
        case .ieee80211, .ieee80211Radiotap: "802.11"
        default: "unknown"
        }
    }
}
