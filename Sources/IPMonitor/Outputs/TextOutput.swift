import Primitives
import SystemCalls

/// Where lines go: a file that is opened anew at SIGHUP, or standard output.
final class TextOutput {
    private let console: any MonitorConsole
    private let path: String?
    private var file: Holder?

    private final class Holder {
        let file: FileDescriptor
        init(_ path: String) throws(SystemCallError) { file = try FileDescriptor(opening: path, for: .append) }
    }

    /// A file to append to, or standard output without a path.
    init(_ path: String?, _ console: any MonitorConsole) throws(SystemCallError) {
        self.path = path
        self.console = console
        file = try path.map { path throws(SystemCallError) in try Holder(path) }
    }

    /// Opens the file anew; where that fails the old one goes on.
    func reopen() throws(SystemCallError) {
        guard let path else { return }
        file = try Holder(path)
    }

    func write(_ bytes: RawSpan) throws(SystemCallError) {
        if let file { return try file.file.write(bytes) }
        try console.write(bytes)
    }
}
