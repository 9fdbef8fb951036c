import CLinux

/// Calls on folders.
public enum Folders {
    /// Makes a folder (mkdir(2)), with `permissions` less the umask; one that is there already is no error.
    public static func make(_ path: String, permissions: UInt32 = 0o777) throws(SystemCallError) {
        do {
            _ = try checked("mkdir", path) { unsafe gatelog_mkdir(path, permissions) }
        } catch  where error.errno == .exists {
            guard try Paths.status(path)?.kind == .directory else { throw error }
        }
    }

    /// Makes a folder and those above it that are missing.
    public static func makeAll(_ path: String, permissions: UInt32 = 0o777) throws(SystemCallError) {
        var part = path.hasPrefix("/") ? "/" : ""
        for name in path.split(separator: "/") {
            part += part.isEmpty || part.hasSuffix("/") ? String(name) : "/\(name)"
            if try Paths.status(part)?.kind != .directory { try make(part, permissions: permissions) }
        }
    }

    /// Removes an empty folder (rmdir(2)).
    public static func remove(_ path: String) throws(SystemCallError) {
        _ = try checked("rmdir", path) { unsafe gatelog_rmdir(path) }
    }

    /// The names in a folder, hidden ones too but for `.` and `..`, in no order; at most `limit` of them.
    public static func names(in path: String, limit: Int = 1 << 20) throws(SystemCallError) -> [String] {
        guard let folder = unsafe opendir(path) else {
            throw SystemCallError(errno: Errno(rawValue: gatelog_errno()), call: "opendir", path: path)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while names.count < limit, let entry = unsafe readdir(folder) {
            let name = unsafe String(cString: gatelog_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Waits until the names in a folder are on the disk: what was made, renamed and removed in it (fsync(2)).
    public static func synchronize(_ path: String) throws(SystemCallError) {
        try FileDescriptor(opening: path, for: .read).synchronize()
    }
}
