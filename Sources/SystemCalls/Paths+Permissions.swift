import CLinux

extension Paths {
    /// Sets who may read, write and enter `path` (chmod(2)), whatever the umask says.
    public static func setPermissions(of path: String, to permissions: UInt32) throws(SystemCallError) {
        _ = try checked("chmod", path) { unsafe chmod(path, permissions) }
    }

    /// Gives `path` to a group (chown(2)); the owner stays. Takes a member of the group, or root.
    public static func setGroup(of path: String, to group: UInt32) throws(SystemCallError) {
        _ = try checked("chown", path) { unsafe chown(path, uid_t.max, group) }
    }

    /// What a symbolic link says (readlink(2)).
    public static func target(ofLink path: String) throws(SystemCallError) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try checked("readlink", path) {
            unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe readlink(path, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
            }
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Whether this process may run `path` as a program (access(2)).
    public static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0
    }
}
