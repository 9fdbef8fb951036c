import CaptureFiles
import PacketDecoding
import TestSupport
import Testing

private let cookedTypes: [(type: UInt8, direction: FrameDirection)] = [(0, .incoming), (4, .outgoing), (9, .unknown)]

@Suite("Plain pcap")
struct PcapTests {
    @Test("Both byte orders, with micro- and nanoseconds", arguments: [ByteOrder.little, .big], [true, false])
    func orders(order: ByteOrder, isNano: Bool) {
        var file = CaptureBytes(order)
        file.pcapHeader(magic: isNano ? 0xa1b2_3c4d : 0xa1b2_c3d4, linkType: 113)
        file.record(1_700_000_000, 123_456, [1, 2, 3], original: 1_500)
        file.record(1_700_000_001, 999_999, [])
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.error == nil && reading.damage.isEmpty)
        #expect(reading.packets.map(\.bytes) == [[1, 2, 3], []])
        #expect(reading.packets.map(\.original) == [1_500, 0])
        let factor: Int64 = isNano ? 1 : 1_000
        #expect(
            reading.packets.map(\.time) == [
                1_700_000_000_000_000_000 + 123_456 * factor, 1_700_000_001_000_000_000 + 999_999 * factor,
            ])
        #expect(reading.interfaces.map(\.linkType) == [.linuxCooked])
        #expect(reading.interfaces.map(\.timeResolution) == [isNano ? 9 : 6])
    }

    @Test("Kuznetzov's records are longer, and know the direction", arguments: [ByteOrder.little, .big])
    func modified(order: ByteOrder) {
        var file = CaptureBytes(order)
        file.pcapHeader(magic: 0xa1b2_cd34)
        file.record(1, 2, [7, 8], modified: [0, 0, 0, 2, 0, 0, 4, 0])
        file.record(1, 3, [9], modified: [0, 0, 0, 2, 0, 0, 0, 0])
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.damage.isEmpty)
        #expect(reading.packets.map(\.bytes) == [[7, 8], [9]])
        #expect(reading.packets.map(\.direction) == [.outgoing, .incoming])
    }

    @Test("The link type's word also tells the check sequence's length")
    func checkSequence() {
        var file = CaptureBytes()
        file.pcapHeader(linkType: 1 << 26 | 2 << 28 | 1)
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.interfaces.first?.linkType == .ethernet)
        #expect(reading.interfaces.first?.checkSequenceLength == 4)
    }

    @Test("Before version 2.3 the lengths stand the other way round")
    func swappedLengths() {
        var file = CaptureBytes()
        file.pcapHeader(version: (2, 2))
        file.add(UInt32(1))
        file.add(UInt32(0))
        file.add(UInt32(60))
        file.add(UInt32(2))
        file.bytes += [5, 6]
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.packets.map(\.bytes) == [[5, 6]])
        #expect(reading.packets.map(\.original) == [60])
    }

    @Test(
        "Linux cooked headers tell the direction",
        arguments: cookedTypes)
    func cooked(type: UInt8, direction: FrameDirection) {
        var first = CaptureBytes()
        first.pcapHeader(linkType: 113)
        first.record(1, 0, [0, type] + [UInt8](repeating: 0, count: 14))
        #expect(CaptureReading(of: first.bytes).packets.map(\.direction) == [direction])
        var second = CaptureBytes()
        second.pcapHeader(linkType: 276)
        second.record(1, 0, [UInt8](repeating: 0, count: 10) + [type] + [UInt8](repeating: 0, count: 9))
        #expect(CaptureReading(of: second.bytes).packets.map(\.direction) == [direction])
    }

    @Test("Interfaces are numbered from where the run stands")
    func numbering() {
        var file = CaptureBytes()
        file.pcapHeader()
        file.record(1, 0, [1])
        let reading = CaptureReading(of: file.bytes, firstInterface: 7)
        #expect(reading.interfaces.map(\.id.rawValue) == [7])
        #expect(reading.packets.map(\.interface) == [7])
    }

    @Test("What is no capture is refused, and told what it is")
    func refusals() {
        #expect(CaptureReading(of: []).error == .empty)
        #expect(CaptureReading(of: [0xd4]).error == .tooShort(present: 1, needed: 24))
        #expect(CaptureReading(of: [0xd4, 0xc3, 0xb2, 0xa1, 2]).error == .tooShort(present: 5, needed: 24))
        #expect(CaptureReading(of: Array("GET / HTTP/1.1".utf8)).error == .unknownMagic(0x4745_5420))
        #expect(CaptureReading(of: Array("snoop\0\0\0".utf8)).error == .unsupported("a capture of Solaris' snoop"))
        #expect(
            CaptureFormatError.unknownMagic(0x4745_5420).description
                == "this is no capture: it begins with the bytes 47455420, and a capture begins with "
                + "a1b2c3d4 or a1b23c4d (pcap, in either byte order) or 0a0d0d0a (pcapng); an ipl log begins with a "
                + "record")
        #expect(
            CaptureFormatError.tooShort(present: 5, needed: 24).description
                == "the file ends after 5 bytes, within the header of 24 bytes that a capture begins with")
        #expect(
            CaptureFormatError.empty.description
                == "the file is empty; even a capture without packets begins with a header")
    }
}
