import IPLog
import Primitives
import TestSupport
import Testing

@Suite("Layouts of records")
struct LayoutTests {
    @Test("Sizes are those of the releases")
    func sizes() {
        let sizes = IPLogLayout.allCases.map { [$0.headerSize, $0.filterSize, $0.translationSize, $0.stateSize] }
        #expect(
            sizes == [
                [40, 16, 48, 72], [40, 24, 48, 72], [48, 20, 48, 72], [40, 28, 48, 72], [40, 40, 48, 72],
                [40, 80, 64, 136], [40, 80, 160, 136], [48, 80, 160, 136],
            ])
    }

    @Test("A packet record of 5.1 is written field by field where 5.1 has it")
    func filter51() {
        let bytes = SampleRecords.bytes {
            SampleRecords.append(to: &$0)
        }
        let span = bytes.span.bytes
        #expect(bytes.count == 168)
        #expect(span.little32(at: 0) == 0x4950_4C4D)
        #expect(span.little32(at: 4) == 1)
        #expect(span.little64(at: 8) == 7)
        #expect(span.little64(at: 16) == 1_700_000_000)
        #expect(span.little64(at: 24) == 12)
        #expect(span.little64(at: 32) == 168)
        #expect(span.little64(at: 40) == 0)
        #expect(span.little32(at: 48) == 3)
        #expect(span.little32(at: 52) == 4)
        #expect(span.little32(at: 56) == 0x8412)
        #expect(span.little32(at: 60) == 0x20)
        #expect(span.little32(at: 64) == 100)
        #expect(Array(bytes[68..<72]) == [0x74, 0x61, 0x67, 0])
        #expect(span.little32(at: 84) == 1)
        #expect(span.little16(at: 88) == 0)
        #expect(span.little16(at: 90) == 158)
        #expect(Array(bytes[92..<96]) == [0x6C, 0x61, 0x6E, 0])
        #expect(Array(bytes[108..<112]) == [40, 0, 14, 2])
        #expect(Array(bytes[112..<117]) == [0x65, 0x74, 0x68, 0x30, 0])
        #expect(Array(bytes[128...]) == SampleRecords.packet)
    }

    @Test("4.1 keeps length and fragment field of the packet lowest byte first, and has no reason and family")
    func filter41() {
        let bytes = SampleRecords.bytes {
            SampleRecords.append(to: &$0, as: .v41)
        }
        #expect(bytes.count == 160)
        #expect(bytes.span.bytes.little64(at: 24) == 160)
        #expect(bytes.span.bytes.little64(at: 8) == 1_700_000_000)
        #expect(Array(bytes[102..<104]) == [0, 0])
        #expect(Array(bytes[120..<128]) == [0x45, 0, 40, 0, 0x12, 0x34, 0, 0x40])
        let wire = SampleRecords.bytes { IPLogPacket.append(bytes.span.bytes.extracting(120...), .v41, to: &$0) }
        #expect(wire == SampleRecords.packet)
    }

    @Test("The manual page's layout has the flags of its time")
    func manualPage() {
        let bytes = SampleRecords.bytes {
            SampleRecords.append(to: &$0, as: .manualPage)
        }
        let span = bytes.span.bytes
        #expect(bytes.count == 96)
        #expect(span.little64(at: 0) == 1_700_000_000)
        #expect(span.little64(at: 8) == 12)
        #expect(span.little32(at: 20) == 1)
        #expect(span.little64(at: 24) == 96)
        #expect(Array(bytes[44..<50]) == [0x65, 0x74, 0x68, 0x30, 0, 40])
        #expect(span.little16(at: 50) == 4)
        #expect(span.little32(at: 52) == 0x101A)
    }

    @Test("What is written is read again, in 5.1 with every field", arguments: IPLogWriting.allCases)
    func again(_ writing: IPLogWriting) {
        let layout = writing.layout
        let bytes = SampleRecords.bytes {
            SampleRecords.append(to: &$0, as: writing)
            $0.append(SampleRecords.header, SampleRecords.translation, writing)
            $0.append(SampleRecords.header, SampleRecords.state, writing)
        }
        let span = bytes.span.bytes
        let body = layout.headerSize
        let filter = IPLogFilterRecord(span, at: body, layout)
        let second = layout.fixedSize(.filter) + 40
        let translation = IPLogTranslationRecord(span, at: second + body, layout)
        let third = second + layout.fixedSize(.translation)
        let state = IPLogStateRecord(span, at: third + body, layout)
        #expect(bytes.count == third + layout.fixedSize(.state))
        #expect(filter.verdict == .passed && filter.keepsState && filter.direction == 0 && filter.rule == 4)
        #expect(translation.oldSource == SampleRecords.translation.oldSource)
        #expect(translation.newSource == SampleRecords.translation.newSource)
        #expect(translation.oldDestination == SampleRecords.translation.oldDestination)
        #expect(translation.rule == 3 && translation.action == IPLogTranslationRecord.Action.expire)
        #expect(state.source == SampleRecords.state.source && state.destinationPort == 80 && state.isClosed)
        switch writing {
        case .v51:
            #expect(filter == SampleRecords.filter)
            #expect(translation == SampleRecords.translation)
            #expect(state == SampleRecords.state)
            #expect(IPLogHeader(span, at: second, layout) == SampleRecords.header)
        case .v41:
            #expect(state == SampleRecords.state)
            #expect(translation.packets == SampleRecords.translation.packets)
            #expect(span.little32(at: second) == 0x4950_4C4E && span.little32(at: third) == 0x4950_4C53)
        case .manualPage:
            #expect(translation.packets.there == 12 && state.bytes.forwardIn == 12_345_678_961)
        }
    }

    @Test("An ICMP state has its type in the place of the ports, lowest byte first")
    func icmpType() {
        var state = SampleRecords.state
        state.portBytes = 0
        state.icmpType = 8
        let bytes = SampleRecords.bytes { $0.append(SampleRecords.header, state) }
        #expect(Array(bytes[48 + 102..<48 + 106]) == [8, 0, 0, 0])
    }

    @Test("Nothing is allocated for a record where the buffer has room")
    func allocationFree() {
        var buffer = ByteBuffer(capacity: 1 << 20)
        let packet = SampleRecords.packet
        let (filter, translation, state) = (SampleRecords.filter, SampleRecords.translation, SampleRecords.state)
        let header = SampleRecords.header
        let count = allocations {
            for _ in 0..<1000 {
                buffer.removeAll()
                buffer.append(header, filter, packet: packet.span.bytes)
                buffer.append(header, translation)
                buffer.append(header, state)
            }
        }
        #expect(count < 5)
    }
}
