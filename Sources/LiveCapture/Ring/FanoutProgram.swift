import SystemCalls

/// The program that spreads frames over the rings of a group: by their two addresses and nothing else, the same for
/// both directions, so that all packets and all fragments of a conversation meet.
///
/// It looks behind VLAN tags, whether the kernel took them off the frame or left them, and behind the header of PPPoE
/// sessions. What is no IP packet goes to the first ring.
enum FanoutProgram {
    /// Which addresses meet is different for each seed.
    static func instructions(seed: UInt32) -> [FilterInstruction] {
        let factor = factor(seed)
        var program = BPFWriter()
        program.append(BPFWriter.loadWord, BPFWriter.ancillary + BPFWriter.protocolOfFrame)
        program.whereEqual(etherTypeIPv4) { $0.returnHash(ofIPv4At: BPFWriter.network, factor) }
        program.whereEqual(etherTypeIPv6) { $0.returnHash(ofIPv6At: BPFWriter.network, factor) }
        program.whereEqual(etherTypePPPoE) { program in
            program.append(BPFWriter.loadHalf, BPFWriter.network + 6)
            program.whereEqual(0x0021) { $0.returnHash(ofIPv4At: BPFWriter.network + 8, factor) }
            program.whereEqual(0x0057) { $0.returnHash(ofIPv6At: BPFWriter.network + 8, factor) }
            program.append(BPFWriter.answer, 0)
        }
        // The network header of a frame with tags in it is sometimes before them and sometimes behind: its link
        // header is certain, and such a frame is an Ethernet frame.
        for tags: UInt32 in 1...2 {
            let type = BPFWriter.link + 12 + 4 * tags
            program.whereNotTag { $0.append(BPFWriter.answer, 0) }
            program.append(BPFWriter.loadHalf, type)
            program.whereEqual(etherTypeIPv4) { $0.returnHash(ofIPv4At: type + 2, factor) }
            program.whereEqual(etherTypeIPv6) { $0.returnHash(ofIPv6At: type + 2, factor) }
        }
        program.append(BPFWriter.answer, 0)
        return program.instructions
    }

    /// Odd, so that no bit of an address is lost, and unlike for neighbouring seeds (the last steps of MurmurHash 3).
    private static func factor(_ seed: UInt32) -> UInt32 {
        var mixed = seed &+ 0x9E37_79B9
        mixed = (mixed ^ mixed >> 16) &* 0x85EB_CA6B
        mixed = (mixed ^ mixed >> 13) &* 0xC2B2_AE35
        return (mixed ^ mixed >> 16) | 1
    }
}

private let etherTypeIPv4: UInt32 = 0x0800
private let etherTypeIPv6: UInt32 = 0x86DD
private let etherTypePPPoE: UInt32 = 0x8864
private let etherTypeVLAN: UInt32 = 0x8100
private let etherTypeServiceVLAN: UInt32 = 0x88A8

extension BPFWriter {
    /// Runs `body` where the accumulator holds `value`; passes over it elsewhere. `body` must end with an answer.
    fileprivate mutating func whereEqual(_ value: UInt32, _ body: (inout BPFWriter) -> Void) {
        var inner = BPFWriter()
        body(&inner)
        // A conditional jump reaches 255 instructions, a plain one everything.
        append(Self.jumpIfEqual, value, jumpIfTrue: 1)
        append(Self.jump, UInt32(inner.instructions.count))
        instructions += inner.instructions
    }

    fileprivate mutating func whereNotTag(_ body: (inout BPFWriter) -> Void) {
        var inner = BPFWriter()
        body(&inner)
        append(Self.jumpIfEqual, etherTypeVLAN, jumpIfTrue: 2)
        append(Self.jumpIfEqual, etherTypeServiceVLAN, jumpIfTrue: 1)
        append(Self.jump, 1)
        append(Self.jump, UInt32(inner.instructions.count))
        instructions += inner.instructions
    }

    fileprivate mutating func returnHash(ofIPv4At start: UInt32, _ factor: UInt32) {
        returnHash(source: [start + 12], destination: [start + 16], factor)
    }

    fileprivate mutating func returnHash(ofIPv6At start: UInt32, _ factor: UInt32) {
        returnHash(
            source: (0..<4).map { start + 8 + 4 * $0 }, destination: (0..<4).map { start + 24 + 4 * $0 }, factor)
    }

    /// The sum of both addresses' hashes, whose high bits are the better ones.
    private mutating func returnHash(source: [UInt32], destination: [UInt32], _ factor: UInt32) {
        loadHash(of: source, factor)
        append(Self.store, 0)
        loadHash(of: destination, factor)
        append(Self.loadIndex, 0)
        append(Self.addIndex, 0)
        append(Self.multiply, factor)
        append(Self.shiftRight, 16)
        append(Self.answerAccumulator, 0)
    }

    /// A = the hash of the words at `places`; the second scratch word is used on the way.
    private mutating func loadHash(of places: [UInt32], _ factor: UInt32) {
        for (index, place) in places.enumerated() {
            append(Self.loadWord, place)
            if index > 0 {
                append(Self.loadIndex, 1)
                append(Self.exclusiveOrIndex, 0)
            }
            append(Self.multiply, factor)
            // Without the shift the sum of two products would be the product of the sum: 10.0.0.1 - 10.0.0.4 and
            // 10.0.0.2 - 10.0.0.3 would always meet.
            append(Self.copyToIndex, 0)
            append(Self.shiftRight, 15)
            append(Self.exclusiveOrIndex, 0)
            append(Self.store, 1)
        }
    }
}
