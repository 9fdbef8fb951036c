import ExpressionSupport
import Expressions
import Foundation
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// tshark selects the same packets, one by one, but for those that the named differences speak of.
@Suite struct WiresharkFilterTests {
    private static let rounds = Judging.rounds(usually: 8)

    @Test(arguments: [LinkType.ethernet, .raw])
    func selectsTheSamePackets(linkType: LinkType) throws {
        var judged = JudgedPackets(linkType)
        judged.addCaptures(limit: 12)
        judged.addBuilt()
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: judged.packets,
            variables: JudgeExpressions.header + (linkType == .ethernet ? [.vlan, .mac, .smac, .dmac] : []))
        var compared = 0
        var comparable: [Bool] = []
        try Fixtures.withTemporaryFolder { folder in
            let input = "\(folder)/all.pcap"
            try Data(judged.pcap).write(to: URL(fileURLWithPath: input))
            let stacks = try Self.stacks(in: input)
            comparable = zip(judged.packets, stacks).map { WiresharkDifference.among($0, stack: $1).isEmpty }
            for round in 0..<Self.rounds {
                let tree = expressions.tree(depth: 1 + round % 3)
                let filter = WiresharkFilter(tree, directory: Directory())
                let theirs = try Self.selected(by: filter.text, in: input)
                let ours = Set(judged.selected(by: Program(tree, directory: Directory())))
                for number in judged.packets.indices where comparable[number] {
                    compared += ours.contains(number) ? 1 : 0
                    guard ours.contains(number) != theirs.contains(number) else { continue }
                    let who = ours.contains(number) ? "the expression" : "tshark"
                    let verdict = "packet \(number) is selected by \(who) only"
                    let report = Judging.report(verdict, tree, filter.text, judged.packets[number])
                    Issue.record(Comment(rawValue: report))
                    return
                }
            }
        }
        print(
            "tshark, link type \(linkType.rawValue), GATELOG_SEED=\(Judging.seed): \(comparable.count) packets, "
                + "\(comparable.count { !$0 }) of them under a named difference, \(compared) selected by both")
    }

    /// What Wireshark cannot say is left out towards the wider side, under any number of negations.
    @Test func lossesMakeItWider() throws {
        var judged = JudgedPackets(.ethernet)
        judged.addCaptures(limit: 6)
        judged.addBuilt()
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: judged.packets,
            variables: [.addr, .dport, .proto, .payload, .payloadLength, .tcpFlags])
        try Fixtures.withTemporaryFolder { folder in
            let input = "\(folder)/all.pcap"
            try Data(judged.pcap).write(to: URL(fileURLWithPath: input))
            let stacks = try Self.stacks(in: input)
            let differences = zip(judged.packets, stacks).map { WiresharkDifference.among($0, stack: $1) }
            let comparable = differences.map(\.isEmpty)
            let inside = try Expression(parsing: "inner(any)").tree
            let tunnels = try Self.selected(by: WiresharkFilter(inside, directory: Directory()).text, in: input)
            let wanted = judged.selected(by: Program(inside, directory: Directory()))
                .filter { differences[$0].subtracting([.layered]).isEmpty }
            #expect(wanted.count > 10 && tunnels.isSuperset(of: wanted))
            for round in 0..<(Self.rounds + 1) / 2 {
                let tree = expressions.tree(depth: 1 + round % 4)
                let filter = WiresharkFilter(tree, directory: Directory())
                let theirs = try Self.selected(by: filter.text, in: input)
                let ours = judged.selected(by: Program(tree, directory: Directory()))
                guard let lost = ours.first(where: { comparable[$0] && !theirs.contains($0) }) else { continue }
                let report = Judging.report("packet \(lost) is lost", tree, filter.text, judged.packets[lost])
                Issue.record(Comment(rawValue: report))
                return
            }
        }
    }

    @Test func everyDifferenceHasItsReason() {
        #expect(Set(WiresharkDifference.allCases.map(\.rawValue)) == Set(WiresharkFilter.differences.map(\.name)))
    }

    /// Each packet is looked at alone: nothing is put together, nothing guessed.
    private static let options = [
        "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE", "tcp.check_checksum:FALSE",
        "ip.check_checksum:FALSE",
    ].flatMap { ["-o", $0] }

    /// The numbers of the packets that tshark selects.
    private static func selected(by filter: String, in input: String) throws -> Set<Int> {
        let arguments = ["-n", "-r", input, "-Y", filter, "-T", "fields", "-e", "frame.number"]
        return Set(try Peer.output(of: "tshark", arguments + options).lines.compactMap { Int($0) }.map { $0 - 1 })
    }

    /// The protocols that tshark finds in each packet, outermost first.
    private static func stacks(in input: String) throws -> [[Substring]] {
        let arguments = ["-n", "-r", input, "-T", "fields", "-e", "frame.protocols"]
        return try Peer.output(of: "tshark", arguments + options).lines.map { $0.split(separator: ":") }
    }
}

/// Where Wireshark and the expression see a packet differently: `WiresharkFilter.differences` gives the reasons
/// under the same names.
enum WiresharkDifference: String, CaseIterable {
    case cutOrBroken = "cut and broken packets"
    case layered = "packets within packets"
    case resets = "resets that carry text"
    case laterFragments = "later fragments"
    /// Not met here: the options above turn it off.
    case defragmented = "fragments put together"
    case authentication = "authentication headers"
    case cardLengths = "lengths left to the network card"
    case links = "links that only one of both knows"

    static func among(_ packet: TestPacket, stack: [Substring]) -> Set<WiresharkDifference> {
        var found: Set<WiresharkDifference> = []
        let present = packet.layers.present
        if present.contains(.error) || packet.bytes.count < packet.frame.originalLength { found.insert(.cutOrBroken) }
        let networks = stack.count { $0 == "ip" || $0 == "ipv6" }
        let transports = stack.count { ["tcp", "udp", "udplite", "sctp", "icmp", "icmpv6"].contains($0) }
        if networks > 1 || transports > 1 { found.insert(.layered) }
        if (networks > 0) == present.isDisjoint(with: .ip) { found.insert(.links) }
        if present.isSuperset(of: [.laterFragment, .ports]) { found.insert(.laterFragments) }
        if present.isSuperset(of: [.tcpFlags, .payload]), packet.layers.tcpFlags & 4 != 0,
            packet.layers.payloadLength > 0
        {
            found.insert(.resets)
        }
        if packet.headerLength == 0 { found.insert(.cardLengths) }
        if stack.contains("ah") { found.insert(.authentication) }
        return found
    }
}
