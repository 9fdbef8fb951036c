import PacketDecoding
import Primitives

// The three kinds of pcapng blocks that hold packets.
extension CaptureParser {
    /// Enhanced packet block: interface, time, both lengths, bytes, options.
    mutating func readEnhancedPacket(_ block: Block, in window: RawSpan) -> Outcome {
        let body = block.body
        guard body.count >= 20 else { return tooShort(block) }
        let order = section.order
        let start = body.lowerBound
        let high = window.load32(at: start + 4, order)
        let low = window.load32(at: start + 8, order)
        return packet(
            block, in: window, interface: window.load32(at: start, order), ticks: UInt64(high) << 32 | UInt64(low),
            captured: window.load32(at: start + 12, order), original: window.load32(at: start + 16, order),
            bytes: start + 20..<body.upperBound)
    }

    /// The next packet, where it is whole in the window in an enhanced packet block of the common form: the
    /// interface of the last packet, and no options but its flags. Nil: take the long way.
    mutating func quickBlock(in window: RawSpan) -> Frame? {
        let start = position
        let room = window.byteCount &- start
        guard room >= 32, window.little32(at: start) == BlockKind.enhancedPacket,
            window.little32(at: start &+ 8) == section.currentNumber
        else { return nil }
        let length = Int(window.little32(at: start &+ 4))
        let captured = Int(window.little32(at: start &+ 20))
        let options = length &- 32 &- captured &- (-captured & 3)
        guard length <= room, length & 3 == 0, options == 0 || options == 12,
            Int(window.little32(at: start &+ length &- 4)) == length
        else { return nil }
        var direction = FrameDirection.unknown
        packetOptions = start &+ length &- 4 &- options..<start &+ length &- 4
        if options == 12 {
            guard window.little32(at: packetOptions.lowerBound) == 4 << 16 | 2 else { return nil }
            direction = Self.direction(ofFlags: window.little32(at: packetOptions.lowerBound &+ 4))
        }
        packetStart = start &+ 28
        packetLength = captured
        position = start &+ length
        let ticks = UInt64(window.little32(at: start &+ 12)) << 32 | UInt64(window.little32(at: start &+ 16))
        return Frame(
            time: section.current.scale.timestamp(ticks), capturedLength: captured,
            originalLength: Int(window.little32(at: start &+ 24)), linkType: section.current.linkType,
            direction: direction, interface: section.current.id)
    }

    private static func direction(ofFlags flags: UInt32) -> FrameDirection {
        switch flags & 3 {
        case 1: .incoming
        case 2: .outgoing
        default: .unknown
        }
    }

    /// The packet block that the enhanced one replaced; it counts lost packets in a field of its own.
    mutating func readObsoletePacket(_ block: Block, in window: RawSpan) -> Outcome {
        let body = block.body
        guard body.count >= 20 else { return tooShort(block) }
        let order = section.order
        let start = body.lowerBound
        let high = window.load32(at: start + 4, order)
        let low = window.load32(at: start + 8, order)
        let drops = window.load16(at: start + 2, order)
        if drops != .max { droppedBetweenPackets &+= UInt64(drops) }
        return packet(
            block, in: window, interface: UInt32(window.load16(at: start, order)),
            ticks: UInt64(high) << 32 | UInt64(low), captured: window.load32(at: start + 12, order),
            original: window.load32(at: start + 16, order), bytes: start + 20..<body.upperBound)
    }

    /// Simple packet block: the section's first interface, no time, no captured length.
    mutating func readSimplePacket(_ block: Block, in window: RawSpan) -> Outcome {
        let body = block.body
        guard body.count >= 4 else { return tooShort(block) }
        let original = window.load32(at: body.lowerBound, section.order)
        let bytes = body.lowerBound + 4..<body.upperBound
        var captured = original
        if let first = section.interfaces.first, first.snapLength > 0 { captured = min(captured, first.snapLength) }
        // Options cannot follow: what is left over is padding.
        captured = min(captured, UInt32(bytes.count))
        return packet(
            block, in: window, interface: 0, ticks: 0, captured: captured, original: original,
            bytes: bytes.lowerBound..<bytes.lowerBound + Int(captured))
    }

    /// A packet of `captured` bytes at the beginning of `bytes`, with options behind it.
    @inline(__always)
    private mutating func packet(
        _ block: Block, in window: RawSpan, interface: UInt32, ticks: UInt64, captured: UInt32, original: UInt32,
        bytes: Range<Int>
    ) -> Outcome {
        guard captured <= bytes.count else {
            note(.packetExceedsBlock(claimed: captured, room: bytes.count), at: block.range.lowerBound)
            return .progress
        }
        guard section.choose(interface) else {
            note(.unknownInterface(interface), at: block.range.lowerBound)
            return .progress
        }
        section.isQuick = section.order == .little && !isCooked(section.current.linkType)
        packetStart = bytes.lowerBound
        packetLength = Int(captured)
        let options = min(bytes.upperBound, packetStart + packetLength + (-packetLength & 3))
        packetOptions = options..<bytes.upperBound
        var frame = Frame(
            time: section.current.scale.timestamp(ticks), capturedLength: packetLength,
            originalLength: Int(original), linkType: section.current.linkType, direction: .unknown,
            interface: section.current.id)
        if isCooked(frame.linkType) { direct(&frame, cookedDirection(in: window, frame.linkType)) }
        if packetOptions.count >= 4 { readPacketOptions(block, in: window, &frame) }
        return .packet(frame)
    }

    private func direct(_ frame: inout Frame, _ direction: FrameDirection) {
        frame.direction = direction
        frame.incoming = direction == .incoming ? frame.interface : .none
        frame.outgoing = direction == .outgoing ? frame.interface : .none
    }

    /// Flags (2) and, of the enhanced block, the packets lost before this one (4).
    private mutating func readPacketOptions(_ block: Block, in window: RawSpan, _ frame: inout Frame) {
        var options = PcapngOptions(packetOptions, order: section.order)
        while let option = options.next(in: window) {
            switch (option.code, option.value.count) {
            case (2, 4):
                let flags = window.load32(at: option.value.lowerBound, section.order)
                if flags & 3 != 0 { direct(&frame, Self.direction(ofFlags: flags)) }
            case (4, 8) where block.kind == BlockKind.enhancedPacket:
                droppedBetweenPackets &+= window.load64(at: option.value.lowerBound, section.order)
            default: break
            }
        }
        if let code = options.broken { note(.optionExceedsBlock(code: code), at: block.range.lowerBound) }
    }

    /// The comments of the last packet; they are looked up only when asked for.
    public func packetComments(in window: RawSpan) -> [String] {
        guard format == .pcapng else { return [] }
        var comments: [String] = []
        var options = PcapngOptions(packetOptions, order: section.order)
        while let option = options.next(in: window) {
            if option.code == PcapngOption.comment { comments.append(window.text(option.value)) }
        }
        return comments
    }
}
