import CaptureFiles
import TestSupport
import Testing

@Suite("Damage")
struct DamageTests {
    private func pcap(_ count: Int) -> CaptureBytes {
        var file = CaptureBytes()
        file.pcapHeader()
        for index in 0..<count { file.record(1_700_000_000 + UInt32(index), 5, [UInt8](repeating: 0xAB, count: 60)) }
        return file
    }

    private func pcapng(_ count: Int) -> CaptureBytes {
        var file = CaptureBytes()
        file.section()
        file.interface()
        for index in 0..<count { file.packet(UInt64(index), [UInt8](repeating: 0xAB, count: 60)) }
        return file
    }

    @Test("A pcap that is cut within a record has the packets before, and says where it ends")
    func cutRecord() {
        let bytes = Array(pcap(3).bytes.dropLast(10))
        let reading = CaptureReading(of: bytes)
        #expect(reading.packets.count == 2)
        #expect(
            reading.damage == [
                CaptureDamage(offset: 24 + 2 * 76, reason: .truncated(needed: 76, present: 66), skipped: 66)
            ])
        #expect(
            reading.damage.first?.description
                == "at byte 176: the file ends 66 bytes into a record of 76 bytes; 66 bytes were passed over")
        let header = CaptureReading(of: Array(pcap(1).bytes.prefix(24 + 7)))
        #expect(header.damage.map(\.reason) == [.truncated(needed: 16, present: 7)])
    }

    @Test("Behind a record that claims too much, the next that can be one is read")
    func wrongLength() {
        var file = pcap(10)
        // The captured length of the third record.
        file.bytes.replaceSubrange(24 + 2 * 76 + 8..<24 + 2 * 76 + 12, with: [0xFF, 0xFF, 0xFF, 0x7F])
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.packets.count == 9)
        #expect(
            reading.damage == [
                CaptureDamage(
                    offset: 176, reason: .recordTooLong(claimed: 0x7FFF_FFFF, limit: CaptureParser.packetLimit),
                    skipped: 76)
            ])
    }

    @Test("Bytes that were lost from the middle of a pcap cost the packets that they were of")
    func lostBytes() {
        var file = pcap(20)
        file.bytes.removeSubrange(24 + 5 * 76 + 30..<24 + 6 * 76 + 40)
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.packets.count >= 18 && reading.damageCount == 1)
    }

    @Test("A pcap whose header announces larger packets may have them")
    func largePackets() {
        var file = CaptureBytes()
        file.pcapHeader(snapLength: 1 << 20)
        file.record(1, 0, [UInt8](repeating: 1, count: 300_000))
        #expect(CaptureReading(of: file.bytes).damage.isEmpty)
    }

    @Test("A pcapng that is cut within a block has the packets before")
    func cutBlock() {
        let bytes = Array(pcapng(3).bytes.dropLast(10))
        let reading = CaptureReading(of: bytes)
        #expect(reading.packets.count == 2)
        #expect(reading.damage.map(\.reason) == [.truncated(needed: 92, present: 82)])
        #expect(reading.damage.first?.offset == Int64(bytes.count - 82))
    }

    @Test("Behind a block of an impossible length, the next whole block is read", arguments: [0, 4, 11, 0x7FFF_FFFC])
    func blockLength(length: UInt32) {
        var file = pcapng(1)
        let start = file.bytes.count
        file.block(6, length: length, second: length, [UInt8](repeating: 0, count: 40))
        file.packet(9, [1])
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.packets.count == 2)
        #expect(
            reading.damage == [
                CaptureDamage(
                    offset: Int64(start), reason: .blockLength(length, limit: CaptureParser.blockLimit), skipped: 52)
            ])
    }

    @Test("A block whose end has another length is read, if another block stands behind it")
    func lengthsDiffer() {
        var file = pcapng(1)
        file.block(0xBAD, second: 99, [1, 2, 3, 4])
        file.packet(9, [1])
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.packets.count == 2)
        #expect(reading.damage.map(\.reason) == [.blockLengthsDiffer(first: 16, second: 99)])
        #expect(reading.damage.map(\.skipped) == [0])
    }

    @Test("Blocks that contradict themselves are told, and the next is read")
    func contradictions() {
        var file = pcapng(1)
        file.packet(1, [1, 2], interface: 7)
        file.packet(1, [1, 2], captured: 1_000)
        file.block(6, [0, 0, 0, 0])
        file.block(1, [])
        file.packet(2, [1]) { $0.bytes += [1, 0, 0xFF, 0] }
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.packets.count == 2)
        #expect(
            reading.damage.map(\.reason) == [
                .unknownInterface(7), .packetExceedsBlock(claimed: 1_000, room: 4), .shortBlock(kind: 6, length: 16),
                .shortBlock(kind: 1, length: 12), .optionExceedsBlock(code: 1),
            ])
    }

    @Test("A section header of neither byte order is damage, and reading goes on behind it")
    func byteOrder() {
        var file = pcapng(1)
        file.block(0x0a0d_0d0a, [UInt8](repeating: 7, count: 16))
        file.packet(1, [1])
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.packets.count == 2)
        #expect(reading.damage.map(\.reason) == [.byteOrder(0x0707_0707)])
    }

    @Test("Only so many places are kept, and all are counted")
    func manyPlaces() {
        var file = pcapng(1)
        for _ in 0..<300 { file.packet(1, [1], interface: 9) }
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.damage.count == CaptureParser.damageLimit)
        #expect(reading.damageCount == 300)
    }

    @Test("Interfaces are limited, and the packets of those beyond are told")
    func manyInterfaces() {
        var file = CaptureBytes()
        file.section()
        for _ in 0...CaptureParser.interfaceLimit { file.interface() }
        file.packet(1, [1], interface: UInt32(CaptureParser.interfaceLimit))
        file.packet(1, [1], interface: UInt32(CaptureParser.interfaceLimit - 1))
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.interfaces.count == CaptureParser.interfaceLimit)
        #expect(reading.packets.count == 1)
        #expect(
            reading.damage.map(\.reason) == [
                .tooManyInterfaces(limit: CaptureParser.interfaceLimit),
                .unknownInterface(UInt32(CaptureParser.interfaceLimit)),
            ])
    }

    @Test("A packet may name the interface number that nobody can have")
    func lastNumber() {
        var file = CaptureBytes()
        file.section()
        file.packet(1, [1], interface: .max)
        #expect(CaptureReading(of: file.bytes).damage.map(\.reason) == [.unknownInterface(.max)])
    }

    @Test("The texts of sections and interfaces are kept up to a limit")
    func manyTexts() {
        var file = CaptureBytes()
        let text = String(repeating: "a", count: 4_000)
        for _ in 0..<20 { file.section { section in for _ in 0..<100 { section.option(1, text: text) } } }
        let reading = CaptureReading(of: file.bytes)
        let kept = reading.sections.reduce(0) { $0 + $1.comments.reduce(0) { $0 + $1.utf8.count } }
        #expect(reading.sections.count == 20)
        #expect(CaptureParser.textLimit - 10_000...CaptureParser.textLimit ~= kept + 32 * (kept / 4_000))
    }

    @Test("A run that has no numbers left reads on, without interfaces")
    func noNumbers() {
        let reading = CaptureReading(of: pcapng(2).bytes, firstInterface: .max)
        #expect(reading.packets.count == 2 && reading.interfaces.isEmpty)
        let plain = CaptureReading(of: pcap(2).bytes, firstInterface: .max)
        #expect(plain.packets.count == 2)
    }
}
