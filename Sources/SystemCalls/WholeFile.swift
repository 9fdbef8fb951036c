/// Files that are there whole or not at all, whatever happens meanwhile: written under another name, brought to the
/// disk, and renamed.
public enum WholeFile {
    /// A step of writing, for tests that stop there.
    public enum Step: Int, CaseIterable, Sendable {
        case made, halfWritten, written, synchronized, renamed, folderSynchronized
    }

    /// Puts `bytes` in place of the file at `path`, durably: when this returns they are on the disk under that name.
    /// Where it throws, or the process dies in the middle, the old file stands as it was; a hidden `.NAME.new` may be
    /// left, which the next write replaces. `onStep` is called after each step.
    public static func write(
        _ bytes: [UInt8], to path: String, permissions: UInt32, onStep: (Step) -> Void = { _ in }
    ) throws(SystemCallError) {
        let (folder, name) = parts(path)
        let temporary = "\(folder)/.\(name).new"
        do {
            let file = try FileDescriptor(opening: temporary, for: .replace, permissions: permissions)
            onStep(.made)
            let half = bytes.count / 2
            unsafe try file.write(bytes.span.bytes.extracting(..<half))
            onStep(.halfWritten)
            unsafe try file.write(bytes.span.bytes.extracting(half...))
            onStep(.written)
            try file.synchronize()
            try file.close()
            onStep(.synchronized)
            try Paths.rename(temporary, to: path)
        } catch {
            try? Paths.unlink(temporary)
            throw error
        }
        onStep(.renamed)
        try Folders.synchronize(folder)
        onStep(.folderSynchronized)
    }

    private static func parts(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let name = String(path[path.utf8.index(after: slash)...])
        return (slash == path.utf8.startIndex ? "/" : String(path[..<slash]), name)
    }
}
