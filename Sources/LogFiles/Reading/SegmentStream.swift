import Compression
import Primitives
import SystemCalls

/// Reads the text of a compressed file that has no seek table. Going forward is what it is good at: going back begins
/// at the start of the file again.
struct SegmentStream: ~Copyable {
    private static let packedLength = 128 << 10
    private static let textLength = 1 << 20

    private let format: CompressionFormat
    private let path: String
    private var decoder: Decompressor?
    private var packed = ByteBuffer(capacity: 64)
    private var packedOffset: Int64 = 0
    /// A stretch of the text, and where it begins.
    private var text = ByteBuffer(capacity: 64)
    private var textOffset: Int64 = 0
    private var isAtEnd = false
    private var whole: Int64?
    /// Why the text ends before its end.
    private var failure: CompressionError?

    init(_ format: CompressionFormat, _ path: String) {
        self.format = format
        self.path = path
    }

    /// Bytes of text, as far as they can be unpacked.
    mutating func length(
        _ file: borrowing FileDescriptor, _ damage: inout CompressionError?
    ) throws(LogReadError) -> Int64 {
        if let whole { return whole }
        do {
            while !isAtEnd { try advance(file) }
        } catch {
            // What is before the damage is text all the same.
            guard case .compression = error.reason else { throw error }
        }
        damage = failure
        whole = textOffset + Int64(text.count)
        return textOffset + Int64(text.count)
    }

    mutating func read(
        _ file: borrowing FileDescriptor, at offset: Int64, atMost most: Int, into buffer: inout ByteBuffer
    ) throws(LogReadError) -> Int {
        if offset < textOffset { restart() }
        while offset >= textOffset + Int64(text.count) {
            if isAtEnd { return 0 }
            try advance(file)
        }
        let start = Int(offset - textOffset)
        let count = min(most, text.count - start)
        buffer.append(text.bytes.extracting(start..<start + count))
        return count
    }

    private mutating func restart() {
        decoder = nil
        packed.removeAll()
        packedOffset = 0
        text.removeAll()
        textOffset = 0
        isAtEnd = false
    }

    /// Unpacks the next stretch.
    private mutating func advance(_ file: borrowing FileDescriptor) throws(LogReadError) {
        textOffset += Int64(text.count)
        text.removeAll()
        do {
            if decoder == nil { decoder = try Decompressor(format) }
        } catch {
            throw LogReadError(path, .compression(error))
        }
        while text.count < Self.textLength, !isAtEnd {
            if packed.count == 0 {
                packedOffset += Int64(try file.append(at: packedOffset, atMost: Self.packedLength, to: &packed, path))
            }
            if let failure = unpackSome(), text.count == 0 { throw LogReadError(path, .compression(failure)) }
        }
    }

    /// Unpacks what is there of the file; at its end, or where it is damaged, nothing more comes.
    private mutating func unpackSome() -> CompressionError? {
        let isLast = packed.count == 0
        var progress = Decompressor.Progress(consumed: 0, produced: 0)
        Self.unpack(packed, &decoder, into: &text, &progress)
        packed.removeFirst(progress.consumed)
        let failure = progress.failure ?? (isLast ? decoder?.failureAtEnd() : nil)
        isAtEnd = isLast || failure != nil
        self.failure = self.failure ?? failure
        return failure
    }

    private static func unpack(
        _ packed: borrowing ByteBuffer, _ decoder: inout Decompressor?, into text: inout ByteBuffer,
        _ progress: inout Decompressor.Progress
    ) {
        text.append(atMost: textLength) { room in
            progress = decoder?.decompress(packed.bytes, into: room) ?? progress
            return progress.produced
        }
    }
}
