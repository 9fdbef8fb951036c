import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct TruncationTests {
    /// Whatever a snap length leaves over, nothing is said that the whole packet does not say.
    @Test(arguments: DecodingCorpus.packets.map(\.name))
    func everyPrefixSaysLess(_ name: String) throws {
        let packet = try #require(DecodingCorpus.packets.first { $0.name == name }).packet
        let whole = packet.decoded()
        #expect(!whole.present.contains(.error), "\(whole.error)")
        for length in 0...packet.bytes.count {
            let cut = packet.decoded(captured: length)
            let facts = cut.present.subtracting(.error)
            #expect(facts.isSubset(of: whole.present), "\(length) bytes: \(facts.subtracting(whole.present).rawValue)")
            #expect(differences(cut, whole, facts).isEmpty, "\(length) bytes: \(differences(cut, whole, facts))")
            if cut.present.contains(.error) { #expect(cut.error.reason == .truncated) }
            if facts != whole.present, !cut.present.contains(.error) {
                Issue.record("\(length) bytes: facts are missing and no error says why")
            }
        }
    }

    /// The same for the packet inside a tunnel: no prefix stops the decoder in another way.
    @Test(arguments: DecodingCorpus.packets.map(\.name))
    func everyPrefixOfTheInnerPacket(_ name: String) throws {
        let packet = try #require(DecodingCorpus.packets.first { $0.name == name }).packet
        let bytes = packet.bytes
        guard let whole = packet.decodedInner() else { return }
        #expect(!whole.present.contains(.error), "\(whole.error)")
        for length in 0...bytes.count {
            let kept = Array(bytes.prefix(length))
            var inner = Layers()
            guard
                inner.decodeInner(
                    of: packet.decoded(captured: length), kept.span.bytes, originalLength: bytes.count)
            else { continue }
            let facts = inner.present.subtracting(.error)
            #expect(facts.isSubset(of: whole.present), "\(length) bytes")
            #expect(differences(inner, whole, facts).isEmpty, "\(length) bytes: \(differences(inner, whole, facts))")
        }
    }

    /// The facts whose values differ.
    private func differences(_ left: Layers, _ right: Layers, _ facts: Layers.Presence) -> [String] {
        var found: [String] = []
        func check(_ fact: Layers.Presence, _ name: String, _ equal: Bool) {
            if !facts.isDisjoint(with: fact), !equal { found.append(name) }
        }
        check(.sourceMAC, "sourceMAC", left.sourceMAC == right.sourceMAC)
        check(.destinationMAC, "destinationMAC", left.destinationMAC == right.destinationMAC)
        check(.ip, "etherType", left.etherType == right.etherType)
        check(.ipv4, "addresses", left.source4 == right.source4 && left.destination4 == right.destination4)
        check(.ip, "network", left.networkOffset == right.networkOffset && left.totalLength == right.totalLength)
        check(.ip, "ttl", left.ttl == right.ttl && left.dscp == right.dscp)
        check(
            .fragment, "fragment",
            left.fragmentOffset == right.fragmentOffset && left.moreFragments == right.moreFragments)
        // With an authentication header in IPv4 the protocol behind it is known once it was passed.
        if right.present.contains(.authentication) == left.present.contains(.authentication) {
            check(.upperProtocol, "protocol", left.protocolNumber == right.protocolNumber)
            check(.upperProtocol, "transport", left.transportOffset == right.transportOffset)
        }
        check(
            .ports, "ports", left.sourcePort == right.sourcePort && left.destinationPort == right.destinationPort)
        check(.tcpFlags, "tcpFlags", left.tcpFlags == right.tcpFlags)
        check(.icmp, "icmp", left.icmpType == right.icmpType && left.icmpCode == right.icmpCode)
        check(
            .payload, "payload",
            left.payloadOffset == right.payloadOffset && left.payloadLength == right.payloadLength)
        check(.tunnel, "tunnel", left.tunnel == right.tunnel && left.tunnelOffset == right.tunnelOffset)
        check(.verdict, "verdict", left.verdict == right.verdict)
        check(.rule, "rule", left.ruleOffset == right.ruleOffset && left.ruleLength == right.ruleLength)
        check(.inputIndex, "inputIndex", left.inputIndex == right.inputIndex)
        check(.outputIndex, "outputIndex", left.outputIndex == right.outputIndex)
        check(.userID, "userID", left.userID == right.userID)
        return found
    }
}
