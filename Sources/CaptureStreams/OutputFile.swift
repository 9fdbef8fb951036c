import SystemCalls

/// A file that is being written and does not have its name yet: it gets it when it is whole.
///
/// Until then it stands beside its place under a hidden name, and is removed when its owner goes away
/// without finishing. Devices, pipes and standard output are written to directly.
struct OutputFile: ~Copyable {
    /// The path as given, or "standard output".
    let path: String
    private var file: FileDescriptor?
    private var hidden: String?

    /// Opens `path` for writing; "-" is standard output.
    init(_ path: String) throws(SystemCallError) {
        let name = path == "-" ? "standard output" : path
        let target = path == "-" ? nil : try Self.hiddenName(for: path)
        let opened = try Self.open(path, target)
        self.path = name
        file = consume opened
        hidden = target
    }

    private static func open(_ path: String, _ hidden: String?) throws(SystemCallError) -> FileDescriptor {
        if path == "-" { return .standardOutput }
        guard let hidden else { return try FileDescriptor(opening: path, for: .replace) }
        do {
            return try FileDescriptor(opening: hidden, for: .create)
        } catch {
            // The hidden name is nobody's business: the error is about the path that was given.
            throw SystemCallError(errno: error.errno, call: error.call, path: path)
        }
    }

    /// The name to write under; nil for what is no regular file, which must not be replaced by one.
    private static func hiddenName(for path: String) throws(SystemCallError) -> String? {
        if let status = try Paths.status(path) {
            if status.kind == .directory { throw SystemCallError(errno: .isADirectory, call: "open", path: path) }
            if status.kind == .other { return nil }
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().map { "\($0)/" }.joined()
        return "\(folder).\(parts.last ?? "").\(Clocks.monotonic).part"
    }

    deinit {
        if let hidden { try? Paths.unlink(hidden) }
    }

    func write(_ bytes: RawSpan) throws(SystemCallError) {
        do {
            try file?.write(bytes)
        } catch {
            throw SystemCallError(errno: error.errno, call: error.call, path: path)
        }
    }

    /// Closes the file and gives it its name.
    mutating func finish() throws(SystemCallError) {
        guard let open = file.take() else { return }
        do {
            try open.close()
            if let hidden { try Paths.rename(hidden, to: path) }
        } catch {
            throw SystemCallError(errno: error.errno, call: error.call, path: path)
        }
        hidden = nil
    }
}
