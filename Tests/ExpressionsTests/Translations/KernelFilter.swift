import Expressions
import Glibc

/// The kernel's own engine for classic BPF, without any privilege: a pair of datagram sockets of which the
/// receiving one has the program attached. What is sent is the frame; what does not pass never arrives.
struct KernelFilter: ~Copyable {
    private let sender: Int32
    private let receiver: Int32

    struct Refusal: Error {
        var call: String
        var errno: Int32
    }

    /// A pair with the program attached; the kernel checks it as it does for a packet socket.
    static func attaching(_ program: [BPFInstruction]) throws -> KernelFilter {
        var pair: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &pair) == 0 else {
            throw Refusal(call: "socketpair", errno: errno)
        }
        let filter = KernelFilter(sender: pair[0], receiver: pair[1])
        try filter.attach(program)
        return filter
    }

    private init(sender: Int32, receiver: Int32) {
        self.sender = sender
        self.receiver = receiver
    }

    private func attach(_ program: [BPFInstruction]) throws {
        var instructions = program.map { instruction in
            Instruction(
                code: instruction.code, jumpIfTrue: instruction.jumpIfTrue, jumpIfFalse: instruction.jumpIfFalse,
                operand: instruction.operand)
        }
        let status = instructions.withUnsafeMutableBytes { bytes in
            var description = Description(length: UInt16(program.count), instructions: bytes.baseAddress)
            // SO_ATTACH_FILTER
            return setsockopt(
                receiver, SOL_SOCKET, 26, &description, socklen_t(MemoryLayout<Description>.size))
        }
        guard status == 0 else { throw Refusal(call: "setsockopt", errno: errno) }
    }

    deinit {
        close(sender)
        close(receiver)
    }

    /// Whether the frame passes. A datagram that the filter stops is gone without an error.
    func passes(_ frame: [UInt8]) -> Bool {
        guard send(sender, frame, frame.count, Int32(MSG_DONTWAIT)) == frame.count else { return false }
        var byte: UInt8 = 0
        return recv(receiver, &byte, 1, Int32(MSG_DONTWAIT)) >= 0
    }

    /// `struct sock_filter` (linux/filter.h).
    private struct Instruction {
        var code: UInt16
        var jumpIfTrue: UInt8
        var jumpIfFalse: UInt8
        var operand: UInt32
    }

    /// `struct sock_fprog`.
    private struct Description {
        var length: UInt16
        var instructions: UnsafeMutableRawPointer?
    }
}
