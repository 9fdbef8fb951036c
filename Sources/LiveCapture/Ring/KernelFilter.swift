import SystemCalls

/// What runs in the kernel on each frame: the union of what everybody asked for, behind what this ring never wants.
enum KernelFilter {
    /// The kernel's limit (BPF_MAXINSNS).
    /// - Limit: instructions of the kernel's filter |  | it is made wider; the list of interfaces is left to the ring
    static let instructionLimit = 4_096

    /// Lets nothing through.
    static let shut = [FilterInstruction(code: BPFWriter.answer, operand: 0)]

    /// `program` for the frames of `interfaces` (nil: all), without the second copy of what loopback carries.
    ///
    /// Where the sum is longer than the kernel takes, the list of interfaces stays out of it, and at last the question
    /// for loopback too: the ring itself asks both again for what comes through.
    static func instructions(_ program: [FilterInstruction], interfaces: Set<UInt32>?) -> [FilterInstruction] {
        let listed = interfaces.map(only) ?? []
        for prefix in [listed + withoutSecondCopies, withoutSecondCopies] {
            if prefix.count + program.count <= instructionLimit { return prefix + program }
        }
        return program
    }

    /// What this machine sends to itself is seen when it leaves and when it arrives; only its arrival counts.
    private static var withoutSecondCopies: [FilterInstruction] {
        var writer = BPFWriter()
        writer.append(BPFWriter.loadWord, BPFWriter.ancillary + BPFWriter.packetType)
        writer.append(BPFWriter.jumpIfEqual, UInt32(RingLayout.outgoing), jumpIfFalse: 3)
        writer.append(BPFWriter.loadWord, BPFWriter.ancillary + BPFWriter.hardware)
        writer.append(BPFWriter.jumpIfEqual, UInt32(HardwareType.loopback), jumpIfFalse: 1)
        writer.append(BPFWriter.answer, 0)
        return writer.instructions
    }

    private static func only(_ interfaces: Set<UInt32>) -> [FilterInstruction] {
        var writer = BPFWriter()
        writer.append(BPFWriter.loadWord, BPFWriter.ancillary + BPFWriter.interface)
        let count = interfaces.count
        for (index, interface) in interfaces.sorted().enumerated() {
            writer.append(BPFWriter.jumpIfEqual, interface, jumpIfFalse: 1)
            // Past the other questions and the refusal.
            writer.append(BPFWriter.jump, UInt32(2 * (count - 1 - index) + 1))
        }
        writer.append(BPFWriter.answer, 0)
        return writer.instructions
    }
}
