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
        PcapngBlock.appendSection(description, into: &buffer)
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
        let kept = bytes.extracting(0..<captured)
        guard !comments.isEmpty else {
            return PcapngBlock.appendPacket(frame, kept, interface: number, into: &buffer)
        }
        var options = ByteBuffer(capacity: 256)
        for comment in comments { PcapngBlock.appendComment(comment, into: &options) }
        PcapngBlock.appendPacket(frame, kept, interface: number, options: options.bytes, into: &buffer)
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
            PcapngBlock.appendStatistics(statistics, interface: UInt32(number), at: lastTime, into: &buffer)
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
        PcapngBlock.appendInterface(interface, snapLength: snapLength, into: &buffer)
        written.append(0)
        return UInt32(written.count - 1)
    }
}
