public import PacketDecoding
public import Primitives

/// The blocks of a pcapng, each appended whole to a buffer: little-endian order, times in nanoseconds, times before
/// 1970 as 1970 (draft-ietf-opsawg-pcapng). Who writes them keeps the numbers of the interfaces; `PcapngWriter` does
/// so for one writer, and dumps do for many.
public enum PcapngBlock {
    /// The most bytes of a packet that every reader takes: Wireshark refuses a file with longer Ethernet packets.
    /// - Limit: a packet in a dump | bytes | cut, since Wireshark refuses longer ones
    public static let packetLimit = 262_144

    /// Bytes of a packet's block beside the packet, its padding and a comment.
    public static let packetOverhead = 44

    /// A section header: begins a file.
    public static func appendSection(_ description: CaptureDescription, into buffer: inout ByteBuffer) {
        var options = ByteBuffer(capacity: 256)
        for comment in description.comments { options.appendOption(PcapngOption.comment, comment) }
        if let system = description.operatingSystem { options.appendOption(3, system) }
        options.appendOption(4, description.application)
        options.endOptions()
        buffer.appendLittle(BlockKind.section)
        let length = UInt32(28 + options.count)
        buffer.appendLittle(length)
        buffer.appendLittle(Magic.byteOrder)
        buffer.appendLittle(UInt16(1))
        buffer.appendLittle(UInt16(0))
        // The section's length is not known beforehand.
        buffer.appendLittle(Int64(-1))
        buffer.append(options.bytes)
        buffer.appendLittle(length)
    }

    /// An interface: the first one of a section is number 0. `snapLength` lowers the interface's own; 0 does not.
    public static func appendInterface(
        _ interface: CaptureInterface, snapLength: Int, into buffer: inout ByteBuffer
    ) {
        var options = ByteBuffer(capacity: 256)
        for comment in interface.comments { options.appendOption(PcapngOption.comment, comment) }
        if let name = interface.name { options.appendOption(2, name) }
        if let description = interface.description { options.appendOption(3, description) }
        options.appendLittle(UInt32(1 << 16 | 9))
        options.appendLittle(UInt32(9))
        // A filter begins with a byte that says of what kind it is: 0 is text.
        if let filter = interface.filter { options.appendOption(11, "\0" + filter) }
        if let system = interface.operatingSystem { options.appendOption(12, system) }
        if let length = interface.checkSequenceLength {
            options.appendLittle(UInt32(1 << 16 | 13))
            options.appendLittle(UInt32(length))
        }
        if let hardware = interface.hardware { options.appendOption(15, hardware) }
        options.endOptions()
        var limit = interface.snapLength
        if snapLength > 0 { limit = min(limit == 0 ? .max : limit, UInt32(clamping: snapLength)) }
        let length = UInt32(20 + options.count)
        buffer.appendLittle(BlockKind.interface)
        buffer.appendLittle(length)
        buffer.appendLittle(UInt32(interface.linkType.rawValue))
        buffer.appendLittle(limit)
        buffer.append(options.bytes)
        buffer.appendLittle(length)
    }

    /// A packet of the interface of that number, without comments; all of `bytes` are kept.
    public static func appendPacket(
        _ frame: Frame, _ bytes: RawSpan, interface number: UInt32, into buffer: inout ByteBuffer
    ) {
        let captured = bytes.byteCount
        let options = frame.direction == .unknown ? 0 : 12
        let length = 32 &+ captured &+ (-captured & 3) &+ options
        buffer.reserve(length &+ 4)
        appendHead(frame, captured, number, UInt32(truncatingIfNeeded: length), &buffer)
        buffer.append(bytes)
        buffer.pad(captured)
        if options > 0 {
            // Option 2 of four bytes, its value, and the end of the options.
            buffer.appendLittle(UInt64(flags(frame.direction)) << 32 | 4 << 16 | 2)
            buffer.appendLittle(UInt64(length) << 32)
        } else {
            buffer.appendLittle(UInt32(truncatingIfNeeded: length))
        }
    }

    /// As above, with options that stand whole in `options` (comments: `appendComment`) before our own.
    public static func appendPacket(
        _ frame: Frame, _ bytes: RawSpan, interface number: UInt32, options: RawSpan, into buffer: inout ByteBuffer
    ) {
        let captured = bytes.byteCount
        let direction = frame.direction == .unknown ? 0 : 8
        let length = UInt32(clamping: 32 + captured + (-captured & 3) + options.byteCount + direction + 4)
        appendHead(frame, captured, number, length, &buffer)
        buffer.append(bytes)
        buffer.pad(captured)
        buffer.append(options)
        if direction > 0 { buffer.appendLittle(UInt64(flags(frame.direction)) << 32 | 4 << 16 | 2) }
        buffer.endOptions()
        buffer.appendLittle(length)
    }

    /// One option with a comment, for `appendPacket`; cut where it is too long (65,535 bytes).
    public static func appendComment(_ text: String, into options: inout ByteBuffer) {
        options.appendOption(PcapngOption.comment, text)
    }

    /// As above, with one comment: `label` and then `text`, which came from the network, escaped. Nothing is allocated.
    public static func appendPacket(
        _ frame: Frame, _ bytes: RawSpan, interface number: UInt32, comment label: StaticString, escaping text: RawSpan,
        into buffer: inout ByteBuffer
    ) {
        let start = buffer.count
        let captured = bytes.byteCount
        appendHead(frame, captured, number, 0, &buffer)
        buffer.append(bytes)
        buffer.pad(captured)
        let option = buffer.count
        buffer.appendLittle(UInt32(PcapngOption.comment))
        buffer.append(label)
        buffer.append(escaping: text)
        if buffer.count - option - 4 > Int(UInt16.max) { buffer.truncate(to: option + 4 + Int(UInt16.max)) }
        let length = buffer.count - option - 4
        buffer.pad(length)
        buffer.replace(little: UInt16(truncatingIfNeeded: length), at: option + 2)
        if frame.direction != .unknown { buffer.appendLittle(UInt64(flags(frame.direction)) << 32 | 4 << 16 | 2) }
        buffer.endOptions()
        let total = UInt32(clamping: buffer.count - start + 4)
        buffer.appendLittle(total)
        buffer.replace(little: total, at: start + 4)
    }

    /// What was counted on the interface of that number, up to `time`, and a comment on it.
    public static func appendStatistics(
        _ statistics: InterfaceStatistics, interface number: UInt32, at time: Timestamp, comment: String? = nil,
        into buffer: inout ByteBuffer
    ) {
        var options = ByteBuffer(capacity: 128)
        if let comment { options.appendOption(PcapngOption.comment, comment) }
        let counts: [(UInt16, UInt64?)] = [
            (4, statistics.received), (5, statistics.dropped), (6, statistics.accepted),
            (7, statistics.droppedBySystem), (8, statistics.delivered),
        ]
        for case (let code, let count?) in counts {
            options.appendLittle(code)
            options.appendLittle(UInt16(8))
            options.appendLittle(count)
        }
        options.endOptions()
        let ticks = UInt64(max(0, time.nanoseconds))
        let length = UInt32(24 + options.count)
        buffer.appendLittle(BlockKind.statistics)
        buffer.appendLittle(length)
        buffer.appendLittle(number)
        buffer.appendLittle(UInt32(truncatingIfNeeded: ticks >> 32))
        buffer.appendLittle(UInt32(truncatingIfNeeded: ticks))
        buffer.append(options.bytes)
        buffer.appendLittle(length)
    }

    @inline(__always)
    private static func appendHead(
        _ frame: Frame, _ captured: Int, _ number: UInt32, _ length: UInt32, _ buffer: inout ByteBuffer
    ) {
        let ticks = UInt64(max(0, frame.time.nanoseconds))
        // As few and as wide stores as the fields fit in: this is the cost of a packet.
        let place = UInt64(ticks >> 32) << 32 | UInt64(number)
        let kind = UInt64(length) << 32 | UInt64(BlockKind.enhancedPacket)
        buffer.appendLittle(UInt128(place) << 64 | UInt128(kind))
        buffer.appendLittle(UInt64(captured) << 32 | ticks & 0xFFFF_FFFF)
        buffer.appendLittle(UInt32(clamping: frame.originalLength))
    }

    private static func flags(_ direction: FrameDirection) -> UInt32 {
        switch direction {
        case .unknown: 0
        case .incoming: 1
        case .outgoing: 2
        }
    }
}

extension ByteBuffer {
    /// Appends an option with a text, which is cut where it is too long for one (65,535 bytes).
    fileprivate mutating func appendOption(_ code: UInt16, _ text: String) {
        var text = text
        while text.utf8.count > Int(UInt16.max) { text.removeLast(max(1, (text.utf8.count - Int(UInt16.max)) / 4)) }
        let length = text.utf8.count
        appendLittle(code)
        appendLittle(UInt16(length))
        append(text)
        pad(length)
    }

    /// Appends the zeros that make `length` bytes a multiple of four.
    @inline(__always)
    fileprivate mutating func pad(_ length: Int) {
        appendLittle(UInt32(0))
        truncate(to: count - 4 + (-length & 3))
    }

    fileprivate mutating func endOptions() { appendLittle(UInt32(0)) }
}
