/// Where the decoder says something else than tshark and means it: by capture and field, with the reason.
enum IntendedDifferences {
    struct Row {
        let reason: String
        let fields: Set<String>
        let captures: Set<String>
    }

    static let table: [Row] = [
        Row(
            reason: "this link type is not decoded (802.15.4, frame relay, ARCnet, Juniper)",
            fields: everything,
            captures: [
                "802_15_4-data.pcap", "OSPFv3_multipoint_adjacencies.pcap", "arcnet-rfc1051-arp-icmp-http.pcap",
                "bgp-aigp.pcap",
            ]),
        Row(
            reason: "a header between Ethernet and IP that is not decoded (Arista's time stamp, MACsec)",
            fields: everything,
            captures: [
                "arista_ether.pcap", "icmp-rfc8335-missing-bytes.pcap", "macsec-short-longer.pcap",
                "macsec-short-shorter.pcap",
            ]),
        Row(
            reason: "tshark's tag is that of the packet inside the tunnel",
            fields: ["vlan"],
            captures: ["erspan-type-i-1.pcap", "erspan-type-i-2.pcap"]),
        Row(
            reason: "UDP's length field says more than the IP packet holds: the packet's length is told, with an error",
            fields: ["udplen"],
            captures: [
                "babel_update_oobr.pcap", "cve-2014-8769-AODV.pcap", "esp_truncated.pcap", "hncp_dhcpv4data-oobr.pcap",
                "hoobr_bfd_print.pcap", "isakmp-3948-oobr-2.pcap", "isakmp-delete-segfault.pcap",
                "isakmp-various-oobr.pcap", "kh-timed-002-oobr.pcap", "ldp_tlv_print-oobr.pcap",
                "lwres-pointer-arithmetic-ub.pcap", "lwres_with_extra.pcap", "olsr-oobr-1.pcap", "olsr-oobr-2.pcap",
                "radius_attr_asan.pcap", "rx_ubik-oobr.pcap", "tftp-heapoverflow.pcap",
            ]),
        Row(
            reason: "a length of 0 means that segmentation was left to the network card: the wire's length is told",
            fields: ["len", "sport", "dport", "udplen"],
            captures: [
                "bigtcp-ipv4-geneve-ipv4.pcap", "bigtcp-ipv4-vxlan-ipv4.pcap", "bigtcp-ipv6-geneve-ipv6.pcap",
                "bigtcp-ipv6-vxlan-ipv6.pcap", "ipv6_frag6_negative_len.pcap",
                "ipv6_missing_jumbo_payload_option.pcap",
            ]),
        Row(
            reason: "the header's length is below 20 bytes: the fields of the fixed header stand all the same",
            fields: ["src", "dst", "len", "ttl", "dscp", "proto", "frag", "more"],
            captures: ["ipv4_invalid_hdr_length.pcap"]),
        Row(
            reason: "the capture ends before the destination address: half a pair of addresses is none",
            fields: ["src"],
            captures: ["ipv4_invalid_length.pcap"]),
        Row(
            reason: "a first fragment has the payload that it carries; tshark waits for the whole segment",
            fields: ["tcplen"],
            captures: ["rpki-rtr-oobr.pcap"]),
    ]

    private static let everything: Set<String> = [
        "vlan", "src", "dst", "sport", "dport", "tcpfl", "tcplen", "udplen", "icmp type", "icmp code",
    ]

    /// The reason for a difference, or nil for one that nobody intended.
    static func reason(_ capture: String, _ field: String) -> String? {
        table.first { $0.captures.contains(capture) && $0.fields.contains(field) }?.reason
    }
}
