/// What a template can name between per cent signs. Adding one is adding a case here and a row in
/// `PacketLineRenderer.append(_:of:)`.
public enum PacketVariable: String, Hashable, Sendable, CaseIterable {
    // Kerio's
    case direction = "DIRECTION"
    case interface = "IF"
    case proto = "PROTO"
    case packetLength = "PKTLEN"
    case source = "SRC"
    case destination = "DST"
    case sourceMAC = "SRCMAC"
    case destinationMAC = "DSTMAC"
    case payload = "PAYLOAD"
    case payloadLength = "PAYLOADLEN"
    case dscp = "DSCP"
    // Ours
    case rule = "RULE"
    case verdict = "VERDICT"
    case user = "USER"
    case sourceHost = "SRCHOST"
    case destinationHost = "DSTHOST"
    case ttl = "TTL"
    case vlan = "VLAN"
    case id = "ID"
    case time = "TIME"
    case country = "COUNTRY"
    case hex = "HEX"

    /// One line for help and completion.
    public var meaning: String {
        switch self {
        case .direction: "packet from (received) or packet to (sent); packet on where the capture does not tell"
        case .interface: "the interface's display name"
        case .proto: "TCP, UDP, ICMP, ICMPv6, GRE, ESP ... or the number"
        case .packetLength: "IP total length in bytes"
        case .source: "source address, with :port where the protocol has ports"
        case .destination: "destination address, with :port where the protocol has ports"
        case .sourceMAC: "source hardware address"
        case .destinationMAC: "destination hardware address"
        case .payload: "the protocol's details: flags, sequence numbers, lengths"
        case .payloadLength: "payload bytes"
        case .dscp: "DSCP value"
        case .rule: "name of the firewall's rule"
        case .verdict: "PERMIT, DENY or DROP"
        case .user: "user at the source address, else at the destination"
        case .sourceHost: "domain name of the source, by DNS answers seen before"
        case .destinationHost: "domain name of the destination, by DNS answers seen before"
        case .ttl: "time to live or hop limit"
        case .vlan: "outermost VLAN identifier"
        case .id: "IP identification"
        case .time: "the time without its brackets"
        case .country: "country of the remote side, two letters"
        case .hex: "the captured bytes from the IP header on, in hexadecimal"
        }
    }
}
