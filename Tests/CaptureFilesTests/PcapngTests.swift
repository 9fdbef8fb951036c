import CaptureFiles
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// if_tsresol, ticks, if_tsoffset, and the nanoseconds that they make.
private let resolutionRows: [(resolution: UInt8, ticks: UInt64, offset: Int64, expected: Int64)] = [
    (0, 5, 0, 5_000_000_000),
    (3, 5, 0, 5_000_000),
    (6, 5, -1, -999_995_000),
    (9, .max, 0, .max),
    (9, 5, 1_000_000, 1_000_000_000_000_005),
    (12, 5_999, 0, 5),
    (28, .max, 0, 1),
    (127, .max, 0, 0),
    (0x80, 7, 0, 7_000_000_000),
    (0x80 + 10, 1_024 + 512, 0, 1_500_000_000),
    (0x80 + 64, .max, 0, 999_999_999),
    (0xFF, .max, 0, 0),
    (6, .max, .max, .max),
    (6, 0, .min, .min),
    (0, .max, .min, .max),
]

@Suite("pcapng")
struct PcapngTests {
    @Test("Sections, interfaces, packets and their options, in both byte orders", arguments: [ByteOrder.little, .big])
    func everything(order: ByteOrder) {
        var file = CaptureBytes(order)
        file.section {
            $0.option(1, text: "taken in the cellar")
            $0.option(2, text: "a box")
            $0.option(3, text: "Linux")
            $0.option(4, text: "dumpcap")
        }
        file.interface(snapLength: 96) {
            $0.option(2, text: "eth0")
            $0.option(3, text: "to the provider")
            $0.option(9, [9])
            $0.option(11, [0] + Array("port 80".utf8))
        }
        file.interface(linkType: 113) { $0.option(2, text: "any") }
        file.packet(1_700_000_000_123_456_789, [1, 2, 3, 4, 5], original: 99) {
            $0.option(1, text: "first")
            $0.option(2, $0.body { $0.add(UInt32(1)) })
            $0.option(1, text: "second")
            $0.option(4, $0.body { $0.add(UInt64(12)) })
            $0.option(0, [])
        }
        file.packet(5_000_000, [0, 4, 9, 9], interface: 1)
        file.packet(7, [1], interface: 0) { $0.option(2, $0.body { $0.add(UInt32(2)) }) }
        file.block(
            5,
            file.body {
                $0.add(UInt32(0))
                $0.add(UInt64(0))
                $0.option(4, $0.body { $0.add(UInt64(1_000)) })
                $0.option(5, $0.body { $0.add(UInt64(3)) })
            })
        let reading = CaptureReading(of: file.bytes, firstInterface: 3)
        #expect(reading.damage.isEmpty && reading.error == nil)
        #expect(reading.sections.count == 1)
        #expect(reading.sections.first?.comments == ["taken in the cellar"])
        #expect(reading.sections.first?.application == "dumpcap")
        #expect(reading.sections.first?.byteOrder == order)
        #expect(reading.interfaces.map(\.name) == ["eth0", "any"])
        #expect(reading.interfaces.map(\.id.rawValue) == [3, 4])
        #expect(reading.interfaces.first?.description == "to the provider")
        #expect(reading.interfaces.first?.filter == "port 80")
        #expect(reading.interfaces.first?.snapLength == 96)
        #expect(reading.interfaces.first?.statistics.received == 1_000)
        #expect(reading.interfaces.first?.statistics.dropped == 3)
        #expect(reading.packets.map(\.time) == [1_700_000_000_123_456_789, 5_000_000_000, 7])
        #expect(reading.packets.map(\.comments) == [["first", "second"], [], []])
        #expect(reading.packets.map(\.direction) == [.incoming, .outgoing, .outgoing])
        #expect(reading.packets.map(\.interface) == [3, 4, 3])
        #expect(reading.packets.map(\.linkType) == [1, 113, 1])
        #expect(reading.dropped == 12)
    }

    @Test("Every section numbers its interfaces anew, in its own byte order; the run goes on counting")
    func sections() {
        var file = CaptureBytes(.little)
        file.section()
        file.interface { $0.option(2, text: "a") }
        file.packet(1, [1])
        var other = CaptureBytes(.big)
        other.section()
        other.interface(linkType: 101) { $0.option(2, text: "b") }
        other.packet(2, [2, 2])
        let reading = CaptureReading(of: file.bytes + other.bytes + file.bytes)
        #expect(reading.damage.isEmpty)
        #expect(reading.packets.map(\.interface) == [0, 1, 2])
        #expect(reading.packets.map(\.linkType) == [1, 101, 1])
        #expect(reading.interfaces.map(\.section) == [0, 1, 2])
    }

    @Test("Simple packets are cut at the snap length and have no time; obsolete ones count drops")
    func otherPackets() {
        var file = CaptureBytes()
        file.section()
        file.interface(snapLength: 4)
        file.block(
            3,
            file.body {
                $0.add(UInt32(1_000))
                $0.bytes += [1, 2, 3, 4]
            })
        file.block(
            2,
            file.body {
                $0.add(UInt16(0))
                $0.add(UInt16(5))
                $0.add(UInt32(0))
                $0.add(UInt32(3))
                $0.add(UInt32(2))
                $0.add(UInt32(60))
                $0.bytes += [8, 9, 0, 0]
                $0.option(2, $0.body { $0.add(UInt32(2)) })
            })
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.damage.isEmpty)
        #expect(reading.packets.map(\.bytes) == [[1, 2, 3, 4], [8, 9]])
        #expect(reading.packets.map(\.original) == [1_000, 60])
        #expect(reading.packets.map(\.time) == [0, 3_000])
        #expect(reading.packets.map(\.direction) == [.unknown, .outgoing])
        #expect(reading.dropped == 5)
    }

    @Test(
        "Any resolution and offset becomes nanoseconds, and nothing overflows",
        arguments: resolutionRows)
    func resolutions(resolution: UInt8, ticks: UInt64, offset: Int64, expected: Int64) {
        var file = CaptureBytes()
        file.section()
        file.interface {
            $0.option(9, [resolution])
            $0.option(14, $0.body { $0.add(offset) })
        }
        file.packet(ticks, [1])
        #expect(CaptureReading(of: file.bytes).packets.map(\.time) == [expected])
    }

    @Test("Names are kept, and blocks that a copy should have", arguments: [ByteOrder.little, .big])
    func names(order: ByteOrder) {
        var file = CaptureBytes(order)
        file.section()
        file.interface()
        file.block(
            4,
            file.body {
                $0.option(1, [192, 0, 2, 1] + Array("a.example\0b.example\0".utf8))
                $0.option(2, [UInt8](repeating: 0, count: 15) + [1] + Array("localhost\0".utf8))
                $0.option(0, [])
            })
        file.block(
            10,
            file.body {
                $0.add(UInt32(0x544c_534b))
                $0.add(UInt32(5))
                $0.bytes += Array("CLIEN".utf8)
            })
        file.block(
            0xBAD,
            file.body {
                $0.add(UInt32(32_473))
                $0.bytes += [1, 2, 3, 4]
            })
        file.block(0x4000_0BAD, file.body { $0.add(UInt32(32_473)) })
        let reading = CaptureReading(of: file.bytes)
        #expect(reading.damage.isEmpty)
        #expect(reading.names.map(\.name) == ["a.example", "b.example", "localhost"])
        #expect(reading.names.first?.address == .v4(IPv4Address(0xC000_0201)))
        #expect(reading.names.last?.address == .v6(IPv6Address(1)))
        // Whatever the order was, the copy is in little-endian order, and can be read again.
        var copy = CaptureBytes(.little)
        copy.section()
        let again = CaptureReading(of: copy.bytes + reading.kept)
        #expect(again.damage.isEmpty)
        #expect(again.names == reading.names)
        #expect(again.kept == reading.kept)
        #expect(reading.kept.count == file.bytes.count - 28 - 20 - 16)
    }

    @Test("Blocks of a kind that nobody knows are passed over")
    func unknown() {
        var file = CaptureBytes()
        file.section()
        file.interface()
        file.block(0x8000_1234, [1, 2, 3, 4, 5])
        file.packet(1, [1])
        #expect(CaptureReading(of: file.bytes).packets.count == 1)
    }
}
