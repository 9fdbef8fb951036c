import ControlMessages
import NIOCore
import NIOPosix
import Synchronization
import SystemCalls

/// The bytes of several files behind each other. All are open from the beginning, so that what is promised can be
/// delivered though a ring goes on or somebody removes them; what they grow by afterwards is left out.
final class FileSequence: Sendable {
    /// Bytes of all files.
    let size: Int
    private let files: [OpenFile]
    /// Which file is read, and how much of it is left.
    private let place: Mutex<(file: Int, left: Int)>

    /// Bytes that are read at once.
    private static let chunk = 256 << 10

    /// A file became shorter while it was sent.
    struct Truncated: Error {}

    init(_ paths: [String]) throws(ControlError) {
        do {
            files = try paths.map { path throws(SystemCallError) in try OpenFile(path) }
        } catch {
            throw ControlError(.unavailable, "the dump cannot be read: \(error)")
        }
        size = files.reduce(0) { $0 + $1.size }
        place = Mutex((0, files.first?.size ?? 0))
    }

    /// The next bytes; nil at the end. The disk is waited for on a thread that may wait.
    func next() async throws -> ByteBuffer? {
        try await NIOThreadPool.singleton.runIfActive { try self.read() }
    }

    private func read() throws -> ByteBuffer? {
        try place.withLock { place in
            while place.file < files.count, place.left == 0 {
                place.file += 1
                if place.file < files.count { place.left = files[place.file].size }
            }
            guard place.file < files.count else { return nil }
            let bytes = try files[place.file].read(atMost: min(place.left, Self.chunk))
            guard bytes.readableBytes > 0 else { throw Truncated() }
            place.left -= bytes.readableBytes
            return bytes
        }
    }
}

/// A file that is read from its beginning.
private final class OpenFile: Sendable {
    let size: Int
    private let descriptor: SystemCalls.FileDescriptor

    init(_ path: String) throws(SystemCallError) {
        descriptor = try SystemCalls.FileDescriptor(opening: path, for: .read)
        size = Int(clamping: try descriptor.status().size)
    }

    func read(atMost count: Int) throws(SystemCallError) -> ByteBuffer {
        var bytes = ByteBuffer()
        try bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { buffer throws(SystemCallError) in
            try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        }
        return bytes
    }
}
