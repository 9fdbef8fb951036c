import Foundation
import TestSupport

/// What tshark says of a packet: the outermost value of each field, or the innermost.
struct SharkFields {
    static let names = [
        "frame.protocols", "eth.src", "eth.dst", "ieee8021ad.id", "vlan.id",
        "ip.src", "ip.dst", "ip.len", "ip.proto", "ip.ttl", "ip.dsfield.dscp", "ip.id", "ip.frag_offset", "ip.flags.mf",
        "ipv6.src", "ipv6.dst", "ipv6.plen", "ipv6.hlim", "ipv6.tclass.dscp",
        "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.len", "udp.srcport", "udp.dstport", "udp.length",
        "sctp.srcport", "sctp.dstport", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code",
    ]

    /// The headers that IPv6 (and AH: IPv4) may have before the transport, in tshark's words.
    private static let passedOver: Set<Substring> = [
        "ipv6.hopopts", "ipv6.routing", "ipv6.dstopts", "ipv6.fraghdr", "ah", "mipv6", "hip", "shim6",
    ]

    private let values: [Substring]
    /// The protocols from the outermost one on.
    let protocols: [Substring]

    init(line: Substring) {
        values = line.split(separator: "|", omittingEmptySubsequences: false)
        protocols = values.first?.split(separator: ":") ?? []
    }

    /// One line a packet, from one run over all of them.
    static func ask(about capture: [UInt8], innermost: Bool = false) throws -> [SharkFields] {
        try Fixtures.withTemporaryFolder { folder in
            let path = folder + "/all.pcapng"
            try Data(capture).write(to: URL(fileURLWithPath: path))
            let preferences = [
                "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
                "tcp.analyze_sequence_numbers:FALSE",
            ]
            let outcome = try Peer.output(
                of: "tshark",
                [
                    "-n", "-r", path, "-T", "fields", "-E", "separator=|", "-E",
                    innermost ? "occurrence=l" : "occurrence=f",
                ]
                    + preferences.flatMap { ["-o", $0] } + names.flatMap { ["-e", $0] })
            return outcome.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map { SharkFields(line: $0) }
        }
    }

    /// A field's text; nil where the packet has none.
    subscript(_ name: String) -> Substring? {
        guard let index = SharkFields.names.firstIndex(of: name), index < values.count else { return nil }
        return values[index].isEmpty ? nil : values[index]
    }

    /// The outermost IP header's place among the protocols.
    private var network: Int? { protocols.firstIndex { $0 == "ip" || $0 == "ipv6" } }

    /// How many IP headers stand in each other.
    var networkHeaders: Int { protocols.count { $0 == "ip" || $0 == "ipv6" } }

    var isIPv4: Bool { network.map { protocols[$0] == "ip" } ?? false }
    var isIPv6: Bool { network.map { protocols[$0] == "ipv6" } ?? false }

    /// What stands right above the outermost IP header and its extensions.
    var transport: Substring? {
        guard let network else { return nil }
        return protocols[(network + 1)...].first { !SharkFields.passedOver.contains($0) }
    }
}
