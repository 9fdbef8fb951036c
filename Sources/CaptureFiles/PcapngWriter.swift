public import PacketDecoding
public import Primitives

/// What a new pcapng says about its making, in its section header.
public struct CaptureDescription: Sendable {
    /// The program that writes it.
    public var application: String
    /// The system of the machine that writes it, as in "Linux 6.1.0"; nil where it is nobody's business.
    public var operatingSystem: String?
    /// The expression that chose its packets, and whatever else a reader should know.
    public var comments: [String]
    /// The most bytes that are kept of a packet; 0 is no limit.
    public var snapLength: Int

    public init(
        application: String = "gatelog", operatingSystem: String? = nil, comments: [String] = [], snapLength: Int = 0
    ) {
        self.application = application
        self.operatingSystem = operatingSystem
        self.comments = comments
        self.snapLength = snapLength
    }
}

/// Writes a pcapng into a buffer, block by block: one section in little-endian order, times in nanoseconds.
///
/// Times before 1970 become 1970, since the format counts from there.
public struct PcapngWriter: ~Copyable {
    /// Interface number in the file, by the number in the run; `absent` where none was written.
    private var numbers: [UInt32] = []
    /// Packets written of each interface of the file.
    private var written: [UInt64] = []
    private var lastTime = Timestamp(nanoseconds: 0)
    private let snapLength: Int
    /// Interfaces that frames had and that nobody described, by link type.
    private var nameless: [(linkType: LinkType, number: UInt32)] = []

    private static let absent = UInt32.max

    /// Begins a file in `buffer`.
    public init(_ description: CaptureDescription, into buffer: inout ByteBuffer) {
        snapLength = description.snapLength
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

    /// Describes an interface of the run, before its first packet. A second time is nothing.
    public mutating func add(_ interface: CaptureInterface, into buffer: inout ByteBuffer) {
        let index = Int(interface.id.rawValue)
        while numbers.count <= index { numbers.append(Self.absent) }
        guard numbers[index] == Self.absent else { return }
        numbers[index] = append(interface, into: &buffer)
    }

    /// Writes a packet. Frames of an interface that was not described get a nameless one of their link type.
    public mutating func append(
        _ frame: Frame, _ bytes: RawSpan, comments: [String] = [], into buffer: inout ByteBuffer
    ) {
        let index = Int(frame.interface.rawValue)
        let known = index < numbers.count ? numbers[index] : Self.absent
        let number = known == Self.absent ? namelessNumber(frame.linkType, &buffer) : known
        written[Int(number)] &+= 1
        lastTime = frame.time
        let captured = snapLength > 0 ? min(snapLength, bytes.byteCount) : bytes.byteCount
        if !comments.isEmpty {
            return appendCommented(frame, bytes.extracting(0..<captured), comments, number, &buffer)
        }
        let options = frame.direction == .unknown ? 0 : 12
        let length = 32 &+ captured &+ (-captured & 3) &+ options
        buffer.reserve(length &+ 4)
        Self.appendHead(frame, captured, number, UInt32(truncatingIfNeeded: length), &buffer)
        buffer.append(bytes.extracting(0..<captured))
        buffer.pad(captured)
        if options > 0 {
            // Option 2 of four bytes, its value, and the end of the options.
            buffer.appendLittle(UInt64(Self.flags(frame.direction)) << 32 | 4 << 16 | 2)
            buffer.appendLittle(UInt64(length) << 32)
        } else {
            buffer.appendLittle(UInt32(truncatingIfNeeded: length))
        }
    }

    /// Copies blocks of another pcapng, which must be in little-endian order and name no interface.
    public func append(blocks: [UInt8], into buffer: inout ByteBuffer) {
        buffer.append(blocks.span.bytes)
    }

    /// Ends the file with the statistics of each interface: what `interfaces` know, and how many packets of
    /// each were let through.
    public mutating func finish(_ interfaces: [CaptureInterface], into buffer: inout ByteBuffer) {
        for (number, count) in written.enumerated() {
            let source = interfaces.first { interface in
                let index = Int(interface.id.rawValue)
                return index < numbers.count && numbers[index] == UInt32(number)
            }
            var statistics = source?.statistics ?? InterfaceStatistics()
            statistics.accepted = count
            appendStatistics(statistics, number: UInt32(number), into: &buffer)
        }
    }

    private mutating func namelessNumber(_ linkType: LinkType, _ buffer: inout ByteBuffer) -> UInt32 {
        if let known = nameless.first(where: { $0.linkType == linkType }) { return known.number }
        let number = append(CaptureInterface(id: .none, linkType: linkType), into: &buffer)
        nameless.append((linkType, number))
        return number
    }

    /// Writes an interface description block, and returns the interface's number in the file.
    private mutating func append(_ interface: CaptureInterface, into buffer: inout ByteBuffer) -> UInt32 {
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
        written.append(0)
        return UInt32(written.count - 1)
    }

    private func appendCommented(
        _ frame: Frame, _ bytes: RawSpan, _ comments: [String], _ number: UInt32, _ buffer: inout ByteBuffer
    ) {
        var options = ByteBuffer(capacity: 256)
        for comment in comments { options.appendOption(PcapngOption.comment, comment) }
        if frame.direction != .unknown {
            options.appendLittle(UInt32(4 << 16 | 2))
            options.appendLittle(Self.flags(frame.direction))
        }
        options.endOptions()
        let length = UInt32(32 + bytes.byteCount + (-bytes.byteCount & 3) + options.count)
        Self.appendHead(frame, bytes.byteCount, number, length, &buffer)
        buffer.append(bytes)
        buffer.pad(bytes.byteCount)
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

    private func appendStatistics(
        _ statistics: InterfaceStatistics, number: UInt32, into buffer: inout ByteBuffer
    ) {
        var options = ByteBuffer(capacity: 128)
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
        let ticks = UInt64(max(0, lastTime.nanoseconds))
        let length = UInt32(24 + options.count)
        buffer.appendLittle(BlockKind.statistics)
        buffer.appendLittle(length)
        buffer.appendLittle(number)
        buffer.appendLittle(UInt32(truncatingIfNeeded: ticks >> 32))
        buffer.appendLittle(UInt32(truncatingIfNeeded: ticks))
        buffer.append(options.bytes)
        buffer.appendLittle(length)
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
