/// One instruction of classic BPF, as the kernel's `struct sock_filter` has it.
public struct BPFInstruction: Hashable, Sendable {
    public var code: UInt16
    /// Instructions to pass over where a comparison is true.
    public var jumpIfTrue: UInt8
    /// Instructions to pass over where it is false.
    public var jumpIfFalse: UInt8
    public var operand: UInt32

    public init(_ code: UInt16, _ operand: UInt32, jumpIfTrue: UInt8 = 0, jumpIfFalse: UInt8 = 0) {
        self.code = code
        self.operand = operand
        self.jumpIfTrue = jumpIfTrue
        self.jumpIfFalse = jumpIfFalse
    }
}

/// The operation codes that are used (linux/filter.h).
enum BPFCode {
    static let loadWord: UInt16 = 0x20
    static let loadHalf: UInt16 = 0x28
    static let loadByte: UInt16 = 0x30
    static let loadLength: UInt16 = 0x80
    static let loadHalfIndexed: UInt16 = 0x48
    static let loadByteIndexed: UInt16 = 0x50
    /// X = four times the low half of the byte: the length of an IPv4 header.
    static let loadHeaderLength: UInt16 = 0xB1
    static let and: UInt16 = 0x54
    static let subtract: UInt16 = 0x14
    static let shiftRight: UInt16 = 0x74
    static let copyIndex: UInt16 = 0x87
    static let jump: UInt16 = 0x05
    static let jumpIfEqual: UInt16 = 0x15
    static let jumpIfAbove: UInt16 = 0x25
    static let jumpIfAtLeast: UInt16 = 0x35
    static let jumpIfAtLeastIndex: UInt16 = 0x3D
    static let jumpIfAnySet: UInt16 = 0x45
    static let answer: UInt16 = 0x06
}

extension BPFInstruction {
    var isConditional: Bool { code & 7 == 5 && code != BPFCode.jump }

    /// The line that `tcpdump -d` prints for the instruction at `index`.
    func line(at index: Int) -> String {
        let digits = String(index)
        var line = "(" + String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits + ") "
        line += padded(word, 8) + " "
        guard isConditional else { return line + operandText(at: index) }
        return line + padded(operandText(at: index), 16)
            + " jt \(index + 1 + Int(jumpIfTrue))\tjf \(index + 1 + Int(jumpIfFalse))"
    }

    private var word: String {
        switch code {
        case BPFCode.loadWord, BPFCode.loadLength: "ld"
        case BPFCode.loadHalf, BPFCode.loadHalfIndexed: "ldh"
        case BPFCode.loadByte, BPFCode.loadByteIndexed: "ldb"
        case BPFCode.loadHeaderLength: "ldxb"
        case BPFCode.and: "and"
        case BPFCode.subtract: "sub"
        case BPFCode.shiftRight: "rsh"
        case BPFCode.copyIndex: "txa"
        case BPFCode.jump: "ja"
        case BPFCode.jumpIfEqual: "jeq"
        case BPFCode.jumpIfAbove: "jgt"
        case BPFCode.jumpIfAtLeast, BPFCode.jumpIfAtLeastIndex: "jge"
        case BPFCode.jumpIfAnySet: "jset"
        case BPFCode.answer: "ret"
        default: "?"
        }
    }

    private func operandText(at index: Int) -> String {
        let signed = Int32(bitPattern: operand)
        return switch code {
        case BPFCode.loadWord, BPFCode.loadHalf, BPFCode.loadByte: "[\(signed)]"
        case BPFCode.loadHalfIndexed, BPFCode.loadByteIndexed: "[x + \(signed)]"
        case BPFCode.loadLength: "#pktlen"
        case BPFCode.loadHeaderLength: "4*([\(signed)]&0xf)"
        case BPFCode.copyIndex: ""
        case BPFCode.jump: "\(index + 1 + Int(operand))"
        case BPFCode.jumpIfAtLeastIndex: "x"
        case BPFCode.answer, BPFCode.shiftRight, BPFCode.subtract: "#\(operand)"
        default: "#0x\(String(operand, radix: 16))"
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}
