public import CaptureFiles
public import PacketDecoding
import Primitives

/// A packet as tests keep it.
public struct ReadPacket: Equatable, Sendable {
    public var time: Int64
    public var original: Int
    public var linkType: UInt16
    public var direction: FrameDirection
    public var interface: UInt16
    public var bytes: [UInt8]
    public var comments: [String]
}

/// All that comes out of a capture's bytes.
public struct CaptureReading: Sendable {
    public var packets: [ReadPacket] = []
    public var interfaces: [CaptureInterface] = []
    public var sections: [CaptureSection] = []
    public var names: [CaptureName] = []
    public var damage: [CaptureDamage] = []
    public var damageCount = 0
    public var dropped: UInt64 = 0
    public var kept: [UInt8] = []
    public var error: CaptureFormatError?
    /// Steps that the parser took: a bound on its work.
    public var steps = 0

    /// Reads `capture` through a window that gets `nextPiece()` bytes at a time.
    public init(of capture: [UInt8], firstInterface: UInt16 = 0, nextPiece: () -> Int = { .max }) {
        var parser = CaptureParser(firstInterface: InterfaceID(rawValue: firstInterface), keepsBlocks: true)
        var window = FedWindow(capture)
        do throws(CaptureFormatError) {
            while case .needBytes(let count) = try parser.readHead(in: window.bytes.span.bytes, isLast: window.isLast) {
                window.feed(count, &parser, nextPiece)
            }
            try readPackets(&parser, &window, nextPiece)
        } catch {
            self.error = error
        }
        interfaces = parser.interfaces
        sections = parser.sections
        names = parser.names
        damage = parser.damage
        damageCount = parser.damageCount
        dropped = parser.droppedBetweenPackets
        kept = parser.takeKeptBlocks()
    }

    private mutating func readPackets(
        _ parser: inout CaptureParser, _ window: inout FedWindow, _ nextPiece: () -> Int
    ) throws(CaptureFormatError) {
        while true {
            steps += 1
            if let frame = parser.quickPacket(in: window.bytes.span.bytes) {
                keep(frame, parser, window)
                continue
            }
            switch try parser.next(in: window.bytes.span.bytes, isLast: window.isLast) {
            case .packet(let frame): keep(frame, parser, window)
            case .needBytes(let count): window.feed(count, &parser, nextPiece)
            case .end: return
            }
        }
    }

    private mutating func keep(_ frame: Frame, _ parser: borrowing CaptureParser, _ window: borrowing FedWindow) {
        precondition(parser.packetBytes.count == frame.capturedLength, "a frame's length is that of its bytes")
        packets.append(
            ReadPacket(
                time: frame.time.nanoseconds, original: frame.originalLength, linkType: frame.linkType.rawValue,
                direction: frame.direction, interface: frame.interface.rawValue,
                bytes: Array(window.bytes[parser.packetBytes]),
                comments: parser.packetComments(in: window.bytes.span.bytes)))
    }

    /// What differs between two readings, in words; nil where nothing does. Steps may differ.
    public func difference(from other: CaptureReading) -> String? {
        if error != other.error { return "errors \(error as Any) and \(other.error as Any)" }
        if packets != other.packets { return "packets, \(packets.count) and \(other.packets.count)" }
        if interfaces != other.interfaces { return "interfaces" }
        if sections != other.sections { return "sections" }
        if names != other.names { return "names" }
        if damageCount != other.damageCount || damage != other.damage {
            return "damage \(damage) and \(other.damage)"
        }
        if dropped != other.dropped { return "drops" }
        return kept == other.kept ? nil : "kept blocks"
    }
}

/// The window of a parser, fed from an array.
private struct FedWindow {
    var bytes: [UInt8] = []
    private let capture: [UInt8]
    private var fed = 0

    init(_ capture: [UInt8]) { self.capture = capture }

    var isLast: Bool { fed == capture.count }

    mutating func feed(_ count: Int, _ parser: inout CaptureParser, _ nextPiece: () -> Int) {
        let gone = parser.nextPosition
        bytes.removeFirst(gone)
        parser.discard(gone)
        precondition(bytes.count < count && !isLast, "a parser only asks for bytes that it has not")
        while bytes.count < count, !isLast {
            let piece = min(max(1, nextPiece()), capture.count - fed)
            bytes += capture[fed..<fed + piece]
            fed += piece
        }
    }
}
