import Glibc
import PacketDecoding
import Primitives
import SystemCalls

@testable import LiveCapture

/// A ring as the kernel would fill it, in memory of our own, for tests that make it lie.
struct RingMemory {
    let blockSize: Int
    let blockCount: Int
    var bytes: [UInt8]

    init(blockSize: Int = 4_096, blockCount: Int = 4) {
        self.blockSize = blockSize
        self.blockCount = blockCount
        bytes = [UInt8](repeating: 0, count: blockSize * blockCount)
    }

    /// A packet of the ring.
    struct Packet {
        var bytes: [UInt8]
        var seconds: UInt32 = 1_700_000_000
        var nanoseconds: UInt32 = 5
        var originalLength: Int?
        var interface: UInt32 = 2
        var hardware: UInt16 = 1
        /// PACKET_HOST
        var type: UInt8 = 0
        var tag: UInt16?
        var tagProtocol: UInt16?
        /// Bytes from the link header to the network header.
        var linkLength = 14
    }

    mutating func put32(_ value: UInt32, at offset: Int) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }

    mutating func put16(_ value: UInt16, at offset: Int) {
        bytes[offset] = UInt8(truncatingIfNeeded: value)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
    }

    /// Fills a block and hands it over. Returns where each packet's header is.
    @discardableResult
    mutating func fill(_ block: Int, with packets: [Packet]) -> [Int] {
        let start = block * blockSize
        put32(1, at: start + 8)
        put32(UInt32(packets.count), at: start + 12)
        put32(48, at: start + 16)
        var headers: [Int] = []
        var position = start + 48
        for (index, packet) in packets.enumerated() {
            headers.append(position)
            let link = 96 - packet.linkLength
            let length = (link + packet.bytes.count + 7) / 8 * 8
            put32(index == packets.count - 1 ? 0 : UInt32(length), at: position)
            put32(packet.seconds, at: position + 4)
            put32(packet.nanoseconds, at: position + 8)
            put32(UInt32(packet.bytes.count), at: position + 12)
            put32(UInt32(packet.originalLength ?? packet.bytes.count), at: position + 16)
            let status: UInt32 = 1 | (packet.tag == nil ? 0 : 1 << 4) | (packet.tagProtocol == nil ? 0 : 1 << 6)
            put32(status, at: position + 20)
            put16(UInt16(link), at: position + 24)
            put16(96, at: position + 26)
            put32(UInt32(packet.tag ?? 0), at: position + 32)
            put16(packet.tagProtocol ?? 0, at: position + 36)
            put32(packet.interface, at: position + 48 + 4)
            put16(packet.hardware, at: position + 48 + 8)
            bytes[position + 48 + 10] = packet.type
            bytes.replaceSubrange(position + link..<position + link + packet.bytes.count, with: packet.bytes)
            position += length
        }
        return headers
    }

    /// A walk over a copy of the memory.
    func walk() throws -> RingWalk {
        let zero = Glibc.open("/dev/zero", O_RDWR)
        defer { close(zero) }
        var map = try MemoryMap(sharing: zero, count: bytes.count, writable: true)
        for offset in stride(from: 0, to: bytes.count, by: 2) {
            map.storeBig16(UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]), at: offset)
        }
        return RingWalk(map, blockSize: blockSize, blockCount: blockCount)
    }
}

/// A frame that a walk handed out, with its bytes.
struct Seen: Equatable {
    var bytes: [UInt8]
    var nanoseconds: Int64
    var original: Int
    var linkType: UInt16
    var direction: UInt8
    var interface: UInt16
}

extension RingWalk {
    /// What the open block has.
    mutating func rest() -> [Seen] {
        var seen: [Seen] = []
        while let frame = next() {
            var copy: [UInt8] = []
            let bytes = map.bytes(at: packetStart, count: packetLength)
            for index in 0..<bytes.byteCount { copy.append(bytes.byte(at: index)) }
            seen.append(
                Seen(
                    bytes: copy, nanoseconds: frame.time.nanoseconds, original: frame.originalLength,
                    linkType: frame.linkType.rawValue, direction: frame.direction.rawValue,
                    interface: frame.interface.rawValue))
        }
        return seen
    }
}
