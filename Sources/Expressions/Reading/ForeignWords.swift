/// What people bring from tcpdump, Wireshark, nftables and logs, and the variable that says it here.
enum ForeignWords {
    /// The variable meant by a word of another language; `word` in lower case.
    static func variable(for word: String) -> Variable? { meanings[word] }

    private static let meanings: [String: Variable] = {
        let table: [(Variable, [String])] = [
            (.addr, ["address", "ipaddr", "net", "ip.addr", "ipv6.addr", "ip6"]),
            (.saddr, ["src", "source", "source_ip", "src_ip", "ip.src", "ipv6.src"]),
            (.daddr, ["dst", "dest", "destination", "destination_ip", "dst_ip", "ip.dst", "ipv6.dst"]),
            (.port, ["portrange", "tcp.port", "udp.port"]),
            (.sport, ["srcport", "src_port", "source_port", "tcp.srcport", "udp.srcport"]),
            (.dport, ["dstport", "dst_port", "destination_port", "tcp.dstport", "udp.dstport"]),
            (.interface, ["interface", "iface", "ifname", "dev", "device"]),
            (.incomingInterface, ["iifname", "in_interface", "input"]),
            (.outgoingInterface, ["oifname", "out_interface", "output"]),
            (.direction, ["direction", "dir"]),
            (.tcpFlags, ["tcpflags", "tcp.flags", "tcp_flags", "flags"]),
            (.proto, ["protocol", "ip.proto", "l4proto", "nexthdr"]),
            (.ipVersion, ["ip.version", "ip_version", "family", "version"]),
            (.icmp, ["icmp.type", "icmptype", "icmp_type"]), (.icmp6, ["icmpv6", "icmpv6.type"]),
            (.length, ["length", "size", "ip.len", "frame.len", "greater", "less"]),
            (.payloadLength, ["payload_length", "tcp.len", "datalen"]),
            (.ttl, ["hoplimit", "hlim", "ip.ttl", "ipv6.hlim"]), (.dscp, ["tos", "ip.dsfield.dscp", "dsfield"]),
            (.vlan, ["vlan.id", "vid"]), (.payload, ["content", "data", "contains", "frame", "text"]),
            (.mac, ["ether", "eth", "eth.addr", "hwaddr"]), (.smac, ["eth.src", "src_mac", "source_mac"]),
            (.dmac, ["eth.dst", "dst_mac", "destination_mac"]), (.fragment, ["fragment", "fragments", "ip.frag"]),
            (.rule, ["policy", "prefix"]), (.verdict, ["action", "reason"]), (.user, ["username", "group"]),
            (.host, ["hostname", "domain", "fqdn", "dns", "ip.host"]), (.country, ["geoip", "geo", "cc"]),
            (.asn, ["as", "asnum"]),
        ]
        return Dictionary(uniqueKeysWithValues: table.flatMap { row in row.1.map { ($0, row.0) } })
    }()
}
