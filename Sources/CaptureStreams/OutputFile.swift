public import SystemCalls

/// A file that is being written and does not have its name yet: it gets it when it is whole.
///
/// Until then it has no name at all, so that nothing is left where the process is killed; where the file system
/// cannot do that it stands beside its place under a hidden name, and is removed when its owner goes away without
/// finishing. Devices, pipes and standard output are written to directly.
public struct OutputFile: ~Copyable {
    /// The path as given, or "standard output".
    public let path: String
    private var file: FileDescriptor?
    /// The name that a file without one gets for a moment before its own, which it takes from another in one step.
    private let hidden: String?
    private let isUnnamed: Bool
    private var isFinished: Bool

    /// Opens `path` for writing; "-" is standard output.
    public init(_ path: String) throws(SystemCallError) {
        let hidden = path == "-" ? nil : try Self.hiddenName(for: path)
        var unnamed = Self.openUnnamed(path, hidden)
        let isUnnamed = unnamed != nil
        let opened = isUnnamed ? unnamed.take() : try Self.open(path, hidden)
        self.path = path == "-" ? "standard output" : path
        file = opened
        self.hidden = hidden
        self.isUnnamed = isUnnamed
        isFinished = false
    }

    deinit {
        if let hidden, !isUnnamed, !isFinished { try? Paths.unlink(hidden) }
    }

    private static func openUnnamed(_ path: String, _ hidden: String?) -> FileDescriptor? {
        guard hidden != nil else { return nil }
        let folder = folder(of: path)
        return try? FileDescriptor(unnamedIn: folder.isEmpty ? "." : folder)
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
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return "\(folder(of: path)).\(name).\(Clocks.monotonic).part"
    }

    /// All of `path` before its last part, with the slash; empty where there is none.
    private static func folder(of path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map { "\($0)/" }.joined()
    }

    /// Writes all of `bytes`; not yet under the file's name.
    public func write(_ bytes: RawSpan) throws(SystemCallError) {
        do {
            try file?.write(bytes)
        } catch {
            throw SystemCallError(errno: error.errno, call: error.call, path: path)
        }
    }

    /// Closes the file and gives it its name.
    public mutating func finish() throws(SystemCallError) {
        guard let open = file.take() else { return }
        do {
            if let hidden, isUnnamed { try open.link(to: hidden) }
            try open.close()
            if let hidden { try Self.rename(hidden, to: path) }
        } catch {
            throw SystemCallError(errno: error.errno, call: error.call, path: path)
        }
        isFinished = true
    }

    private static func rename(_ hidden: String, to path: String) throws(SystemCallError) {
        do {
            try Paths.rename(hidden, to: path)
        } catch {
            try? Paths.unlink(hidden)
            throw error
        }
    }
}
