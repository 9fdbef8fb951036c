import ExpressionSupport
import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// The kernel's filter lets through at least what the expression selects.
@Suite struct BPFProgramTests {
    private static let rounds = Judging.rounds(usually: 150)

    @Test(arguments: [LinkType.ethernet, .raw, .linuxCooked, .linuxCookedV2])
    func letsThroughASuperset(linkType: LinkType) throws {
        var judged = JudgedPackets(linkType)
        judged.addCaptures(limit: 20)
        judged.addBuilt()
        judged.addDamaged(count: 1500, seed: Judging.seed)
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: judged.packets,
            variables: JudgeExpressions.header + [.vlan, .mac, .payloadLength])
        var selected = 0
        var passed = 0
        for round in 0..<Self.rounds {
            let tree = expressions.tree(depth: round % 4)
            let program = Program(tree, directory: Directory())
            let bpf = BPFProgram(tree, directory: Directory(), frames: .file(linkType))
            let interpreter = BPFInterpreter(program: bpf.instructions)
            for number in 0..<judged.packets.count where (number + round) % 4 == 0 {
                let packet = judged.packets[number]
                let passes = try interpreter.run(.init(bytes: packet.bytes)) > 0
                let matches = program.matches(packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts)
                selected += matches ? 1 : 0
                passed += passes ? 1 : 0
                if matches, !passes {
                    Issue.record(
                        Comment(
                            rawValue: Judging.report(
                                "packet \(number) is selected and does not pass", tree, bpf.listing, packet)))
                    return
                }
            }
        }
        print(
            "BPF, link type \(linkType.rawValue), GATELOG_SEED=\(Judging.seed): selected \(selected), passed \(passed)")
        #expect(passed < selected * 2, "a filter that lets everything through tests nothing")
    }
}
