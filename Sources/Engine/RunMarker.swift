import Primitives
import SystemCalls

/// A file that stands while a run lasts, so that the next one knows whether this one was shut down.
struct RunMarker {
    private let path: String

    /// What a run that is not here any more left behind.
    struct Remains: Hashable {
        var processID: Int32
        /// nil where the file was not written to its end.
        var startedAt: Timestamp?
    }

    /// A marker of that path. Nothing is written yet.
    init(path: String) { self.path = path }

    /// What an earlier run left; nil after a clean shutdown.
    func remains() -> Remains? {
        guard let bytes = try? Paths.contents(path, limit: 4096) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        let time = words.count == 3 ? Int64(words[1]).map { Timestamp(nanoseconds: $0) } : nil
        return Remains(processID: words.first.flatMap { Int32($0) } ?? 0, startedAt: time)
    }

    /// Says that this run has begun.
    func set(processID: Int32, at time: Timestamp) throws(SystemCallError) {
        var text = ByteBuffer(capacity: 64)
        text.append("\(processID) \(time.nanoseconds) begun\n")
        let file = try FileDescriptor(opening: path, for: .replace, permissions: 0o640)
        try file.write(text.bytes)
    }

    /// Says that this run was shut down.
    func clear() { try? Paths.unlink(path) }
}
