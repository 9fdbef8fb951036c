import Expressions
import Testing

@testable import Engine

@Suite("The kernel's filter for all demands")
struct KernelFilterTests {
    private func demand(_ text: String) throws -> Demand {
        Demand(name: text, text: text, tree: try #require(try Expression(parsing: text).tree))
    }

    @Test("Nobody's wish lets nothing through")
    func nothing() {
        let filter = KernelFilter([], directory: Directory())
        #expect(filter.instructions == BPFProgram.refusingAll)
        #expect(filter.effects.isEmpty)
    }

    @Test("A wish for everything opens it, and is told by name; others do not")
    func opening() throws {
        let filter = KernelFilter(
            [try demand("port = 80"), try demand(#"payload = "GET""#)], directory: Directory())
        #expect(filter.effects.map(\.opens) == [false, true])
        #expect(filter.effects[0].undecided.isEmpty)
        #expect(!filter.effects[1].undecided.isEmpty)
        #expect(filter.instructions == KernelFilter([try demand("any")], directory: Directory()).instructions)
    }

    @Test("Several wishes are one program that is met where one of them is")
    func union() throws {
        let trees = try ["port = 80", "proto = icmp | port = 80", "addr = 10.0.0.0/8"].map { try demand($0).tree }
        guard case .or(let parts) = KernelFilter.union(trees) else {
            Issue.record("three wishes are alternatives")
            return
        }
        #expect(parts.count == 4, "alternatives in alternatives are one list")
        #expect(KernelFilter.union([trees[0]]) == trees[0])
    }

    @Test("As many bytes of a packet are kept as the settings want")
    func snapLength() throws {
        let filter = KernelFilter([try demand("any")], directory: Directory(), snapLength: 128)
        #expect(filter.instructions.contains { $0.operand == 128 })
        #expect(!filter.instructions.contains { $0.operand == 262_144 })
    }
}
