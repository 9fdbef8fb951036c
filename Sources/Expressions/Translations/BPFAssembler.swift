/// Instructions with named targets, until their distances are known.
///
/// Jumps go forwards only, as the kernel demands. A comparison reaches 255 instructions far; where a
/// target lies farther, a `ja` behind the comparison takes over.
struct BPFAssembler {
    /// A place in the program that is put somewhere later.
    struct Label: Hashable {
        fileprivate var number: Int
    }

    private enum Item {
        case plain(UInt16, UInt32)
        case compare(UInt16, UInt32, ifTrue: Label, ifFalse: Label)
        case jump(Label)
        case place(Label)
    }

    private var items: [Item] = []
    private var labels = 0

    mutating func label() -> Label {
        labels += 1
        return Label(number: labels - 1)
    }

    mutating func place(_ label: Label) { items.append(.place(label)) }

    mutating func emit(_ code: UInt16, _ operand: UInt32 = 0) { items.append(.plain(code, operand)) }

    mutating func compare(_ code: UInt16, _ operand: UInt32, ifTrue: Label, ifFalse: Label) {
        items.append(.compare(code, operand, ifTrue: ifTrue, ifFalse: ifFalse))
    }

    mutating func jump(to label: Label) { items.append(.jump(label)) }

    /// The program, or nil where it has more than `limit` instructions.
    func assembled(limit: Int) -> [BPFInstruction]? {
        guard items.count <= 4 * limit else { return nil }
        var far = [(isTrue: Bool, isFalse: Bool)](repeating: (false, false), count: items.count)
        while true {
            let (starts, targets, count) = layout(far)
            guard count <= limit else { return nil }
            guard lengthen(&far, starts, targets) else { return instructions(far, starts, targets) }
        }
    }

    private func layout(_ far: [(isTrue: Bool, isFalse: Bool)]) -> (starts: [Int], targets: [Int], count: Int) {
        var starts: [Int] = []
        starts.reserveCapacity(items.count)
        var targets = [Int](repeating: 0, count: labels)
        var position = 0
        for (index, item) in items.enumerated() {
            starts.append(position)
            switch item {
            case .plain, .jump: position += 1
            case .compare: position += 1 + (far[index].isTrue ? 1 : 0) + (far[index].isFalse ? 1 : 0)
            case .place(let label): targets[label.number] = position
            }
        }
        return (starts, targets, position)
    }

    /// Marks the comparisons that no longer reach; false where all do. Marks are never taken back, so it ends.
    private func lengthen(_ far: inout [(isTrue: Bool, isFalse: Bool)], _ starts: [Int], _ targets: [Int]) -> Bool {
        var changed = false
        for (index, item) in items.enumerated() {
            guard case .compare(_, _, let ifTrue, let ifFalse) = item else { continue }
            if !far[index].isTrue, targets[ifTrue.number] - starts[index] - 1 > 255 {
                far[index].isTrue = true
                changed = true
            }
            if !far[index].isFalse, targets[ifFalse.number] - starts[index] - 1 > 255 {
                far[index].isFalse = true
                changed = true
            }
        }
        return changed
    }

    private func instructions(
        _ far: [(isTrue: Bool, isFalse: Bool)], _ starts: [Int], _ targets: [Int]
    ) -> [BPFInstruction] {
        var result: [BPFInstruction] = []
        for (index, item) in items.enumerated() {
            switch item {
            case .place: continue
            case .plain(let code, let operand): result.append(BPFInstruction(code, operand))
            case .jump(let label): result.append(ja(from: starts[index], to: targets[label.number]))
            case .compare(let code, let operand, let ifTrue, let ifFalse):
                let (isTrue, isFalse) = far[index]
                let next = starts[index] + 1
                let trueTarget = isTrue ? next : targets[ifTrue.number]
                let falseTarget = isFalse ? next + (isTrue ? 1 : 0) : targets[ifFalse.number]
                result.append(
                    BPFInstruction(
                        code, operand, jumpIfTrue: UInt8(trueTarget - next), jumpIfFalse: UInt8(falseTarget - next)))
                if isTrue { result.append(ja(from: result.count, to: targets[ifTrue.number])) }
                if isFalse { result.append(ja(from: result.count, to: targets[ifFalse.number])) }
            }
        }
        return result
    }

    private func ja(from position: Int, to target: Int) -> BPFInstruction {
        BPFInstruction(BPFCode.jump, UInt32(target - position - 1))
    }
}
