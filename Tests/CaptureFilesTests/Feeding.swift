import CaptureFiles
import PacketDecoding
import Primitives

/// A packet as a test keeps it.
struct Packet: Equatable {
    var time: Int64
    var original: Int
    var linkType: UInt16
    var direction: FrameDirection
    var interface: UInt16
    var bytes: [UInt8]
    var comments: [String]
}

/// All that came out of a capture.
struct Reading: Equatable {
    var packets: [Packet] = []
    var interfaces: [CaptureInterface] = []
    var sections: [CaptureSection] = []
    var names: [CaptureName] = []
    var damage: [CaptureDamage] = []
    var damageCount = 0
    var dropped: UInt64 = 0
    var kept: [UInt8] = []
    var error: CaptureFormatError?
    /// Steps that the parser took: a bound on its work.
    var steps = 0

    static func == (left: Reading, right: Reading) -> Bool {
        left.packets == right.packets && left.interfaces == right.interfaces && left.sections == right.sections
            && left.names == right.names && left.damage == right.damage && left.damageCount == right.damageCount
            && left.dropped == right.dropped && left.kept == right.kept && left.error == right.error
    }
}

/// Reads `capture` with a window that gets `nextPiece()` bytes at a time.
func read(
    _ capture: [UInt8], firstInterface: UInt16 = 0, readsHead: Bool = true, nextPiece: () -> Int = { .max }
) -> Reading {
    var reading = Reading()
    var parser = CaptureParser(firstInterface: InterfaceID(rawValue: firstInterface), keepsBlocks: true)
    var window: [UInt8] = []
    var fed = 0
    func feed(_ count: Int, _ parser: inout CaptureParser) {
        let gone = parser.nextPosition
        window.removeFirst(gone)
        parser.discard(gone)
        while window.count < count, fed < capture.count {
            let piece = min(max(1, nextPiece()), capture.count - fed)
            window += capture[fed..<fed + piece]
            fed += piece
        }
    }
    do {
        if readsHead {
            while case .needBytes(let count) = try parser.readHead(in: window.span.bytes, isLast: fed == capture.count)
            {
                feed(count, &parser)
            }
        }
        loop: while true {
            reading.steps += 1
            if let frame = parser.quickPacket(in: window.span.bytes) {
                reading.packets.append(packet(frame, parser, window))
                continue
            }
            switch try parser.next(in: window.span.bytes, isLast: fed == capture.count) {
            case .packet(let frame): reading.packets.append(packet(frame, parser, window))
            case .needBytes(let count): feed(count, &parser)
            case .end: break loop
            }
        }
    } catch {
        reading.error = error
    }
    reading.interfaces = parser.interfaces
    reading.sections = parser.sections
    reading.names = parser.names
    reading.damage = parser.damage
    reading.damageCount = parser.damageCount
    reading.dropped = parser.droppedBetweenPackets
    reading.kept = parser.takeKeptBlocks()
    return reading
}

private func packet(_ frame: Frame, _ parser: borrowing CaptureParser, _ window: [UInt8]) -> Packet {
    precondition(parser.packetBytes.count == frame.capturedLength)
    return Packet(
        time: frame.time.nanoseconds, original: frame.originalLength, linkType: frame.linkType.rawValue,
        direction: frame.direction, interface: frame.interface.rawValue, bytes: Array(window[parser.packetBytes]),
        comments: parser.packetComments(in: window.span.bytes))
}
