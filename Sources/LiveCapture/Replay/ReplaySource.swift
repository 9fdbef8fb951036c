public import CaptureFiles
public import CaptureStreams
public import PacketDecoding
public import Primitives
import SystemCalls

/// A capture file as a packet source: at its own speed, at a multiple of it, or as fast as it is read.
///
/// Interfaces are numbered from `ReplayOptions.firstInterface` on, the same in each loop; `interfaces` names them, and
/// grows where a pcapng describes more on its way. Where the file does not tell a packet's direction, the addresses of
/// the interface do. Damage in the file ends nothing: it is counted as malformed. Nothing is ever dropped.
public struct ReplaySource: ~Copyable, PacketSource {
    @usableFromInline var reader: CaptureReader
    private let options: ReplayOptions
    @usableFromInline let ownAddresses: OwnAddresses?
    private var clock: ReplayClock
    @usableFromInline let isPresent: Bool

    /// Packets that the batch may still have; it ends early where the next one is not due.
    @usableFromInline var room = 0
    /// Packets of later times wait for another batch.
    @usableFromInline var horizon = Timestamp(nanoseconds: .max)
    /// The time that the packets of the batch bear where they bear the present.
    @usableFromInline var presentTime = Timestamp(nanoseconds: 0)
    /// Read, and not due yet.
    @usableFromInline var early: Frame?
    private var failure: SourceError?
    private var poll: Poll
    @usableFromInline var tally = SourceCounters()
    private var damageBefore = 0
    private var isOver = false

    /// Loops that have ended.
    public private(set) var loops = 0

    /// Packets of a batch at most.
    public static let batchLimit = 4_096
    /// How long `nextBatch` waits at most, in milliseconds.
    public static let patience: Int32 = 200

    /// Opens the file and reads up to its first packet.
    public init(_ options: ReplayOptions) throws(SourceError) {
        reader = try Self.open(options)
        self.options = options
        clock = ReplayClock(options.pace)
        ownAddresses = options.ownAddresses.isEmpty ? nil : options.ownAddresses
        isPresent = options.times == .present
        poll = Poll()
        if let descriptor = options.wakeDescriptor { poll.add(descriptor, for: .readable) }
    }

    public mutating func nextBatch() throws(SourceError) -> SourceBatch {
        while early == nil {
            early = readNext()
            if early != nil { break }
            if let failure { throw failure }
            guard try startAgain() else { return .ended }
        }
        let due = early?.time ?? horizon
        var now = Clocks.monotonic
        clock.beginIfNeeded(with: due, now: now)
        let wait = clock.wait(for: due, now: now)
        if wait > 0 {
            try sleep(wait)
            now = Clocks.monotonic
        }
        horizon = clock.horizon(now: now)
        if isPresent { presentTime = Clocks.wall }
        room = Self.batchLimit
        return horizon < due ? .idle : .packets
    }

    @inlinable @inline(__always)
    public mutating func next() -> Frame? {
        guard room > 0 else { return nil }
        guard var frame = early ?? readNext() else {
            room = 0
            return nil
        }
        guard frame.time <= horizon else {
            early = frame
            room = 0
            return nil
        }
        early = nil
        room &-= 1
        tally.packets &+= 1
        tally.bytes &+= UInt64(truncatingIfNeeded: frame.originalLength)
        if isPresent { frame.time = presentTime }
        if let ownAddresses, frame.direction == .unknown { direct(&frame, ownAddresses) }
        return frame
    }

    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        @inline(__always) get { reader.bytes }
    }

    public mutating func counters() -> SourceCounters {
        tally.malformed = UInt64(damageBefore + reader.damageCount)
        return tally
    }

    @usableFromInline @inline(never)
    mutating func fail(_ error: CaptureStreamError) {
        failure = SourceError(doing: "replaying a capture", reason: error.description)
    }

    @inlinable @inline(__always)
    mutating func readNext() -> Frame? {
        do {
            return try reader.next()
        } catch {
            fail(error)
            return nil
        }
    }

    @usableFromInline @inline(never)
    func direct(_ frame: inout Frame, _ addresses: OwnAddresses) {
        frame.direction = addresses.direction(of: frame, reader.bytes)
        frame.incoming = frame.direction == .incoming ? frame.interface : .none
        frame.outgoing = frame.direction == .outgoing ? frame.interface : .none
    }

    /// Opens the file once more, where another loop is wanted.
    private mutating func startAgain() throws(SourceError) -> Bool {
        guard !isOver else { return false }
        loops += 1
        // A file without packets would be opened for ever, and standard input is gone once it is read.
        guard tally.packets > 0, options.path != "-", options.loops == 0 || loops < options.loops else {
            isOver = true
            return false
        }
        damageBefore += reader.damageCount
        reader = try Self.open(options)
        clock.stop()
        return true
    }

    private mutating func sleep(_ nanoseconds: Int64) throws(SourceError) {
        // Rounded up, so that what is due is due after the sleep.
        let milliseconds = Int32(clamping: (nanoseconds - 1) / 1_000_000 + 1)
        do {
            _ = try poll.wait(milliseconds: min(milliseconds, Self.patience))
        } catch {
            throw SourceError(doing: "replaying a capture", reason: error.description)
        }
    }

    private static func open(_ options: ReplayOptions) throws(SourceError) -> CaptureReader {
        do {
            return try CaptureReader(path: options.path, firstInterface: options.firstInterface)
        } catch {
            throw SourceError(doing: "opening a capture to replay", reason: error.description)
        }
    }
}

extension ReplaySource {
    /// The interfaces that the file has described so far. Their identifiers are those of the frames.
    public var interfaces: [CaptureInterface] { reader.interfaces }
    /// How many there are: cheap enough to look at for each batch.
    public var interfaceCount: Int { reader.interfaceCount }
    /// Bytes of the file that were read in this loop.
    public var bytesRead: Int64 { reader.bytesRead }
    /// Bytes of the file; nil where it is a pipe.
    public var totalBytes: Int64? { reader.totalBytes }
    /// Packets that the capturing program had lost, as the file tells.
    public var lostInRecording: UInt64 { reader.droppedBetweenPackets }
}
