import Testing

@testable import LiveCapture
@testable import SystemCalls

@Suite("What runs in the kernel before a ring")
struct KernelFilterTests {
    /// Lets everything through, and says so by its answer.
    private let open = [FilterInstruction(code: 0x06, operand: 77)]

    private func answer(_ program: [FilterInstruction], interface: UInt32, type: UInt32, hardware: UInt32) -> UInt32? {
        FilterMachine(program: program).run(
            FilterMachine.Packet(bytes: [UInt8](repeating: 0, count: 60), facts: [4: type, 8: interface, 28: hardware]))
    }

    @Test("Of what loopback carries, the copy that leaves is dropped")
    func loopback() {
        let program = KernelFilter.instructions(open, interfaces: nil)
        #expect(answer(program, interface: 1, type: 4, hardware: 772) == 0)
        #expect(answer(program, interface: 1, type: 0, hardware: 772) == 77)
        #expect(answer(program, interface: 2, type: 4, hardware: 1) == 77)
        #expect(answer(program, interface: 2, type: 3, hardware: 1) == 77)
    }

    @Test("Only what the watched interfaces carry passes", arguments: [1, 2, 3, 254, 300, 1_500])
    func interfaces(count: Int) {
        let watched = Set((0..<UInt32(count)).map { $0 * 3 + 2 })
        let program = KernelFilter.instructions(open, interfaces: watched)
        #expect(program.count > 2 * count)
        for interface in 0..<UInt32(3 * count + 5) {
            let passes = watched.contains(interface)
            #expect(answer(program, interface: interface, type: 0, hardware: 1) == (passes ? 77 : 0))
            #expect(answer(program, interface: interface, type: 4, hardware: 772) == 0)
        }
        #expect(answer(KernelFilter.instructions(open, interfaces: []), interface: 1, type: 0, hardware: 1) == 0)
    }

    @Test("What does not fit beside the program stays out, and the program whole")
    func limits() {
        func length(_ count: Int, _ interfaces: Set<UInt32>?) -> Int {
            let program = [FilterInstruction](repeating: open[0], count: count)
            let whole = KernelFilter.instructions(program, interfaces: interfaces)
            #expect(whole.suffix(count) == program[...])
            return whole.count
        }
        #expect(length(4_096, nil) == 4_096)
        #expect(length(4_092, nil) == 4_092)
        #expect(length(4_091, nil) == 4_096)
        #expect(length(4_091, [1]) == 4_096)
        #expect(length(4_000, Set(1...40)) == 4_000 + 5 + 82)
        #expect(length(4_000, Set(1...50)) == 4_005)
    }

    @Test("The kernel takes the programs")
    func loads() throws {
        let socket = try Socket(domain: 1, type: 2)
        try socket.attachForTest(KernelFilter.shut)
        try socket.attachForTest(KernelFilter.instructions(open, interfaces: Set(1...2_000)))
    }
}

extension Socket {
    /// Attaches a program to a socket of any family: the kernel checks them alike.
    borrowing func attachForTest(_ program: [FilterInstruction]) throws {
        try FilterInstruction.attach(program, to: number)
    }
}
