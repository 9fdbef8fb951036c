import SystemCalls

/// A classic BPF program while it is written, for the few that are not made from an expression.
struct BPFWriter {
    var instructions: [FilterInstruction] = []

    mutating func append(_ code: UInt16, _ operand: UInt32, jumpIfTrue: UInt8 = 0, jumpIfFalse: UInt8 = 0) {
        instructions.append(
            FilterInstruction(code: code, jumpIfTrue: jumpIfTrue, jumpIfFalse: jumpIfFalse, operand: operand))
    }
}

extension BPFWriter {
    // Operation codes (linux/bpf_common.h).
    static let loadWord: UInt16 = 0x20
    static let loadHalf: UInt16 = 0x28
    static let loadIndex: UInt16 = 0x61
    static let store: UInt16 = 0x02
    static let copyToIndex: UInt16 = 0x07
    static let addIndex: UInt16 = 0x0C
    static let multiply: UInt16 = 0x24
    static let shiftRight: UInt16 = 0x74
    static let exclusiveOrIndex: UInt16 = 0xAC
    static let jump: UInt16 = 0x05
    static let jumpIfEqual: UInt16 = 0x15
    static let answer: UInt16 = 0x06
    static let answerAccumulator: UInt16 = 0x16

    // Places that are no offset into the frame's bytes (linux/filter.h): facts of the kernel, the network header, the
    // link header.
    static let ancillary = UInt32(bitPattern: -0x1000)
    static let network = UInt32(bitPattern: -0x100000)
    static let link = UInt32(bitPattern: -0x200000)
    static let protocolOfFrame: UInt32 = 0
    static let packetType: UInt32 = 4
    static let interface: UInt32 = 8
    static let hardware: UInt32 = 28
}
