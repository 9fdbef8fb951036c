import CaptureStreams
import PacketDecoding
import Primitives
import TestSupport

/// One packet of the captures in Tests/Fixtures/captures.
struct CapturedPacket {
    let capture: String
    /// As tshark counts, from 1.
    let number: Int
    let frame: Frame
    let bytes: [UInt8]

    /// What the decoder makes of it.
    var decoded: Layers {
        var layers = Layers()
        layers.decode(bytes.span.bytes, of: frame)
        return layers
    }

    /// Every packet that can be read, in the order of the captures' names. Damage ends a capture early here; that
    /// it is told is tested with the readers.
    static let all: [CapturedPacket] = {
        var packets: [CapturedPacket] = []
        for name in Fixtures.captureNames { read(name, into: &packets) }
        return packets
    }()

    private static func read(_ name: String, into packets: inout [CapturedPacket]) {
        do {
            var reader = try CaptureReader(path: Fixtures.capture(name))
            var number = 0
            while let frame = try reader.next() {
                number += 1
                let bytes = reader.bytes
                packets.append(
                    CapturedPacket(
                        capture: name, number: number, frame: frame,
                        bytes: (0..<bytes.byteCount).map { bytes.byte(at: $0) }))
            }
        } catch {}
    }

    /// All of `packets` as one pcapng with an interface for each link type, so that a peer starts only once.
    static func pcapng(_ packets: [CapturedPacket]) -> [UInt8] {
        var links: [LinkType] = []
        var file = block(0x0A0D_0D0A, word(0x1A2B_3C4D) + word(1) + [UInt8](repeating: 0xFF, count: 8))
        for packet in packets where !links.contains(packet.frame.linkType) {
            links.append(packet.frame.linkType)
            file += block(1, word(UInt32(packet.frame.linkType.rawValue)) + word(0))
        }
        for packet in packets {
            let interface = links.firstIndex(of: packet.frame.linkType) ?? 0
            file += block(
                6,
                word(UInt32(interface)) + word(0) + word(0) + word(UInt32(packet.bytes.count))
                    + word(UInt32(packet.frame.originalLength)) + packet.bytes)
        }
        return file
    }

    private static func word(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
        let length = word(UInt32(padded.count + 12))
        return word(type) + length + padded + length
    }
}
