import CaptureFiles
import Compression
import Primitives
import SystemCalls

/// The bytes of a capture: an open file and, where its first bytes say so, what unpacks it.
struct ByteSource: ~Copyable {
    /// Bytes of a compressed file that are read at a time.
    private static let packedCapacity = 128 << 10

    private let file: FileDescriptor
    private var decompressor: Decompressor?
    private var packed = ReadWindow(capacity: 0)
    private var packedPosition = 0
    private var isFileAtEnd = false
    /// Bytes read from the file, packed as they are.
    private(set) var bytesRead: Int64 = 0
    /// What is wrong with the compressed stream; nothing more comes then.
    private(set) var damage: CaptureDamage?
    private(set) var failure: CompressionError?

    init(_ file: consuming FileDescriptor) {
        self.file = file
    }

    /// Reads the first bytes into `window` and, where they are compressed, puts a decoder in between.
    mutating func begin(_ window: inout ReadWindow) throws(CaptureStreamError.Reason) {
        while window.count < CompressionFormat.magicLength {
            let count = try readFile(into: window.room)
            if count == 0 { break }
            window.add(count)
        }
        guard let format = CompressionFormat(detecting: window.bytes) else { return }
        do {
            decompressor = try Decompressor(format)
        } catch {
            throw .compression(error)
        }
        packed.grow(to: Self.packedCapacity + window.count)
        packed.room.copyMemory(from: UnsafeRawBufferPointer(start: window.base, count: window.count))
        packed.add(window.count)
        window.drop(window.count)
    }

    /// Puts bytes into `room`, which is not empty; 0 at the end.
    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(CaptureStreamError.Reason) -> Int {
        guard decompressor != nil else { return try readFile(into: room) }
        while damage == nil {
            let progress = decompressor!.decompress(packed, from: packedPosition, into: room)
            packedPosition += progress.consumed
            if let failure = progress.failure { note(failure) }
            if progress.produced > 0 { return progress.produced }
            if damage != nil || isFileAtEnd { break }
            if progress.consumed == 0 || packedPosition == packed.count { try readPacked() }
        }
        if damage == nil, let failure = decompressor!.failureAtEnd() { note(failure) }
        return 0
    }

    private mutating func readPacked() throws(CaptureStreamError.Reason) {
        packed.drop(packedPosition)
        packedPosition = 0
        let count = try readFile(into: packed.room)
        packed.add(count)
        isFileAtEnd = count == 0
    }

    private mutating func readFile(into room: UnsafeMutableRawBufferPointer) throws(CaptureStreamError.Reason) -> Int {
        do {
            let count = try file.read(into: room)
            bytesRead += Int64(count)
            return count
        } catch {
            throw .system(error)
        }
    }

    private mutating func note(_ failure: CompressionError) {
        let offset = bytesRead - Int64(packed.count - packedPosition)
        damage = CaptureDamage(offset: offset, reason: .compression("\(failure)"))
        self.failure = failure
    }
}

extension Decompressor {
    fileprivate mutating func decompress(
        _ packed: borrowing ReadWindow, from position: Int, into room: UnsafeMutableRawBufferPointer
    ) -> Progress {
        decompress(packed.bytes.extracting(position..<packed.count), into: room)
    }
}
