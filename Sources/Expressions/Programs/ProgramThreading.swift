/// The assembler's last step: where a path already knows a test's outcome, it goes on behind the test.
///
/// `(port = 80 & ttl > 1) | (port = 80 & tcpfl = SYN)` asks for the port once. What is known at an
/// instruction is what all paths to it know, so one pass forward finds it.
struct ProgramThreading {
    /// Programs longer than this stay as they are: knowledge is kept for each instruction, and long
    /// programs are lists, which have nothing in common.
    static let longest = 256

    private var code: [Instruction]
    /// Which leaf each instruction tests.
    private let leaves: [Int]
    /// The outcomes that are known where an instruction begins; nil where nothing leads to it.
    private var known: [[Int: Bool]?]

    /// `code` is in order (targets lie behind), `leaves` beside it; `entries` are where it is entered.
    init(_ code: [Instruction], leaves: [Int], entries: [Int]) {
        self.code = code
        self.leaves = leaves
        known = Array(repeating: nil, count: code.count)
        for entry in entries { known[entry] = [:] }
    }

    /// The instructions with their edges moved; those that nothing leads to any more are still there.
    mutating func threaded() -> [Instruction] {
        for index in code.indices {
            guard let before = known[index] else { continue }
            code[index].met = follow(code[index].met, before, leaves[index], true)
            code[index].unmet = follow(code[index].unmet, before, leaves[index], false)
        }
        return code
    }

    /// Where the path goes on that leads to `target` once `leaf` had `outcome`.
    private mutating func follow(_ target: Int32, _ before: [Int: Bool], _ leaf: Int, _ outcome: Bool) -> Int32 {
        var facts = before
        facts[leaf] = outcome
        var target = target
        while target >= 0, let outcome = facts[leaves[Int(target)]] {
            target = outcome ? code[Int(target)].met : code[Int(target)].unmet
        }
        if target >= 0 {
            let there = known[Int(target)]
            known[Int(target)] = there.map { $0.filter { facts[$0.key] == $0.value } } ?? facts
        }
        return target
    }
}
