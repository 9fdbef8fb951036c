import PacketDecoding
import Primitives
import TestSupport
import Testing

/// The decoder beside tshark, field by field, over every packet of the captures.
@Suite struct CaptureDifferentialTests {
    @Test func agreesWithShark() throws {
        let packets = CapturedPacket.all
        #expect(packets.count > 3000)
        let answers = try SharkFields.ask(about: CapturedPacket.pcapng(packets))
        try #require(answers.count == packets.count)
        var met: Set<String> = []
        for (packet, theirs) in zip(packets, answers) {
            for (field, ours, shark) in differences(packet, theirs) {
                if let reason = IntendedDifferences.reason(packet.capture, field) {
                    met.insert("\(packet.capture), \(reason)")
                } else {
                    Issue.record(
                        """
                        \(packet.capture) \(packet.number) \(field): \(ours ?? "-"), tshark: \(shark ?? "-")
                        (\(theirs.protocols.joined(separator: ":")))
                        """)
                }
            }
        }
        for row in IntendedDifferences.table {
            for capture in row.captures where !met.contains("\(capture), \(row.reason)") {
                Issue.record("\(capture): no packet differs because \(row.reason); take it out of the row")
            }
        }
    }

    /// The packet in the innermost tunnel has the addresses and ports that tshark sees last.
    @Test func agreesWithinTunnels() throws {
        let packets = CapturedPacket.all.filter { $0.decoded.present.contains(.tunnel) }
        #expect(packets.count > 40)
        let answers = try SharkFields.ask(about: CapturedPacket.pcapng(packets), innermost: true)
        try #require(answers.count == packets.count)
        // tshark goes no further where it does not understand a length: see the other test.
        let skipped = IntendedDifferences.table.filter { $0.fields.contains("len") }.flatMap(\.captures)
        for (packet, theirs) in zip(packets, answers)
        where !skipped.contains(packet.capture) && theirs.networkHeaders > 1 {
            let bytes = packet.bytes.span.bytes
            var layers = packet.decoded
            var inner = Layers()
            while inner.decodeInner(of: layers, bytes, originalLength: packet.frame.originalLength) { layers = inner }
            let isIPv4 = theirs.protocols.last { $0 == "ip" || $0 == "ipv6" } == "ip"
            let place = "\(packet.capture) \(packet.number) \(theirs.protocols.joined(separator: ":"))"
            #expect(
                layers.source(in: bytes).map { "\($0)" } == theirs[isIPv4 ? "ip.src" : "ipv6.src"].map(String.init),
                "\(place)")
            #expect(
                layers.destination(in: bytes).map { "\($0)" }
                    == theirs[isIPv4 ? "ip.dst" : "ipv6.dst"].map(String.init), "\(place)")
            if layers.present.contains(.tcp) {
                #expect("\(layers.sourcePort)" == theirs["tcp.srcport"].map(String.init), "\(place)")
                #expect("\(layers.destinationPort)" == theirs["tcp.dstport"].map(String.init), "\(place)")
            }
            if layers.present.contains(.icmp) {
                #expect(
                    "\(layers.icmpType)" == (theirs["icmp.type"] ?? theirs["icmpv6.type"]).map(String.init), "\(place)")
            }
        }
    }

    private typealias Difference = (field: String, ours: String?, theirs: String?)

    private func differences(_ packet: CapturedPacket, _ theirs: SharkFields) -> [Difference] {
        let layers = packet.decoded
        var found: [Difference] = []
        func compare(_ field: String, _ ours: String?, _ shark: String?) {
            if ours != shark { found.append((field, ours, shark)) }
        }
        func ours(_ fact: Layers.Presence, _ value: @autoclosure () -> some Any) -> String? {
            layers.present.contains(fact) ? "\(value())" : nil
        }
        func shark(_ field: String, _ condition: Bool = true) -> String? {
            condition ? theirs[field].map(String.init) : nil
        }

        let bytes = packet.bytes.span.bytes
        if theirs.protocols.first == "eth" {
            compare("eth.src", ours(.sourceMAC, hardware(packet.bytes, layers.sourceMAC)), shark("eth.src"))
            compare("eth.dst", ours(.destinationMAC, hardware(packet.bytes, layers.destinationMAC)), shark("eth.dst"))
        }
        compare("vlan", ours(.vlan, layers.vlans[0]), shark("ieee8021ad.id") ?? shark("vlan.id"))

        let source = layers.source(in: bytes).map { "\($0)" }
        let destination = layers.destination(in: bytes).map { "\($0)" }
        compare("src", source, shark("ip.src", theirs.isIPv4) ?? shark("ipv6.src", theirs.isIPv6))
        compare("dst", destination, shark("ip.dst", theirs.isIPv4) ?? shark("ipv6.dst", theirs.isIPv6))
        if theirs.isIPv4, layers.present.contains(.ipv4) {
            compare("len", "\(layers.totalLength)", shark("ip.len"))
            compare("ttl", "\(layers.ttl)", shark("ip.ttl"))
            compare("dscp", "\(layers.dscp)", shark("ip.dsfield.dscp"))
            if !layers.present.contains(.authentication) {
                compare("proto", "\(layers.protocolNumber)", shark("ip.proto"))
            }
            compare("frag", ours(.fragment, layers.fragmentOffset / 8) ?? "0", shark("ip.frag_offset"))
            compare("more", ours(.fragment, layers.moreFragments ? "1" : "0") ?? "0", shark("ip.flags.mf"))
        }
        if theirs.isIPv6, layers.present.contains(.ipv6) {
            compare("len", "\(layers.totalLength)", shark("ipv6.plen").flatMap { Int($0) }.map { "\($0 + 40)" })
            compare("ttl", "\(layers.ttl)", shark("ipv6.hlim"))
            compare("dscp", "\(layers.dscp)", shark("ipv6.tclass.dscp"))
        }
        return found + transportDifferences(layers, theirs)
    }

    private func transportDifferences(_ layers: Layers, _ theirs: SharkFields) -> [Difference] {
        var found: [Difference] = []
        func compare(_ field: String, _ ours: (some Any)?, _ shark: Substring?) {
            let ours = ours.map { "\($0)" }
            if ours != shark.map(String.init) { found.append((field, ours, shark.map(String.init))) }
        }
        let ports = layers.present.contains(.ports)
        let prefix: String? =
            switch theirs.transport {
            case "tcp": "tcp"
            case "udp", "udplite": "udp"
            case "sctp": "sctp"
            default: nil
            }
        compare("sport", ports ? layers.sourcePort : nil, prefix.flatMap { theirs["\($0).srcport"] })
        compare("dport", ports ? layers.destinationPort : nil, prefix.flatMap { theirs["\($0).dstport"] })
        let isTCP = theirs.transport == "tcp"
        compare(
            "tcpfl", layers.present.contains(.tcpFlags) ? layers.tcpFlags : nil,
            isTCP ? theirs["tcp.flags"].flatMap { UInt16($0.dropFirst(2), radix: 16) }.map { "\($0 & 0xFF)" } : nil)
        compare(
            "tcplen", layers.present.contains([.tcp, .payload]) ? layers.payloadLength : nil,
            isTCP ? theirs["tcp.len"] : nil)
        if theirs.transport == "udp" {
            compare(
                "udplen", layers.present.contains([.udp, .payload]) ? layers.payloadLength + 8 : nil,
                theirs["udp.length"])
        }
        let family: String? =
            switch theirs.transport {
            case "icmp": "icmp"
            case "icmpv6": "icmpv6"
            default: nil
            }
        let icmp = layers.present.contains(.icmp)
        compare("icmp type", icmp ? layers.icmpType : nil, family.flatMap { theirs["\($0).type"] })
        compare("icmp code", icmp ? layers.icmpCode : nil, family.flatMap { theirs["\($0).code"] })
        return found
    }

    private func hardware(_ bytes: [UInt8], _ offset: Int32) -> String {
        bytes[Int(offset)..<Int(offset) + 6].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
