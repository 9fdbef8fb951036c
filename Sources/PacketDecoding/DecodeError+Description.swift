extension DecodeError: CustomStringConvertible {
    /// One sentence: what stopped the decoder, where, and by how much.
    public var description: String {
        switch reason {
        case .truncated:
            "\(layer.name) at offset \(offset): the capture ends after \(available) of \(bytes(needed))"
        case .lengthTooSmall:
            "\(layer.name) at offset \(offset): its length says \(bytes(available)), the header alone takes \(needed)"
        case .lengthTooLarge:
            "\(layer.name) at offset \(offset): its length says \(bytes(needed)), the packet has \(available)"
        case .badVersion:
            "\(layer.name) at offset \(offset): its version is \(available), not \(needed)"
        case .tooManyHeaders:
            "\(layer.name) at offset \(offset): more than \(needed) of them"
        case .unsupportedLink:
            "\(layer.name): frames of this link type are not decoded"
        }
    }

    private func bytes(_ count: Int32) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
}

extension DecodeError.Layer {
    /// What the header is called in a sentence.
    public var name: StaticString {
        switch self {
        case .link: "the link header"
        case .vlan: "the VLAN tag"
        case .pppoe: "the PPPoE header"
        case .ppp: "the PPP header"
        case .mpls: "the MPLS label"
        case .nflog: "the firewall's log record"
        case .wireless: "the 802.11 header"
        case .ipv4: "the IPv4 header"
        case .ipv6: "the IPv6 header"
        case .extensionHeader: "the IPv6 extension header"
        case .authentication: "the authentication header"
        case .tcp: "the TCP header"
        case .udp: "the UDP header"
        case .sctp: "the SCTP header"
        case .icmp: "the ICMP header"
        case .igmp: "the IGMP header"
        case .gre: "the GRE header"
        case .vxlan: "the VXLAN header"
        case .geneve: "the Geneve header"
        case .gtp: "the GTP-U header"
        case .esp: "the ESP header"
        }
    }
}
