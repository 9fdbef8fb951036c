import Expressions
import Foundation
import Primitives
import TestSupport
import Testing

/// nft accepts every rule, and there are never too many.
@Suite struct NftablesMatchTests {
    private static let rounds = ProcessInfo.processInfo.environment["GATELOG_JUDGED"].flatMap { Int($0) } ?? 400
    private static let seed =
        ProcessInfo.processInfo.environment["GATELOG_SEED"].flatMap { UInt64($0) }
        ?? UInt64(Date().timeIntervalSince1970)

    @Test func isAccepted() throws {
        var expressions = RandomExpressions(seed: Self.seed)
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
            "GATELOG_SEED=\(Self.seed): \(outcome.errorText.prefix(2000))")
        print("nft, GATELOG_SEED=\(Self.seed): \(Self.rounds) expressions, \(rules.count) rules accepted")
    }

    @Test func rulesAreBounded() throws {
        // Twelve alternatives of two in each of five parts would be 32 rules each, and 2 to the power of 12.
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
