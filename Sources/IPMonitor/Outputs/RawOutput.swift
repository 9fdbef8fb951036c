import Primitives
import SystemCalls

/// The file of `-B`: every whole record as it was read. What cannot be opened or written is lost silently, as with the
/// original; records one behind the other are written at once.
final class RawOutput {
    private let path: String
    private var file: Holder?

    private final class Holder {
        let file: FileDescriptor
        init(_ path: String) throws(SystemCallError) { file = try FileDescriptor(opening: path, for: .append) }
    }

    init(_ path: String) {
        self.path = path
        reopen()
    }

    func reopen() {
        do {
            file = try Holder(path)
        } catch {}
    }

    /// Appends records.
    func write(_ bytes: RawSpan) {
        guard let file, bytes.byteCount > 0 else { return }
        do {
            try file.file.write(bytes)
        } catch {}
    }
}
