import ExpressionSupport
import Expressions
import Foundation
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// tcpdump selects the same packets, one by one, but for those that the named differences speak of.
@Suite struct TcpdumpFilterTests {
    private static let rounds = Judging.rounds(usually: 120)

    @Test(arguments: [LinkType.ethernet, .raw, .linuxCooked, .linuxCookedV2])
    func selectsTheSamePackets(linkType: LinkType) throws {
        var judged = JudgedPackets(linkType)
        judged.addCaptures(limit: 20)
        judged.addBuilt()
        let comparable = judged.packets.map { TcpdumpDifference.among($0).isEmpty }
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: judged.packets,
            variables: JudgeExpressions.header + (linkType == .ethernet ? [.vlan, .mac, .smac, .dmac] : []))
        var compared = 0
        try Fixtures.withTemporaryFolder { folder in
            let input = "\(folder)/all.pcap"
            try Data(judged.pcap).write(to: URL(fileURLWithPath: input))
            for round in 0..<Self.rounds {
                let tree = expressions.tree(depth: round % 4)
                let filter = TcpdumpFilter(tree, directory: Directory(), linkType: linkType, detail: .exact)
                let theirs = try Self.selected(by: filter.text, in: input, folder)
                let program = Program(tree, directory: Directory())
                let ours = Set(judged.selected(by: program))
                for number in judged.packets.indices where comparable[number] {
                    compared += ours.contains(number) ? 1 : 0
                    guard ours.contains(number) != theirs.contains(number) else { continue }
                    Issue.record(
                        Comment(
                            rawValue: Self.report(tree, filter, judged.packets[number], ours.contains(number))))
                    return
                }
            }
        }
        let left = comparable.count { !$0 }
        print(
            "tcpdump, link type \(linkType.rawValue), GATELOG_SEED=\(Judging.seed): \(comparable.count) packets, "
                + "\(left) of them under a named difference, \(compared) selected by both")
    }

    /// Without tags and UDP-Lite the short filter says the same.
    @Test func plainFilterSelectsTheSameUntaggedPackets() throws {
        var judged = JudgedPackets(.ethernet)
        judged.addCaptures(limit: 20)
        judged.addBuilt()
        let comparable = judged.packets.map { packet in
            TcpdumpDifference.among(packet).isEmpty && !packet.layers.present.contains(.vlan)
                && !(packet.layers.present.contains(.upperProtocol) && packet.layers.protocolNumber == 136)
        }
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: judged.packets, variables: JudgeExpressions.header + [.mac])
        try Fixtures.withTemporaryFolder { folder in
            let input = "\(folder)/all.pcap"
            try Data(judged.pcap).write(to: URL(fileURLWithPath: input))
            for round in 0..<Self.rounds / 2 {
                let tree = expressions.tree(depth: round % 4)
                let filter = TcpdumpFilter(tree, directory: Directory())
                let theirs = try Self.selected(by: filter.text, in: input, folder)
                let ours = Set(judged.selected(by: Program(tree, directory: Directory())))
                let first = judged.packets.indices.first { comparable[$0] && ours.contains($0) != theirs.contains($0) }
                guard let first else { continue }
                Issue.record(Comment(rawValue: Self.report(tree, filter, judged.packets[first], ours.contains(first))))
                return
            }
        }
    }

    /// What tcpdump cannot say is left out towards the wider side, under any number of negations.
    @Test func lossesMakeItWider() throws {
        var judged = JudgedPackets(.ethernet)
        judged.addCaptures(limit: 20)
        judged.addBuilt()
        let comparable = judged.packets.map { TcpdumpDifference.among($0).isEmpty }
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: judged.packets,
            variables: [.addr, .dport, .proto, .payload, .payloadLength, .tcpFlags])
        expressions.looksInside = true
        var selected = 0
        var wider = 0
        try Fixtures.withTemporaryFolder { folder in
            let input = "\(folder)/all.pcap"
            try Data(judged.pcap).write(to: URL(fileURLWithPath: input))
            for round in 0..<Self.rounds / 2 {
                let tree = expressions.tree(depth: 1 + round % 4)
                let filter = TcpdumpFilter(tree, directory: Directory(), detail: .exact)
                let theirs = try Self.selected(by: filter.text, in: input, folder)
                let ours = Set(judged.selected(by: Program(tree, directory: Directory())))
                let isWider = comparable.indices.contains {
                    comparable[$0] && theirs.contains($0) && !ours.contains($0)
                }
                #expect(!isWider || filter.losses.contains { $0.effect == .wider }, "wider, and no word about it")
                selected += ours.count
                wider += isWider ? 1 : 0
                guard let lost = ours.first(where: { comparable[$0] && !theirs.contains($0) }) else { continue }
                Issue.record(Comment(rawValue: Self.report(tree, filter, judged.packets[lost], true)))
                return
            }
        }
        print(
            "tcpdump, losses, GATELOG_SEED=\(Judging.seed): \(selected) selected; \(wider) filters of \(Self.rounds / 2) are wider"
        )
    }

    @Test func everyDifferenceHasItsReason() {
        #expect(Set(TcpdumpDifference.allCases.map(\.rawValue)) == Set(TcpdumpFilter.differences.map(\.name)))
    }

    /// The numbers of the packets that tcpdump selects. It refuses a filter that it finds to select nothing.
    private static func selected(by filter: String, in input: String, _ folder: String) throws -> Set<Int> {
        let output = "\(folder)/selected.pcap"
        let outcome = try Peer.run("tcpdump", ["-r", input, "-w", output, filter])
        if outcome.status != 0 {
            #expect(
                outcome.errorText.contains("expression rejects all packets"),
                "tcpdump refuses \(filter): \(outcome.errorText)")
            return []
        }
        let file = try Data(contentsOf: URL(fileURLWithPath: output))
        return Set(JudgedPackets.numbers(in: [UInt8](file)))
    }

    private static func report(
        _ tree: Tree, _ filter: TcpdumpFilter, _ packet: TestPacket, _ isOurs: Bool
    ) -> String {
        let verdict = "packet \(packet.frame.time.seconds) is selected by \(isOurs ? "the expression" : "tcpdump") only"
        return Judging.report(verdict, tree, filter.text, packet)
    }
}

/// Where tcpdump's filter and the expression see a packet differently, on purpose or because tcpdump
/// cannot say it: `TcpdumpFilter.differences` gives the reasons under the same names.
enum TcpdumpDifference: String, CaseIterable {
    case truncated = "truncated packets"
    case broken = "broken headers"
    case extensionHeaders = "IPv6 extension headers"
    case authentication = "authentication headers"
    case laterFragments = "later fragments"
    case hiddenIP = "IP behind MPLS, PPPoE or 802.2"
    case manyTags = "more than two VLAN tags"
    case cardLengths = "lengths left to the network card"
    case foreignICMP = "ICMP of the other family"

    static func among(_ packet: TestPacket) -> Set<TcpdumpDifference> {
        var found: Set<TcpdumpDifference> = []
        let layers = packet.layers
        let present = layers.present
        if present.contains(.error) { found.insert(layers.error.reason == .truncated ? .truncated : .broken) }
        if present.contains(.vlan), layers.vlanCount > 2 { found.insert(.manyTags) }
        if packet.frame.linkType == .linuxCooked || packet.frame.linkType == .linuxCookedV2, present.contains(.vlan) {
            found.insert(.hiddenIP)
        }
        guard !present.isDisjoint(with: .ip) else { return found }
        let network = Int(layers.networkOffset)
        if packet.frame.linkType == .ethernet, network != 14 + 4 * (present.contains(.vlan) ? Int(layers.vlanCount) : 0)
        {
            found.insert(.hiddenIP)
        }
        let isIPv6 = present.contains(.ipv6)
        if packet.headerLength == 0 { found.insert(.cardLengths) }
        if present.isSuperset(of: [.laterFragment, .ports]) { found.insert(.laterFragments) }
        let number = packet.bytes[network + (isIPv6 ? 6 : 9)]
        if isIPv6, IPProtocol.isExtensionHeader(number) { found.insert(.extensionHeaders) }
        if !isIPv6, number == IPProtocol.ah { found.insert(.authentication) }
        if number == (isIPv6 ? IPProtocol.icmp : IPProtocol.icmp6) { found.insert(.foreignICMP) }
        return found
    }
}

extension TestPacket {
    /// What the IP header says of the packet's length, as it stands there; nil without IP.
    var headerLength: Int? {
        guard !layers.present.isDisjoint(with: .ip) else { return nil }
        let offset = Int(layers.networkOffset) + (layers.present.contains(.ipv6) ? 4 : 2)
        return Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
    }
}
