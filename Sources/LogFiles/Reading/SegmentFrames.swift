import Compression
import Primitives
import SystemCalls

/// Reads the text of a seekable zstd file frame by frame; the last frame stays unpacked.
struct SegmentFrames: ~Copyable {
    let table: ZstdSeekTable
    private let path: String
    private var decoder: ZstdFrameDecoder
    private var packed = ByteBuffer(capacity: 64)
    private var text = ByteBuffer(capacity: 64)
    /// Which frame `text` is.
    private var current: Int?

    init(_ table: ZstdSeekTable, _ path: String) throws(LogReadError) {
        self.table = table
        self.path = path
        do {
            decoder = try ZstdFrameDecoder()
        } catch {
            throw LogReadError(path, .compression(error))
        }
    }

    mutating func read(
        _ file: borrowing FileDescriptor, at offset: Int64, atMost most: Int, into buffer: inout ByteBuffer
    ) throws(LogReadError) -> Int {
        guard let index = table.frame(at: offset) else { return 0 }
        try unpack(index, file)
        let start = Int(offset - table.frames[index].offset)
        let count = min(most, text.count - start)
        buffer.append(text.bytes.extracting(start..<start + count))
        return count
    }

    private mutating func unpack(_ index: Int, _ file: borrowing FileDescriptor) throws(LogReadError) {
        guard current != index else { return }
        let frame = table.frames[index]
        current = nil
        text.removeAll()
        packed.removeAll()
        try file.appendAll(at: frame.packedOffset, frame.packedSize, to: &packed, path)
        do {
            try decoder.unpack(packed, of: frame, into: &text)
        } catch {
            throw LogReadError(path, .compression(error))
        }
        current = index
    }
}

extension ZstdFrameDecoder {
    fileprivate mutating func unpack(
        _ packed: borrowing ByteBuffer, of frame: ZstdSeekTable.Frame, into text: inout ByteBuffer
    ) throws(CompressionError) {
        try unpack(packed.bytes, of: frame, into: &text)
    }
}
