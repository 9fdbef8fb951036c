/// A kind of packet that a peer sees otherwise than the expression does, whatever the expression is. Losses
/// speak of conditions; these speak of packets, and the tests against the peer leave out exactly these.
public struct TranslationDifference: Hashable, Sendable {
    /// What the packets are called, in a few words.
    public let name: String
    /// What differs: whole sentences.
    public let reason: String

    init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }
}

extension TcpdumpFilter {
    /// Where tcpdump selects other packets with `Detail.exact`.
    public static let differences: [TranslationDifference] = [
        TranslationDifference(
            "truncated packets",
            "A load past the captured bytes throws the packet away, even where the rest of the filter would take it."),
        TranslationDifference(
            "broken headers",
            "Versions and lengths that contradict each other are not looked at: fields are read where they would be."),
        TranslationDifference(
            "IPv6 extension headers",
            "Ports, flags and ICMP are read directly behind IPv6's fixed header. Behind an extension header nothing "
                + "is found; `protochain` would find the protocol, but no field in it."),
        TranslationDifference(
            "authentication headers", "What an authentication header protects is not looked at."),
        TranslationDifference(
            "later fragments", "Ports of later fragments are not remembered from the first one."),
        TranslationDifference(
            "IP behind MPLS, PPPoE or 802.2",
            "The words `mpls` and `pppoes` move all offsets behind them, as `vlan` does; they are not written."),
        TranslationDifference(
            "more than two VLAN tags", "Each number of tags needs the filter once more; two are written."),
        TranslationDifference(
            "lengths left to the network card",
            "Where segmentation was left to the card, the header's length is 0 and not what was handed over."),
        TranslationDifference(
            "ICMP of the other family", "ICMP in IPv6 and ICMPv6 in IPv4 are not looked at."),
    ]
}

extension WiresharkFilter {
    /// Where Wireshark selects other packets.
    public static let differences: [TranslationDifference] = [
        TranslationDifference(
            "cut and broken packets",
            "Wireshark and Gatelog give up at different places, and some protocols that begin in a broken header "
                + "have fields in one of them only."),
        TranslationDifference(
            "packets within packets",
            "A field answers for every layer it occurs in. `#1` takes the outermost of its protocol; where the outer "
                + "packet is of another protocol, that is one in a tunnel, or one that an ICMP error quotes."),
        TranslationDifference(
            "resets that carry text", "Wireshark calls what a TCP reset carries `tcp.reset_cause`, and not payload."),
        TranslationDifference(
            "authentication headers", "`ip.proto` is the authentication header's number and not what is behind it."),
        TranslationDifference(
            "fragments put together",
            "By default Wireshark gives the last fragment the fields of the whole datagram: give "
                + "-o ip.defragment:FALSE -o ipv6.defragment:FALSE."),
        TranslationDifference(
            "later fragments", "Ports of later fragments are not remembered from the first one."),
        TranslationDifference(
            "lengths left to the network card",
            "Where segmentation was left to the card, Wireshark may read nothing behind the IPv6 header."),
        TranslationDifference(
            "links that only one of both knows",
            "Wireshark finds IP behind links that Gatelog does not decode, and the other way round."),
    ]
}
