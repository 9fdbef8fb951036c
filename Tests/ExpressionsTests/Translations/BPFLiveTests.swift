import ExpressionSupport
import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// The program for a packet socket, on frames as the kernel holds them: the outermost tag taken off and
/// remembered, offsets counted from the network header.
@Suite struct BPFLiveTests {

    @Test func letsThroughASuperset() throws {
        var judged = JudgedPackets(.ethernet)
        judged.addCaptures(limit: 10)
        judged.addBuilt()
        judged.addDamaged(count: 500, seed: Judging.seed)
        let packets = judged.packets.filter { $0.bytes.count >= 18 }
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: packets, variables: JudgeExpressions.header + [.vlan, .mac, .payloadLength])
        var selected = 0
        var passed = 0
        for round in 0..<100 {
            let tree = expressions.tree(depth: round % 4)
            let program = Program(tree, directory: Directory())
            let bpf = BPFProgram(tree, directory: Directory())
            let interpreter = BPFInterpreter(program: bpf.instructions)
            for packet in packets {
                let matches = program.matches(packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts)
                let passes = try interpreter.run(Self.asTheKernelHolds(packet.bytes)) > 0
                selected += matches ? 1 : 0
                passed += passes ? 1 : 0
                if matches, !passes {
                    let report = Judging.report("does not pass", tree, bpf.listing, packet)
                    Issue.record(Comment(rawValue: report))
                    return
                }
            }
        }
        print("BPF, live, GATELOG_SEED=\(Judging.seed): selected \(selected), passed \(passed)")
        #expect(passed < selected * 2)
    }

    /// What `skb_vlan_untag` makes of a frame.
    private static func asTheKernelHolds(_ frame: [UInt8]) -> BPFInterpreter.Packet {
        var bytes = frame
        var type = UInt32(bytes[12]) << 8 | UInt32(bytes[13])
        var tag: UInt32 = 0
        let isTagged = type == 0x8100 || type == 0x88A8
        if isTagged {
            tag = UInt32(bytes[14]) << 8 | UInt32(bytes[15])
            type = UInt32(bytes[16]) << 8 | UInt32(bytes[17])
            bytes.removeSubrange(12..<16)
        }
        // Below 0x0600 it is a length, and the kernel's own number stands for 802.2.
        let known = type >= 0x0600 ? type : 4
        return BPFInterpreter.Packet(bytes: bytes, network: 14, ancillary: [0: known, 44: tag, 48: isTagged ? 1 : 0])
    }

    @Test(arguments: [LinkType.ethernet, .raw, .linuxCooked])
    func kernelAgreesWithTheInterpreter(linkType: LinkType) throws {
        var judged = JudgedPackets(linkType)
        judged.addCaptures(limit: 5)
        judged.addBuilt()
        judged.addDamaged(count: 300, seed: Judging.seed)
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: judged.packets, variables: JudgeExpressions.header + [.vlan, .mac])
        for round in 0..<40 {
            let tree = expressions.tree(depth: round % 4)
            let bpf = BPFProgram(tree, directory: Directory(), frames: .file(linkType))
            let kernel = try KernelFilter.attaching(bpf.instructions)
            let interpreter = BPFInterpreter(program: bpf.instructions)
            for packet in judged.packets where !packet.bytes.isEmpty && packet.bytes.count < 60_000 {
                let passes = try interpreter.run(.init(bytes: packet.bytes)) > 0
                guard kernel.passes(packet.bytes) != passes else { continue }
                Issue.record("GATELOG_SEED=\(Judging.seed): the kernel says \(!passes)\n\(bpf.listing)")
                return
            }
        }
    }

    @Test func kernelAcceptsLivePrograms() throws {
        var expressions = RandomExpressions(seed: Judging.seed)
        for round in 0..<200 {
            let tree = expressions.tree(depth: round % 5)
            let bpf = BPFProgram(tree, directory: RandomExpressions.directory)
            _ = try KernelFilter.attaching(bpf.instructions)
        }
    }
}
