import Expressions

/// Classic BPF as Documentation/networking/filter.rst of the kernel describes it, one instruction after
/// the other: the obvious twin of what the kernel runs. A load past the end answers 0.
struct BPFInterpreter {
    /// The frame as the program's loads see it.
    struct Packet {
        /// From the link header on, without a tag that the kernel took off.
        var bytes: [UInt8]
        /// Where SKF_NET_OFF points to.
        var network = 0
        /// The facts that only the kernel has, by their offset from SKF_AD_OFF.
        var ancillary: [Int: UInt32] = [:]
    }

    enum Fault: Error {
        case notABPFInstruction(BPFInstruction)
        case jumpOutOfProgram
    }

    let program: [BPFInstruction]

    func run(_ packet: Packet) throws -> UInt32 {
        var accumulator: UInt32 = 0
        var index: UInt32 = 0
        var counter = 0
        while true {
            guard program.indices.contains(counter) else { throw Fault.jumpOutOfProgram }
            let instruction = program[counter]
            let operand = instruction.operand
            counter += 1
            var comparison: Bool?
            switch instruction.code {
            case 0x20: guard load(packet, operand, 4, into: &accumulator) else { return 0 }
            case 0x28: guard load(packet, operand, 2, into: &accumulator) else { return 0 }
            case 0x30: guard load(packet, operand, 1, into: &accumulator) else { return 0 }
            case 0x48: guard load(packet, operand &+ index, 2, into: &accumulator) else { return 0 }
            case 0x50: guard load(packet, operand &+ index, 1, into: &accumulator) else { return 0 }
            case 0x80: accumulator = UInt32(packet.bytes.count)
            case 0xB1:
                guard load(packet, operand, 1, into: &index) else { return 0 }
                index = 4 * (index & 0xF)
            case 0x54: accumulator &= operand
            case 0x14: accumulator &-= operand
            case 0x74: accumulator >>= operand
            case 0x87: accumulator = index
            case 0x05: counter += Int(operand)
            case 0x15: comparison = accumulator == operand
            case 0x25: comparison = accumulator > operand
            case 0x35: comparison = accumulator >= operand
            case 0x3D: comparison = accumulator >= index
            case 0x45: comparison = accumulator & operand != 0
            case 0x06: return operand
            default: throw Fault.notABPFInstruction(instruction)
            }
            if let comparison { counter += Int(comparison ? instruction.jumpIfTrue : instruction.jumpIfFalse) }
        }
    }

    private func load(_ packet: Packet, _ operand: UInt32, _ width: Int, into register: inout UInt32) -> Bool {
        let signed = Int(Int32(bitPattern: operand))
        var offset = signed
        if signed < 0 {
            if signed >= -0x1000 {
                guard width == 4, let fact = packet.ancillary[signed + 0x1000] else { return false }
                register = fact
                return true
            }
            guard signed >= -0x100000 else { return false }
            offset = signed + 0x100000 + packet.network
        }
        guard offset >= 0, offset + width <= packet.bytes.count else { return false }
        register = packet.bytes[offset..<offset + width].reduce(0) { $0 << 8 | UInt32($1) }
        return true
    }
}
