import SystemCalls

/// Classic BPF, one instruction after the other, as far as the ring's own programs use it: the obvious twin of what the
/// kernel runs. A load past the end answers 0.
struct FilterMachine {
    /// A frame as the kernel holds it.
    struct Packet {
        /// From the link header on, without a tag that was taken off.
        var bytes: [UInt8]
        /// Where the network header begins.
        var network = 14
        /// The facts that only the kernel has, by their offset from SKF_AD_OFF.
        var facts: [Int: UInt32] = [:]
    }

    let program: [FilterInstruction]

    /// The answer, and nil where the program does something that the kernel would have refused.
    func run(_ packet: Packet) -> UInt32? {
        var a: UInt32 = 0
        var x: UInt32 = 0
        var scratch = [UInt32](repeating: 0, count: 16)
        var counter = 0
        while program.indices.contains(counter) {
            let step = program[counter]
            counter += 1
            switch step.code {
            case 0x20, 0x28:
                guard let word = load(packet, step.operand, step.code == 0x20 ? 4 : 2) else { return 0 }
                a = word
            case 0x61: x = scratch[Int(step.operand)]
            case 0x02: scratch[Int(step.operand)] = a
            case 0x07: x = a
            case 0x0C: a = a &+ x
            case 0x24: a = a &* step.operand
            case 0x74: a >>= step.operand
            case 0xAC: a ^= x
            case 0x05: counter += Int(step.operand)
            case 0x15: counter += Int(a == step.operand ? step.jumpIfTrue : step.jumpIfFalse)
            case 0x06: return step.operand
            case 0x16: return a
            default: return nil
            }
        }
        return nil
    }

    private func load(_ packet: Packet, _ operand: UInt32, _ width: Int) -> UInt32? {
        var offset = Int(Int32(bitPattern: operand))
        if offset >= -0x1000, offset < 0 { return packet.facts[offset + 0x1000] }
        if offset < -0x100000 { offset += 0x200000 } else if offset < 0 { offset += 0x100000 + packet.network }
        guard offset >= 0, offset + width <= packet.bytes.count else { return nil }
        return packet.bytes[offset..<offset + width].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
