import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// Lists longer than a program can hold, jumps longer than a comparison can reach.
@Suite struct BPFListTests {
    private func list(_ addresses: [IPAddress]) -> Directory {
        var directory = Directory()
        directory.lists = ["long": addresses.map { AddressRange($0) }]
        return directory
    }

    private func addresses(_ count: Int, seed: UInt64) -> (v4: [IPAddress], v6: [IPAddress]) {
        var random = SeededGenerator(seed: seed)
        let v4 = (0..<count).map { _ in IPAddress.v4(IPv4Address(UInt32(truncatingIfNeeded: random.next()))) }
        let v6 = (0..<count).map { _ in
            IPAddress.v6(IPv6Address(high: 0x2001_0DB8_0000_0000 | random.next() & 0xFFFF, low: random.next()))
        }
        return (v4, v6)
    }

    /// Whether a TCP packet from `source` passes.
    private func passes(_ program: BPFProgram, _ source: IPAddress) throws -> Bool {
        let link = PacketBuilder()
        let bytes =
            switch source {
            case .v4: link.ipv4("\(source)", "10.0.0.2").tcp().bytes
            case .v6: link.ipv6("\(source)", "2001:db8::2").tcp().bytes
            }
        let answer = try BPFInterpreter(program: program.instructions).run(.init(bytes: bytes))
        return answer > 0
    }

    @Test(arguments: [1, 10, 200, 400])
    func listsAreDecidedExactly(count: Int) throws {
        let (v4, v6) = addresses(count, seed: 7)
        let tree = try Expression(parsing: #"saddr = list:"long""#, directory: list(v4 + v6)).tree
        let program = BPFProgram(tree, directory: list(v4 + v6), frames: .file(.raw))
        #expect(program.losses.allSatisfy { $0.effect != .wider }, "\(program.losses)")
        _ = try KernelFilter.attaching(program.instructions)
        for address in v4 + v6 { #expect(try passes(program, address)) }
        let (others4, others6) = addresses(200, seed: 8)
        for address in others4 + others6 { #expect(try !passes(program, address)) }
    }

    @Test(arguments: [3000, 20_000])
    func longerListsBecomeCoarser(count: Int) throws {
        let (v4, v6) = addresses(count, seed: 9)
        let directory = list(v4 + v6)
        for (text, isMember) in [(#"saddr = list:"long""#, true), (#"saddr != list:"long""#, false)] {
            let tree = try Expression(parsing: text, directory: directory).tree
            let program = BPFProgram(tree, directory: directory, frames: .file(.raw))
            #expect(program.instructions.count <= BPFProgram.instructionLimit)
            #expect(program.instructions.count > 1)
            #expect(program.losses.contains { $0.effect == .wider })
            _ = try KernelFilter.attaching(program.instructions)
            let (others4, others6) = addresses(300, seed: 10)
            let members = v4.prefix(300) + v6.prefix(300)
            for address in isMember ? Array(members) : others4 + others6 { #expect(try passes(program, address)) }
        }
    }

    @Test func rangesNextToEachOther() throws {
        let directory = list([])
        for text in [
            "saddr = 0.0.0.0-255.255.255.255", "saddr = 255.255.255.0-255.255.255.255", "saddr = 0.0.0.0-0.0.0.255",
            "saddr = ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "saddr = 2001:db8::1-2001:db8:1::",
            "saddr = { 2001:db8::/32, 2001:db9::1, 2001:db9::2-2001:dba::5, fe80::/10 }",
            "saddr = 2001:db8::-2001:dbf::",
        ] {
            let tree = try Expression(parsing: text).tree
            let program = BPFProgram(tree, directory: directory, frames: .file(.raw))
            for address in [
                "0.0.0.0", "0.0.0.255", "0.0.1.0", "255.255.255.255", "255.255.255.0", "255.255.254.255", "::", "::1",
                "2001:db8::", "2001:db8::1", "2001:db8:0:0:ffff::", "2001:db8:1::", "2001:db8:1::1", "2001:db9::1",
                "2001:db9::2", "2001:db9::3", "2001:dba::5", "2001:dba::6", "2001:dbf::", "2001:dbf::1", "fe80::1",
                "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            ].map({ IPAddress(parsing: $0)! }) {
                let link = PacketBuilder()
                let packet =
                    address < .v6(IPv6Address(0)) ? link.ipv4("\(address)", "10.0.0.2") : link.ipv6("\(address)")
                let bytes = packet.tcp().bytes
                var layers = Layers()
                layers.decode(bytes.span.bytes, of: packet.tcp().frame())
                let matches = Program(tree, directory: directory)
                    .matches(packet.tcp().frame(), layers, bytes.span.bytes, PacketFacts())
                #expect(try passes(program, address) == matches, "\(text) on \(address)")
            }
        }
    }

    @Test func farJumpsAreTakenOver() throws {
        // More than 255 instructions between the first comparison and the end.
        let text = (0..<100).map { "sport = \($0 * 3) & ttl = \($0 % 255)" }.joined(separator: " | ")
        let tree = try Expression(parsing: text).tree
        let program = BPFProgram(tree, directory: Directory(), frames: .file(.raw))
        #expect(program.instructions.contains { $0.code == 5 && $0.operand > 255 })
        _ = try KernelFilter.attaching(program.instructions)
        let interpreter = BPFInterpreter(program: program.instructions)
        for (port, ttl, isMet) in [(0, 0, true), (3, 1, true), (3, 2, false), (297, 99, true), (298, 99, false)] {
            let packet = PacketBuilder().ipv4(ttl: UInt8(ttl)).tcp(UInt16(port), 65_000)
            #expect(try (interpreter.run(.init(bytes: packet.bytes)) > 0) == isMet)
        }
    }

    @Test func aProgramThatDoesNotFitLetsAllThrough() throws {
        let text = (0..<3000).map { "sport = \($0) & ttl = \($0 % 255)" }.joined(separator: " | ")
        let program = BPFProgram(try Expression(parsing: text).tree, directory: Directory(), snapLength: 96)
        #expect(program.instructions == [BPFInstruction(6, 96)])
        #expect(program.losses.map(\.effect) == [.wider])
    }
}
