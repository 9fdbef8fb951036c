/// A variable of the language. One row of `Variable.table` says everything about it: adding
/// one is adding a case and a row.
public enum Variable: String, Hashable, Sendable, CaseIterable {
    case addr, saddr, daddr
    case port, sport, dport
    case interface = "if"
    case incomingInterface = "iif"
    case outgoingInterface = "oif"
    case direction = "direc"
    case tcpFlags = "tcpfl"
    case proto
    case ipVersion = "ip"
    case icmp, icmp6
    case length = "len"
    case payloadLength = "payloadlen"
    case ttl, dscp, vlan, payload
    case mac, smac, dmac
    case fragment = "frag"
    case rule, verdict, user, host, country, asn
}
