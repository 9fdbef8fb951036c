import Compression
import Primitives
import SystemCalls

/// The text of one open file of a log, read at any place, compressed or not. The file may be renamed, grow, or be
/// removed meanwhile.
struct SegmentText: ~Copyable {
    let path: String
    let status: FileStatus
    private(set) var identity: SegmentIdentity
    private let file: FileDescriptor
    private let table: ZstdSeekTable?
    /// What unpacks a file of frames, each of which can be unpacked alone ...
    private var frames: SegmentFrames?
    /// ... or a stream that can only be unpacked from its beginning. Neither: the text stands in the file as it is.
    private var stream: SegmentStream?

    /// Opens the file at `path`.
    static func open(_ path: String) throws(LogReadError) -> SegmentText {
        let file = try FileDescriptor(reading: path)
        let status = try file.checkedStatus(path)
        guard status.kind == .regular else { throw LogReadError(path, .noFile) }
        let table = try table(file, path, status.size)
        let format = try format(file, path)
        let frames = try frames(table, path)
        var text = SegmentText(file, path, status, table, frames, table == nil ? stream(format, path) : nil)
        try text.learnIdentity()
        return text
    }

    private init(
        _ file: consuming FileDescriptor, _ path: String, _ status: FileStatus, _ table: ZstdSeekTable?,
        _ frames: consuming SegmentFrames?, _ stream: consuming SegmentStream?
    ) {
        self.path = path
        self.status = status
        self.file = file
        self.table = table
        self.frames = frames
        self.stream = stream
        identity = SegmentIdentity(of: RawSpan(), node: status.node)
    }

    private static func frames(_ table: ZstdSeekTable?, _ path: String) throws(LogReadError) -> SegmentFrames? {
        guard let table else { return nil }
        return try SegmentFrames(table, path)
    }

    private static func stream(_ format: CompressionFormat?, _ path: String) -> SegmentStream? {
        guard let format else { return nil }
        return SegmentStream(format, path)
    }

    /// Reads the first line again, where the file had none so far.
    mutating func learnIdentity() throws(LogReadError) {
        guard identity.firstLine == 0 else { return }
        var head = ByteBuffer(capacity: SegmentIdentity.length)
        do {
            while head.count < SegmentIdentity.length {
                let most = SegmentIdentity.length - head.count
                if try read(at: Int64(head.count), atMost: most, into: &head) == 0 { break }
            }
        } catch {
            // A first frame that is damaged leaves the file without a name of its own.
            guard case .compression = error.reason else { throw error }
        }
        identity = SegmentIdentity(of: head.bytes, node: status.node)
    }

    /// Whether the file is compressed: then it never grows.
    var isCompressed: Bool { frames != nil || stream != nil }

    /// Bytes of text there are just now. Of a stream without a seek table this unpacks the whole once.
    mutating func length() throws(LogReadError) -> Int64 {
        if let table { return table.textSize }
        if stream != nil { return try stream!.length(file) }
        return try file.checkedStatus(path).size
    }

    /// Appends at most `most` bytes of text from `offset` on to `buffer` and says how many; 0 at the end. A part that
    /// cannot be unpacked is an error; `resume` says where to go on.
    mutating func read(at offset: Int64, atMost most: Int, into buffer: inout ByteBuffer) throws(LogReadError) -> Int {
        if frames != nil { return try frames!.read(file, at: offset, atMost: most, into: &buffer) }
        if stream != nil { return try stream!.read(file, at: offset, atMost: most, into: &buffer) }
        return try file.append(at: offset, atMost: most, to: &buffer, path)
    }

    /// Where the text goes on behind damage at `offset`; nil where nothing more can be read.
    func resume(after offset: Int64) -> Int64? {
        guard let table, let index = table.frame(at: offset) else { return nil }
        let next = table.frames[index].offset + Int64(table.frames[index].size)
        return next < table.textSize ? next : nil
    }

    /// Names for a place in this text.
    func place(at offset: Int64) -> LogPlace {
        LogPlace(firstLine: identity.firstLine, node: identity.node, offset: offset)
    }

    private static func format(
        _ file: borrowing FileDescriptor, _ path: String
    ) throws(LogReadError) -> CompressionFormat? {
        var head = ByteBuffer(capacity: 64)
        _ = try file.append(at: 0, atMost: CompressionFormat.magicLength, to: &head, path)
        return CompressionFormat(detecting: head.bytes)
    }

    /// The seek table of a file that is zstd and has one.
    private static func table(
        _ file: borrowing FileDescriptor, _ path: String, _ size: Int64
    ) throws(LogReadError) -> ZstdSeekTable? {
        let footerSize = ZstdSeekTable.footerSize
        guard try format(file, path) == .zstd, size >= Int64(footerSize) else { return nil }
        var bytes = ByteBuffer(capacity: 64)
        _ = try file.append(at: size - Int64(footerSize), atMost: footerSize, to: &bytes, path)
        guard let length = ZstdSeekTable.length(footer: bytes.bytes), Int64(length) <= size else { return nil }
        bytes.removeAll()
        try file.appendAll(at: size - Int64(length), length, to: &bytes, path)
        return ZstdSeekTable(parsing: bytes.bytes, fileSize: size)
    }
}

extension FileDescriptor {
    init(reading path: String) throws(LogReadError) {
        do {
            try self.init(opening: path, for: .read)
        } catch {
            throw LogReadError(path, .call(error))
        }
    }

    func checkedStatus(_ path: String) throws(LogReadError) -> FileStatus {
        do {
            return try status()
        } catch {
            throw LogReadError(path, .call(error))
        }
    }

    /// Appends what one read gives.
    func append(
        at offset: Int64, atMost most: Int, to buffer: inout ByteBuffer, _ path: String
    ) throws(LogReadError) -> Int {
        let before = buffer.count
        do {
            try buffer.append(atMost: most) { room throws(SystemCallError) in try read(into: room, at: offset) }
        } catch {
            throw LogReadError(path, .call(error))
        }
        return buffer.count - before
    }

    /// Appends `count` bytes, fewer only where the file ends.
    func appendAll(
        at offset: Int64, _ count: Int, to buffer: inout ByteBuffer, _ path: String
    ) throws(LogReadError) {
        var done = 0
        while done < count {
            let more = try append(at: offset + Int64(done), atMost: count - done, to: &buffer, path)
            if more == 0 { return }
            done += more
        }
    }
}
