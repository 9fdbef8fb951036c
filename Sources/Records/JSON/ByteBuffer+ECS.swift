import PacketDecoding
import Primitives

// What objects of the Elastic Common Schema have in common.

extension ByteBuffer {
    /// The number of a protocol above IP, and its keyword where the schema has one: IANA's in lower case.
    mutating func append(ecsTransport number: UInt8) {
        append(key: "iana_number")
        append(UInt8(ascii: "\""))
        append(decimal: UInt32(number))
        append("\",")
        let name: StaticString? =
            switch number {
            case IPProtocol.tcp: "tcp"
            case IPProtocol.udp: "udp"
            case IPProtocol.icmp: "icmp"
            case IPProtocol.icmp6: "ipv6-icmp"
            case IPProtocol.igmp: "igmp"
            case IPProtocol.gre: "gre"
            case IPProtocol.esp: "esp"
            case IPProtocol.ah: "ah"
            case IPProtocol.ospf: "ospf"
            case IPProtocol.sctp: "sctp"
            case IPProtocol.udpLite: "udplite"
            default: nil
            }
        if let name { append(key: "transport", word: name) }
    }
}
