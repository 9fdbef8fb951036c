import Compression
import Primitives
import SystemCalls

/// An open file of a log: what the threads that read it share.
struct SegmentSource: Sendable {
    let path: String
    let status: FileStatus
    let file: SharedFile
    /// Where its frames are, each of which can be unpacked alone.
    let table: ZstdSeekTable?
    /// How it is compressed; nil where the text stands in the file as it is.
    let format: CompressionFormat?

    init(opening path: String) throws(LogReadError) {
        self.path = path
        file = try SharedFile(opening: path)
        status = try file.descriptor.checkedStatus(path)
        guard status.kind == .regular else { throw LogReadError(path, .noFile) }
        var head = ByteBuffer(capacity: 64)
        _ = try file.descriptor.append(at: 0, atMost: CompressionFormat.magicLength, to: &head, path)
        format = CompressionFormat(detecting: head.bytes)
        table = format == .zstd ? try Self.table(file.descriptor, path, status.size) : nil
    }

    private static func table(
        _ file: borrowing FileDescriptor, _ path: String, _ size: Int64
    ) throws(LogReadError) -> ZstdSeekTable? {
        let footerSize = ZstdSeekTable.footerSize
        guard size >= Int64(footerSize) else { return nil }
        var bytes = ByteBuffer(capacity: 64)
        _ = try file.append(at: size - Int64(footerSize), atMost: footerSize, to: &bytes, path)
        guard let length = ZstdSeekTable.length(footer: bytes.bytes), Int64(length) <= size else { return nil }
        bytes.removeAll()
        try file.appendAll(at: size - Int64(length), length, to: &bytes, path)
        return ZstdSeekTable(parsing: bytes.bytes, fileSize: size)
    }
}

/// The text of one open file of a log, read at any place, compressed or not. The file may be renamed, grow, or be
/// removed meanwhile. One thread reads it; others make their own of its `source`.
struct SegmentText: ~Copyable {
    let source: SegmentSource
    private(set) var identity: SegmentIdentity
    /// What unpacks a file of frames, each of which can be unpacked alone ...
    private var frames: SegmentFrames?
    /// ... or a stream that can only be unpacked from its beginning.
    private var stream: SegmentStream?

    var path: String { source.path }
    var status: FileStatus { source.status }

    /// Opens the file at `path`.
    static func open(_ path: String) throws(LogReadError) -> SegmentText {
        var text = try reading(try SegmentSource(opening: path))
        try text.learnIdentity()
        return text
    }

    /// Reads a file that is open.
    static func reading(_ source: SegmentSource) throws(LogReadError) -> SegmentText {
        SegmentText(source, try frames(source))
    }

    private init(_ source: SegmentSource, _ frames: consuming SegmentFrames?) {
        self.source = source
        self.frames = frames
        stream = Self.stream(source)
        identity = SegmentIdentity(of: RawSpan(), node: source.status.node)
    }

    private static func frames(_ source: SegmentSource) throws(LogReadError) -> SegmentFrames? {
        guard let table = source.table else { return nil }
        return try SegmentFrames(table, source.path)
    }

    private static func stream(_ source: SegmentSource) -> SegmentStream? {
        guard source.table == nil, let format = source.format else { return nil }
        return SegmentStream(format, source.path)
    }

    /// Reads the first line again, where the file had none so far.
    mutating func learnIdentity(again: Bool = false) throws(LogReadError) {
        guard again || identity.firstLine == 0 else { return }
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
        if let table = source.table { return table.textSize }
        if stream != nil { return try stream!.length(source.file.descriptor, &damage) }
        return try source.file.descriptor.checkedStatus(path).size
    }

    /// Appends at most `most` bytes of text from `offset` on to `buffer` and says how many; 0 at the end. A part that
    /// cannot be unpacked is an error; `resume` says where to go on.
    mutating func read(at offset: Int64, atMost most: Int, into buffer: inout ByteBuffer) throws(LogReadError) -> Int {
        if frames != nil { return try frames!.read(source.file.descriptor, at: offset, atMost: most, into: &buffer) }
        if stream != nil { return try stream!.read(source.file.descriptor, at: offset, atMost: most, into: &buffer) }
        return try source.file.descriptor.append(at: offset, atMost: most, to: &buffer, path)
    }

    /// Where the text goes on behind damage at `offset`; nil where nothing more can be read.
    func resume(after offset: Int64) -> Int64? {
        guard let table = source.table, let index = table.frame(at: offset) else { return nil }
        let next = table.frames[index].offset + Int64(table.frames[index].size)
        return next < table.textSize ? next : nil
    }

    /// Why a text that can only be unpacked from its beginning ends early; known once `length` was asked for.
    private(set) var damage: CompressionError?

    /// Whether going to any place costs the same; a stream is unpacked from its beginning.
    var isRandomAccess: Bool { stream == nil }

    /// Whether the first line is there, by which places in this text are known.
    var hasIdentity: Bool { identity.firstLine != 0 }

    /// Names for a place in this text.
    func place(at offset: Int64) -> LogPlace {
        LogPlace(firstLine: identity.firstLine, node: identity.node, offset: offset)
    }
}

/// An open file that several threads read, each at places of its own.
final class SharedFile: Sendable {
    let descriptor: FileDescriptor

    init(opening path: String) throws(LogReadError) {
        descriptor = try FileDescriptor(reading: path)
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
