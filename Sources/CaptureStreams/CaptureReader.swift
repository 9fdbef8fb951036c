public import CaptureFiles
public import PacketDecoding
import Primitives
import SystemCalls

/// Reads the packets of a capture file, or of standard input: pcap or pcapng, plain or compressed.
///
/// The file is read with read(2) into one buffer, and a packet's bytes are borrowed from there until the
/// next call. Interfaces that stand before the first packet are known from the beginning. Damage does not
/// throw: what can be read is read, and `damage` tells the rest.
///
/// A packet of a common pcap costs a few nanoseconds beside the reading itself, and allocates nothing.
public struct CaptureReader: ~Copyable {
    /// Bytes that are read at a time; a larger block makes the buffer grow, to `CaptureParser.blockLimit` at most.
    public static let readLength = 256 << 10

    /// The path as given, or "standard input".
    public let path: String
    /// Bytes of the file; nil where it is no regular file.
    public let totalBytes: Int64?

    private var source: ByteSource
    @usableFromInline var window: ReadWindow
    @usableFromInline var parser: CaptureParser
    private var isAtEnd: Bool

    /// Opens `path` ("-" is standard input) and reads up to its first packet.
    ///
    /// Its interfaces are numbered from `firstInterface` on. With `keepsBlocks`, blocks that are no packets are
    /// collected for a copy; see `takeKeptBlocks`.
    public init(
        path: String, firstInterface: InterfaceID = InterfaceID(rawValue: 0), keepsBlocks: Bool = false
    ) throws(CaptureStreamError) {
        self = try Self.opened(path, CaptureParser(firstInterface: firstInterface, keepsBlocks: keepsBlocks))
    }

    // Apart from `init`, since a noncopyable value that is only half made cannot be thrown away.
    private static func opened(
        _ path: String, _ parser: consuming CaptureParser
    ) throws(CaptureStreamError) -> CaptureReader {
        let name = path == "-" ? "standard input" : path
        let file = try open(path, name)
        let size = try size(of: file, name)
        var reader = CaptureReader(file, path: name, totalBytes: size, parser: parser)
        try reader.begin()
        return reader
    }

    private init(
        _ file: consuming FileDescriptor, path: String, totalBytes: Int64?, parser: consuming CaptureParser
    ) {
        self.path = path
        self.totalBytes = totalBytes
        self.parser = parser
        source = ByteSource(file)
        window = ReadWindow(capacity: Self.readLength)
        isAtEnd = false
    }

    private static func open(_ path: String, _ name: String) throws(CaptureStreamError) -> FileDescriptor {
        if path == "-" { return .standardInput }
        do {
            return try FileDescriptor(opening: path, for: .read)
        } catch {
            throw CaptureStreamError(path: name, reason: .system(error))
        }
    }

    private static func size(of file: borrowing FileDescriptor, _ name: String) throws(CaptureStreamError) -> Int64? {
        let status: FileStatus
        do {
            status = try file.status()
        } catch {
            throw CaptureStreamError(path: name, reason: .system(error))
        }
        if status.kind == .directory { throw CaptureStreamError(path: name, reason: .isFolder) }
        return status.kind == .regular ? status.size : nil
    }

    /// Reads what stands before the first packet.
    private mutating func begin() throws(CaptureStreamError) {
        do throws(CaptureStreamError.Reason) {
            try source.begin(&window)
            while case .needBytes(let count) = try parser.readHead(in: window, isLast: isAtEnd) {
                try fill(count)
            }
        } catch {
            throw CaptureStreamError(path: path, reason: error)
        }
    }

    /// The next packet; nil at the end. Its bytes are `bytes` until the next call.
    @inlinable
    public mutating func next() throws(CaptureStreamError) -> Frame? {
        if let frame = parser.quickPacket(in: window) { return frame }
        return try nextSlowly()
    }

    /// The bytes of the packet that `next` returned last.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        @inline(__always) get {
            window.bytes.extracting(parser.packetBytes)
        }
    }

    @usableFromInline @inline(never)
    mutating func nextSlowly() throws(CaptureStreamError) -> Frame? {
        do throws(CaptureStreamError.Reason) {
            while true {
                switch try parser.next(in: window, isLast: isAtEnd) {
                case .packet(let frame): return frame
                case .needBytes(let count): try fill(count)
                case .end: return nil
                }
            }
        } catch {
            throw CaptureStreamError(path: path, reason: error)
        }
    }

    /// Brings at least `count` bytes from the parser's position on into the window, or all that there are.
    private mutating func fill(_ count: Int) throws(CaptureStreamError.Reason) {
        let gone = parser.nextPosition
        window.drop(gone)
        parser.discard(gone)
        if count > window.capacity { window.grow(to: count + Self.readLength) }
        while window.count < count {
            let more = try source.read(into: window.room)
            if more == 0 {
                isAtEnd = true
                return
            }
            window.add(more)
        }
    }
}

extension CaptureReader {
    /// What the file is.
    public var format: CaptureFormat { parser.format ?? .pcap }
    /// The interfaces seen so far; those before the first packet are there from the beginning.
    public var interfaces: [CaptureInterface] { parser.interfaces }
    /// How many there are: cheap to look at after each packet, since a pcapng may describe more on its way.
    public var interfaceCount: Int { parser.interfaces.count }
    /// The sections of a pcapng seen so far.
    public var sections: [CaptureSection] { parser.sections }
    /// What name resolution blocks seen so far say.
    public var names: [CaptureName] { parser.names }
    /// The first places of damage, in the order in which they were met.
    public var damage: [CaptureDamage] { parser.damage + (source.damage.map { [$0] } ?? []) }
    /// All places of damage.
    public var damageCount: Int { parser.damageCount + (source.damage == nil ? 0 : 1) }
    /// Bytes read from the file so far, packed as they may be.
    public var bytesRead: Int64 { source.bytesRead }
    /// Packets that the capturing program lost, as told beside packets; `interfaces` have totals of their own.
    public var droppedBetweenPackets: UInt64 { parser.droppedBetweenPackets }
    /// The comments of the whole file: those of its sections.
    public var comments: [String] { parser.sections.flatMap(\.comments) }
    /// The comments of the packet that `next` returned last.
    public var packetComments: [String] { parser.packetComments(in: window.bytes) }
    /// Blocks that were left out of `takeKeptBlocks`.
    public var keptBlocksLeftOut: Int { parser.keptBlocks.leftOut }
    /// The blocks kept since the last call, ready for `CaptureWriter.append(blocks:)`.
    public mutating func takeKeptBlocks() -> [UInt8] { parser.takeKeptBlocks() }
}

// The parser is changed while the window is lent to it. Both are parts of one reader, and the compiler only
// tells them apart where each is a parameter of its own.
extension CaptureParser {
    @inlinable @inline(__always)
    mutating func quickPacket(in window: borrowing ReadWindow) -> Frame? {
        quickPacket(in: window.bytes)
    }

    fileprivate mutating func next(
        in window: borrowing ReadWindow, isLast: Bool
    ) throws(CaptureStreamError.Reason) -> Step {
        do {
            return try next(in: window.bytes, isLast: isLast)
        } catch {
            throw .format(error)
        }
    }

    fileprivate mutating func readHead(
        in window: borrowing ReadWindow, isLast: Bool
    ) throws(CaptureStreamError.Reason) -> Step {
        do {
            return try readHead(in: window.bytes, isLast: isLast)
        } catch {
            throw .format(error)
        }
    }
}
