import ExpressionSupport
import Expressions
import Foundation
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// The program against its twin. GATELOG_PAIRS sets how many pairs are tried, GATELOG_SEED repeats a run.
@Suite("The program against the tree-walking twin")
struct DifferentialTests {
    private static let pairs = number("GATELOG_PAIRS") ?? 200_000
    private static let seed = UInt64(number("GATELOG_SEED") ?? 20_261_121)

    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    @Test("Random expressions on random packets")
    func randomPairs() {
        print("random pairs: GATELOG_SEED=\(Self.seed) GATELOG_PAIRS=\(Self.pairs)")
        var expressions = RandomExpressions(seed: Self.seed)
        var packets = RandomPackets(seed: Self.seed &+ 1)
        let directory = RandomExpressions.directory
        var pool = (0..<2000).map { _ in packets.packet() }
        var met = 0
        var plain = 0
        let each = 40
        for round in 0..<max(1, Self.pairs / each) {
            let tree = expressions.tree(depth: round % 5)
            let pair = Self.learned(tree, directory, &packets)
            for _ in 0..<each {
                let packet = pool[packets.below(pool.count)]
                let wanted = pair.twin.meets(tree, packet)
                let isMet = pair.program.matches(packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts)
                met += wanted ? 1 : 0
                let isMetPlainly = Self.plainAnswer(pair.program, packet) ?? wanted
                plain += pair.program.plainMatcher != nil ? 1 : 0
                if isMet != wanted || isMetPlainly != wanted {
                    Issue.record(Comment(rawValue: Self.report(tree, pair.program, packet, wanted)))
                    return
                }
            }
            if round % 4 == 3 { pool[packets.below(pool.count)] = packets.packet() }
        }
        // A run in which next to nothing is met, or everything, tests nothing.
        #expect(met * 10 > Self.pairs && met * 10 < Self.pairs * 9, "\(met) of \(Self.pairs) were met")
        #expect(plain > Self.pairs / 20, "\(plain) of \(Self.pairs) could be answered without decoding")
    }

    /// What the program says of the packet without decoding it; nil where that is not its way.
    private static func plainAnswer(_ program: borrowing Program, _ packet: TestPacket) -> Bool? {
        guard let matcher = program.plainMatcher,
            let plain = PlainPacket(packet.bytes.span.bytes, of: packet.frame)
        else { return nil }
        return matcher.matches(plain)
    }

    private struct Pair: ~Copyable {
        let program: Program
        let twin: Twin
    }

    /// A program and a twin that have learned the same names, in a random order.
    private static func learned(
        _ tree: Tree, _ directory: Directory, _ random: inout RandomPackets
    ) -> Pair {
        var directory = directory
        let interfaces = directory.interfaces ?? []
        if random.below(3) == 0 { directory.interfaces = nil }
        var program = Program(tree, directory: directory)
        var twin = Twin(directory: directory)
        for (id, interface) in zip([0, 1, 2, 64, 100] as [UInt16], interfaces).shuffled(using: &random.random)
        where random.below(8) > 0 {
            let id = InterfaceID(rawValue: id)
            program.learn(interface: interface, as: id)
            twin.interfaces[id] = interface
        }
        for (id, user) in zip([1, 2, 200] as [UInt32], directory.users ?? []) {
            program.learn(user: user, as: id)
            twin.users[id] = user
        }
        for (id, host) in RandomPackets.hosts {
            program.learn(host: host, as: id)
            twin.hosts[id] = host
        }
        return Pair(program: program, twin: twin)
    }

    private static func report(_ tree: Tree, _ program: borrowing Program, _ packet: TestPacket, _ wanted: Bool)
        -> String
    {
        let text = Expression(text: "", tree: tree, warnings: []).canonical
        let hex = packet.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return """
            GATELOG_SEED=\(seed): the program says \(!wanted), the twin \(wanted)
            \(text)
            \(program.listing)
            link type \(packet.frame.linkType.rawValue), \(packet.frame)
            \(hex)
            """
    }
}
