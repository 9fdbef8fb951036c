/// Protocol numbers above IP (IANA "Assigned Internet Protocol Numbers"), those that Gatelog names.
public enum IPProtocol {
    public static let hopByHop: UInt8 = 0
    public static let icmp: UInt8 = 1
    public static let igmp: UInt8 = 2
    public static let ipip: UInt8 = 4
    public static let tcp: UInt8 = 6
    public static let udp: UInt8 = 17
    public static let ipv6: UInt8 = 41
    public static let routing: UInt8 = 43
    public static let fragment: UInt8 = 44
    public static let gre: UInt8 = 47
    public static let esp: UInt8 = 50
    public static let ah: UInt8 = 51
    public static let icmp6: UInt8 = 58
    public static let noNextHeader: UInt8 = 59
    public static let destinationOptions: UInt8 = 60
    public static let ospf: UInt8 = 89
    public static let etherIP: UInt8 = 97
    public static let sctp: UInt8 = 132
    public static let mobility: UInt8 = 135
    public static let udpLite: UInt8 = 136
    public static let hostIdentity: UInt8 = 139
    public static let shim6: UInt8 = 140

    /// Whether an IPv6 header chain goes on behind a header of this number.
    public static func isExtensionHeader(_ number: UInt8) -> Bool {
        switch number {
        case hopByHop, routing, fragment, ah, destinationOptions, mobility, hostIdentity, shim6: true
        default: false
        }
    }
}
