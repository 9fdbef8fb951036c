import ExpressionSupport
import Expressions
import Foundation
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// nft accepts every rule, there are never too many, and together they select what the expression selects.
@Suite struct NftablesMatchTests {
    private static let rounds = Judging.rounds(usually: 400)

    @Test func isAccepted() throws {
        var expressions = RandomExpressions(seed: Judging.seed)
        var rules: [String] = []
        for round in 0..<Self.rounds {
            let tree = expressions.tree(depth: round % 4)
            let match = NftablesMatch(tree, directory: RandomExpressions.directory)
            #expect(match.rules.count <= NftablesMatch.ruleLimit)
            rules += match.rules
        }
        rules = Array(Set(rules)).sorted()
        let chain = rules.map { "        \($0) counter\n" }.joined()
        let table = "table inet gatelog-test {\n    chain judged {\n\(chain)    }\n}\n"
        let outcome = try Fixtures.withTemporaryFolder { folder in
            let file = "\(folder)/rules.nft"
            try Data(table.utf8).write(to: URL(fileURLWithPath: file))
            return try Peer.run("nft", ["--check", "-f", file])
        }
        // Without the right to speak to the kernel, nft has read and judged the rules all the same.
        let isUnprivileged = outcome.errorText.contains("Operation not permitted")
        #expect(
            outcome.status == 0 || isUnprivileged,
            "GATELOG_SEED=\(Judging.seed): \(outcome.errorText.prefix(2000))")
        print("nft, GATELOG_SEED=\(Judging.seed): \(Self.rounds) expressions, \(rules.count) rules accepted")
    }

    @Test func selectsTheSamePackets() {
        var judged = JudgedPackets(.ethernet)
        judged.addCaptures(limit: 10)
        judged.addBuilt()
        // A chain of family inet sees IP only; the kernel walks extension headers, the twin does not.
        let packets = judged.packets.filter { packet in
            !packet.layers.present.isDisjoint(with: .ip) && !packet.layers.present.contains(.laterFragment)
                && TcpdumpDifference.among(packet).isEmpty
        }
        var expressions = JudgeExpressions(seed: Judging.seed, about: packets, variables: JudgeExpressions.header)
        var selected = 0
        var exact = 0
        for round in 0..<Self.rounds / 2 {
            let tree = expressions.tree(depth: round % 4)
            let match = NftablesMatch(tree, directory: Directory())
            let isWider = match.losses.contains { $0.effect == .wider }
            exact += isWider ? 0 : 1
            let program = Program(tree, directory: Directory())
            for (number, packet) in packets.enumerated() where (number + round) % 4 == 0 {
                let ours = program.matches(packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts)
                let theirs = NftablesTwin.selects(match.rules, packet)
                selected += ours ? 1 : 0
                guard ours != theirs, ours || !isWider else { continue }
                let verdict = "selected by \(ours ? "the expression" : "the rules") only"
                let report = Judging.report(verdict, tree, match.rules.joined(separator: "\n"), packet)
                Issue.record(Comment(rawValue: report))
                return
            }
        }
        print("nft's twin, GATELOG_SEED=\(Judging.seed): \(exact) of \(Self.rounds / 2) exact, \(selected) selected")
    }

    @Test func rulesAreBounded() throws {
        // Two alternatives in each of twelve parts would be 4096 rules and more.
        let text = (1...12).map { "(ttl = \($0) | saddr = 10.0.0.\($0))" }.joined(separator: " & ")
        let match = NftablesMatch(try Expression(parsing: text).tree, directory: Directory())
        #expect(match.rules.count <= NftablesMatch.ruleLimit)
        #expect(!match.rules.isEmpty)
        #expect(match.losses.contains { $0.effect == .wider && $0.sentence.contains("64 rules") })
    }

    @Test func contradictionsMakeNoRule() throws {
        for text in [
            "proto = udp & tcpfl = SYN", "saddr = 10.0.0.1 & daddr = 2001:db8::1", "!any",
            "icmp6 = echo-request & ip = 4",
            "proto = tcp & proto = udp",
        ] {
            let match = NftablesMatch(try Expression(parsing: text).tree, directory: Directory())
            #expect(match.rules == [], "\(text)")
        }
    }
}
