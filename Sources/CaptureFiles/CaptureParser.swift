public import PacketDecoding
public import Primitives

/// Finds the packets of a capture in bytes that are fed to it piece by piece: a pure machine,
/// without a file or a clock.
///
/// The feeder owns a window of bytes. It asks for the next step; on `.needBytes(n)` it brings at
/// least `n` bytes from `nextPosition` on into the window (or says that there are none any more), on
/// `.packet` it uses the bytes at `packetBytes` before it moves them. When it throws away the
/// window's first bytes it says so by `discard`. How the bytes were cut makes no difference.
///
/// Every byte is hostile. Each step passes over at least one byte, or asks for more, or ends; what
/// can grow with the input has a named limit and a counter.
public struct CaptureParser: ~Copyable {
    /// What came of looking at the window.
    public enum Step: Sendable {
        /// A packet; its bytes are at `packetBytes` in the window.
        case packet(Frame)
        /// At least so many bytes, counted from `nextPosition`, must be in the window.
        case needBytes(Int)
        /// Nothing more will come.
        case end
    }

    /// Blocks of more bytes are not read; the buffer of a feeder never has to be larger than this and a read.
    /// - Limit: a block of a capture | bytes | damage
    public static let blockLimit = 16 << 20
    /// The largest packet of a pcap whose header does not announce larger ones, as in libpcap and Wireshark.
    /// - Limit: a packet of a pcap whose header announces no more | bytes | damage
    public static let packetLimit = 262_144
    /// Places of damage that are kept; more are only counted.
    /// - Limit: places of damage that are told |  | the others are counted
    public static let damageLimit = 100
    /// Interfaces that one section, and that one run, may have.
    /// - Limit: interfaces of a capture |  | their packets are damage
    public static let interfaceLimit = 4_096
    /// Sections whose texts are kept.
    /// - Limit: sections of a capture whose texts are kept |  | their texts are not
    public static let sectionLimit = 1_024

    /// Bytes of options of sections and interfaces (names, comments, descriptions) that are kept in all.
    /// - Limit: names and comments that are kept of a capture | bytes | left out
    public static let textLimit = 4 << 20

    /// Where the next record begins, in the window.
    public var nextPosition: Int { position }
    @usableFromInline var position = 0
    /// Where in the whole capture the window begins.
    public internal(set) var windowOffset: Int64 = 0
    /// What the file is, once its first bytes were seen.
    public internal(set) var format: CaptureFormat?
    /// The interfaces seen so far, in the order of their numbers.
    public internal(set) var interfaces: [CaptureInterface] = []
    /// The sections of a pcapng seen so far, at most `sectionLimit`.
    public internal(set) var sections: [CaptureSection] = []
    /// The first places of damage.
    public internal(set) var damage: [CaptureDamage] = []
    /// All places of damage.
    public internal(set) var damageCount = 0
    /// Packets that the capturing program lost, as told beside other packets (epb_dropcount).
    public internal(set) var droppedBetweenPackets: UInt64 = 0
    /// What name resolution blocks say, at most `CaptureName.limit`.
    public internal(set) var names: [CaptureName] = []
    /// Blocks that a copy of the capture should have too; see `keepsBlocks`.
    public internal(set) var keptBlocks = KeptBlocks()

    /// Options that were not kept for want of room.
    public internal(set) var textsLeftOut = 0

    @usableFromInline var packetStart = 0
    @usableFromInline var packetLength = 0
    /// The options of the last packet's block, in the window.
    var packetOptions = 0..<0
    var state = State.start
    var textLeft = textLimit
    let firstInterface: Int
    /// Time of the last packet, for telling whether a record found behind damage is one.
    @usableFromInline var lastTime = Timestamp(nanoseconds: .min)
    @usableFromInline var pcap = PcapHeader()
    var section = SectionState()
    /// Whether records can be read by `quickPacket`: a pcap in little-endian order, as almost all are.
    @usableFromInline var isQuick = false

    enum State {
        case start
        /// Reading records or blocks.
        case records
        /// Looking for the next record behind damage, from this offset of the capture on.
        case scanning(from: Int64)
        case ended
    }

    /// A parser that numbers the capture's interfaces from `firstInterface` on; with `keepsBlocks`, blocks
    /// that are no packets (names, secrets, custom data) are collected for a copy of the capture.
    public init(firstInterface: InterfaceID = InterfaceID(rawValue: 0), keepsBlocks: Bool = false) {
        self.firstInterface = Int(firstInterface.rawValue)
        keptBlocks.isKeeping = keepsBlocks
    }

    /// Where the last packet's bytes are in the window.
    @inlinable
    public var packetBytes: Range<Int> {
        @inline(__always) get { packetStart..<packetStart &+ packetLength }
    }

    /// Tells that the window's first `count` bytes are gone; they must lie before `nextPosition`.
    public mutating func discard(_ count: Int) {
        precondition(count <= position, "the window still needs these bytes")
        position -= count
        windowOffset += Int64(count)
    }

    /// The next packet, where it is whole in the window and in the common format; nil: take a `next` step.
    @inlinable @inline(__always)
    public mutating func quickPacket(in window: RawSpan) -> Frame? {
        let start = position
        let room = window.byteCount &- start &- 16
        guard isQuick, room >= 0 else { return nil }
        let captured = Int(window.little32(at: start &+ 8))
        guard captured <= room, captured <= pcap.limit else { return nil }
        packetStart = start &+ 16
        packetLength = captured
        position = start &+ 16 &+ captured
        lastTime = time(at: start, in: window)
        return Frame(
            time: lastTime, capturedLength: captured, originalLength: Int(window.little32(at: start &+ 12)),
            linkType: pcap.linkType, direction: .unknown, interface: pcap.interface)
    }

    /// Passes over Ethernet frames of a common pcap as long as `isDone` says so of them, and makes no `Frame`s; returns
    /// how many. `isDone` is given a packet's bytes and its length on the wire; the first one that it refuses is the
    /// next packet. Always 0 for other captures.
    @inlinable @inline(__always)
    public mutating func passOver(in window: RawSpan, while isDone: (RawSpan, Int) -> Bool) -> Int {
        guard isQuick, pcap.linkType == .ethernet else { return 0 }
        let end = window.byteCount
        var start = position
        var last = start
        var passed = 0
        while end &- start >= 16 {
            let captured = Int(window.little32(at: start &+ 8))
            guard captured <= end &- start &- 16, captured <= pcap.limit else { break }
            let bytes = window.extracting(start &+ 16..<start &+ 16 &+ captured)
            guard isDone(bytes, Int(window.little32(at: start &+ 12))) else { break }
            last = start
            start = start &+ 16 &+ captured
            passed &+= 1
        }
        guard passed > 0 else { return 0 }
        position = start
        lastTime = time(at: last, in: window)
        return passed
    }

    /// The time of a record in little-endian order. 32 bits of seconds and of microseconds stay far below 63 bits of
    /// nanoseconds.
    @inlinable @inline(__always)
    func time(at start: Int, in window: RawSpan) -> Timestamp {
        let seconds = Int64(window.little32(at: start))
        let fraction = Int64(window.little32(at: start &+ 4))
        return Timestamp(nanoseconds: seconds &* 1_000_000_000 &+ fraction &* pcap.tick)
    }

    /// The next step. With `isLast` the window holds the last bytes of the capture, and `.needBytes` never comes.
    public mutating func next(in window: RawSpan, isLast: Bool) throws(CaptureFormatError) -> Step {
        if section.isQuick, let frame = quickBlock(in: window) { return .packet(frame) }
        while true {
            switch try advance(in: window, isLast: isLast, stopsAtPackets: false) {
            case .packet(let frame): return .packet(frame)
            case .needBytes(let count): return .needBytes(count)
            case .end: return .end
            case .progress, .atPacket: continue
            }
        }
    }

    /// Reads what stands before the first packet, so that the interfaces are known; `.end` when that is done.
    public mutating func readHead(in window: RawSpan, isLast: Bool) throws(CaptureFormatError) -> Step {
        while true {
            switch try advance(in: window, isLast: isLast, stopsAtPackets: true) {
            case .needBytes(let count): return .needBytes(count)
            case .progress: continue
            case .atPacket, .end, .packet: return .end
            }
        }
    }

    enum Outcome {
        case packet(Frame)
        /// Something that is no packet was passed over.
        case progress
        case needBytes(Int)
        /// A packet is next, and was not to be read.
        case atPacket
        case end
    }

    private mutating func advance(
        in window: RawSpan, isLast: Bool, stopsAtPackets: Bool
    ) throws(CaptureFormatError) -> Outcome {
        switch (state, format) {
        case (.records, .pcapng): nextBlock(in: window, isLast: isLast, stopsAtPackets: stopsAtPackets)
        case (.records, _): stopsAtPackets ? .atPacket : nextRecord(in: window, isLast: isLast)
        case (.scanning(let from), .pcapng): findBlock(in: window, isLast: isLast, from: from)
        case (.scanning(let from), _): findRecord(in: window, isLast: isLast, from: from)
        case (.start, _): try start(in: window, isLast: isLast)
        case (.ended, _): .end
        }
    }

    /// Looks at the first four bytes.
    private mutating func start(in window: RawSpan, isLast: Bool) throws(CaptureFormatError) -> Outcome {
        let left = window.byteCount - position
        guard left >= 4 else {
            if !isLast { return .needBytes(4) }
            throw left == 0 ? .empty : .tooShort(present: left, needed: 24)
        }
        let magic = window.big32(at: position)
        if magic == Magic.sectionHeader {
            format = .pcapng
            state = .records
            return .progress
        }
        for order in [ByteOrder.big, .little] {
            let word = order == .big ? magic : magic.byteSwapped
            if word == Magic.micro || word == Magic.nano || word == Magic.modified {
                return try startPcap(in: window, isLast: isLast, magic: word, order: order)
            }
        }
        if let name = Magic.foreign(magic) { throw .unsupported(name) }
        throw .unknownMagic(magic)
    }
}
