public import CaptureFiles
public import PacketDecoding
import Primitives
import SystemCalls

/// What a `CaptureReader` is made of: the bytes' source, the window that they are read into, and the parser
/// that finds packets there.
@usableFromInline
struct ReaderState: ~Copyable {
    let path: String
    let totalBytes: Int64?
    var source: ByteSource
    @usableFromInline var window: ReadWindow
    @usableFromInline var parser: CaptureParser
    private var isAtEnd: Bool
    /// Only where the capture is an ipl log.
    private(set) var records: RecordTranscoding?

    static func opening(
        _ path: String, _ parser: consuming CaptureParser
    ) throws(CaptureStreamError) -> ReaderState {
        let name = path == "-" ? "standard input" : path
        let file = try open(path, name)
        let status = try status(of: file, name)
        if status.kind == .directory { throw CaptureStreamError(path: name, reason: .isFolder) }
        return ReaderState(file, name, totalBytes: status.kind == .regular ? status.size : nil, parser)
    }

    private static func open(_ path: String, _ name: String) throws(CaptureStreamError) -> FileDescriptor {
        do {
            return path == "-" ? .standardInput : try FileDescriptor(opening: path, for: .read)
        } catch {
            throw CaptureStreamError(path: name, reason: .system(error))
        }
    }

    private static func status(
        of file: borrowing FileDescriptor, _ name: String
    ) throws(CaptureStreamError) -> FileStatus {
        do {
            return try file.status()
        } catch {
            throw CaptureStreamError(path: name, reason: .system(error))
        }
    }

    private init(
        _ file: consuming FileDescriptor, _ path: String, totalBytes: Int64?, _ parser: consuming CaptureParser
    ) {
        self.path = path
        self.totalBytes = totalBytes
        self.parser = parser
        source = ByteSource(file)
        window = ReadWindow(capacity: CaptureReader.readLength)
        isAtEnd = false
    }

    /// Reads what stands before the first packet.
    mutating func readHead() throws(CaptureStreamError) {
        do throws(CaptureStreamError.Reason) {
            try source.begin(&window)
            try lookForRecords()
            while case .needBytes(let count) = try parser.readHead(in: window, isLast: isAtEnd) {
                try fill(count)
            }
        } catch {
            // Where nothing could be unpacked, that is the reason, and not that nothing is there.
            let reason = source.failure.map { CaptureStreamError.Reason.compression($0) } ?? error
            throw CaptureStreamError(path: path, reason: reason)
        }
    }

    @inlinable @inline(__always)
    mutating func quickPacket() -> Frame? { parser.quickPacket(in: window) }

    @inlinable @inline(__always)
    mutating func passOver(while isDone: (RawSpan, Int) -> Bool) -> Int { parser.passOver(in: window, while: isDone) }

    mutating func next() throws(CaptureStreamError.Reason) -> Frame? {
        while true {
            switch try parser.next(in: window, isLast: isAtEnd) {
            case .packet(let frame): return frame
            case .needBytes(let count): try fill(count)
            case .end: return nil
            }
        }
    }

    var packetComments: [String] { parser.packetComments(in: window.bytes) }

    /// Puts a transcoder in between where the capture is an ipl log, which is told by its first records.
    private mutating func lookForRecords() throws(CaptureStreamError.Reason) {
        var isOver = false
        while window.count < 4, !isOver { isOver = try readSource() == 0 }
        guard RecordTranscoder.mayBegin(window) else { return }
        while window.count < RecordTranscoder.headLength, !isOver { isOver = try readSource() == 0 }
        if let transcoder = RecordTranscoder(beginning: &window, isAtEnd: isOver) {
            records = RecordTranscoding(transcoder)
        }
    }

    /// What an ipl log had that is no record: the first places, and how many there are.
    var recordDamage: (places: [CaptureDamage], count: Int) {
        records.map { ($0.transcoder.damage, $0.transcoder.damageCount) } ?? ([], 0)
    }

    private mutating func readSource() throws(CaptureStreamError.Reason) -> Int {
        let count = try source.read(into: window.room)
        window.add(count)
        return count
    }

    /// Puts bytes of the capture into the window's room; 0 at the end.
    private mutating func read() throws(CaptureStreamError.Reason) -> Int {
        guard let records else { return try source.read(into: window.room) }
        while true {
            let count = records.transcoder.read(into: window.room)
            guard count == 0, records.transcoder.needsInput else { return count }
            let room = records.transcoder.inputRoom()
            records.transcoder.add(try source.read(into: room))
        }
    }

    /// Brings at least `count` bytes from the parser's position on into the window, or all that there are.
    private mutating func fill(_ count: Int) throws(CaptureStreamError.Reason) {
        let gone = parser.nextPosition
        window.drop(gone)
        parser.discard(gone)
        if count > window.capacity { window.grow(to: count + CaptureReader.readLength) }
        while window.count < count {
            let more = try read()
            if more == 0 {
                isAtEnd = true
                return
            }
            window.add(more)
        }
    }
}

// The parser is changed while the window is lent to it. Both are parts of one reader, and the compiler only
// tells them apart where each is a parameter of its own.
extension CaptureParser {
    @inlinable @inline(__always)
    mutating func quickPacket(in window: borrowing ReadWindow) -> Frame? {
        quickPacket(in: window.bytes)
    }

    @inlinable @inline(__always)
    mutating func passOver(in window: borrowing ReadWindow, while isDone: (RawSpan, Int) -> Bool) -> Int {
        passOver(in: window.bytes, while: isDone)
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
