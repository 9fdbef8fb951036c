public import CaptureFiles
public import PacketDecoding
import Primitives
import SystemCalls

/// Reads the packets of a capture file, or of standard input: pcap, pcapng or an ipl log, plain or compressed.
///
/// The file is read with read(2) into one buffer, and a packet's bytes are borrowed from there until the
/// next call. Interfaces that stand before the first packet are known from the beginning. Damage does not
/// throw: what can be read is read, and `damage` tells the rest.
///
/// A packet of a common pcap costs a few nanoseconds beside the reading itself, and allocates nothing.
public struct CaptureReader: ~Copyable {
    /// Bytes that are read at a time; a larger block makes the buffer grow, to `CaptureParser.blockLimit` at most.
    public static let readLength = 256 << 10

    // Behind a pointer, since the compiler copies a struct that it borrows from: with the state in the reader
    // itself that was half a kilobyte for every packet.
    @usableFromInline let state: UnsafeMutablePointer<ReaderState>

    /// Opens `path` ("-" is standard input) and reads up to its first packet.
    ///
    /// Its interfaces are numbered from `firstInterface` on. With `keepsBlocks`, blocks that are no packets are
    /// collected for a copy; see `takeKeptBlocks`.
    public init(
        path: String, firstInterface: InterfaceID = InterfaceID(rawValue: 0), keepsBlocks: Bool = false
    ) throws(CaptureStreamError) {
        var opened = try ReaderState.opening(
            path, CaptureParser(firstInterface: firstInterface, keepsBlocks: keepsBlocks))
        try opened.readHead()
        state = .allocate(capacity: 1)
        state.initialize(to: opened)
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// The next packet; nil at the end. Its bytes are `bytes` until the next call.
    // Always inlined: a frame that is returned through memory is written field by field and read again by
    // wider loads, which the processor cannot forward; that alone costs twice the parsing.
    @inlinable @inline(__always)
    public mutating func next() throws(CaptureStreamError) -> Frame? {
        if let frame = state.pointee.quickPacket() { return frame }
        return try nextSlowly()
    }

    /// Passes over Ethernet frames of a common pcap that are at hand, as long as `isDone` says so of them; returns how
    /// many. `isDone` is given a packet's bytes and its length on the wire; the first one that it refuses comes from
    /// `next`. May be 0 at any time, and always is for other captures. Costs a few nanoseconds a packet.
    @inlinable @inline(__always)
    public mutating func passOver(while isDone: (RawSpan, Int) -> Bool) -> Int { state.pointee.passOver(while: isDone) }

    /// The bytes of the packet that `next` returned last.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        @inline(__always) get {
            let range = state.pointee.parser.packetBytes
            let span = RawSpan(
                _unsafeStart: UnsafeRawPointer(state.pointee.window.base) + range.lowerBound, byteCount: range.count)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    @usableFromInline @inline(never)
    mutating func nextSlowly() throws(CaptureStreamError) -> Frame? {
        do {
            return try state.pointee.next()
        } catch {
            throw CaptureStreamError(path: state.pointee.path, reason: error)
        }
    }
}

extension CaptureReader {
    /// The path as given, or "standard input".
    public var path: String { state.pointee.path }
    /// Bytes of the file; nil where it is no regular file.
    public var totalBytes: Int64? { state.pointee.totalBytes }
    /// Nothing is left of what was read: `next` reads, and may have to wait where the file is a pipe.
    public var isDrained: Bool { state.pointee.parser.nextPosition >= state.pointee.window.count }
    /// Bytes read from the file so far, packed as they may be.
    public var bytesRead: Int64 { state.pointee.source.bytesRead }
    /// What the file is.
    public var format: CaptureFormat {
        state.pointee.records == nil ? state.pointee.parser.format ?? .pcap : .recordLog
    }
    /// The interfaces seen so far; those before the first packet are there from the beginning.
    public var interfaces: [CaptureInterface] { state.pointee.parser.interfaces }
    /// How many there are: cheap to look at after each packet, since a pcapng may describe more on its way.
    public var interfaceCount: Int { state.pointee.parser.interfaces.count }
    /// The sections of a pcapng seen so far.
    public var sections: [CaptureSection] { state.pointee.parser.sections }
    /// What name resolution blocks seen so far say.
    public var names: [CaptureName] { state.pointee.parser.names }
    /// The first places of damage, in the order in which they were met.
    public var damage: [CaptureDamage] {
        state.pointee.parser.damage + state.pointee.recordDamage.places
            + (state.pointee.source.damage.map { [$0] } ?? [])
    }
    /// All places of damage.
    public var damageCount: Int {
        state.pointee.parser.damageCount + state.pointee.recordDamage.count
            + (state.pointee.source.damage == nil ? 0 : 1)
    }
    /// Packets that the capturing program lost, as told beside packets; `interfaces` have totals of their own.
    public var droppedBetweenPackets: UInt64 { state.pointee.parser.droppedBetweenPackets }
    /// The comments of the whole file: those of its sections.
    public var comments: [String] { sections.flatMap(\.comments) }
    /// The comments of the packet that `next` returned last.
    public var packetComments: [String] { state.pointee.packetComments }
    /// Blocks that were left out of `takeKeptBlocks`.
    public var keptBlocksLeftOut: Int { state.pointee.parser.keptBlocks.leftOut }
    /// The blocks kept since the last call, ready for `CaptureWriter.append(blocks:)`.
    public mutating func takeKeptBlocks() -> [UInt8] { state.pointee.parser.takeKeptBlocks() }
}
