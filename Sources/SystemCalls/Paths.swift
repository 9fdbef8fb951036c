import CLinux

/// Calls on paths rather than on open files.
public enum Paths {
    /// Gives the file `old` the name `new`, in place of what had that name, in one step (rename(2)).
    public static func rename(_ old: String, to new: String) throws(SystemCallError) {
        _ = try checked("rename", new) { unsafe gatelog_rename(old, new) }
    }

    /// Removes the name `path` (unlink(2)).
    public static func unlink(_ path: String) throws(SystemCallError) {
        _ = try checked("unlink", path) { unsafe gatelog_unlink(path) }
    }

    /// What the kernel knows about `path`, links followed; nil where nothing is there.
    public static func status(_ path: String) throws(SystemCallError) -> FileStatus? {
        var status = stat()
        do {
            _ = try checked("stat", path) { unsafe gatelog_stat(path, &status) }
        } catch  where error.errno == .noSuchFile {
            return nil
        }
        return FileStatus(status)
    }

    /// The path of the program that this process runs (/proc/self/exe); nil where it is gone or longer than 4,095 bytes.
    public static var ofThisProgram: String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            let count = unsafe readlink("/proc/self/exe", buffer.baseAddress!, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            return unsafe String(
                decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
        }
    }

    /// All bytes of a small file; more than `limit` bytes are an error (EFBIG).
    public static func contents(_ path: String, limit: Int = 16 << 20) throws(SystemCallError) -> [UInt8] {
        let file = try FileDescriptor(opening: path, for: .read)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try readChunk(file, path, &chunk)
            if count == 0 { return bytes }
            guard bytes.count <= limit - count else {
                throw SystemCallError(errno: .fileTooLarge, call: "read", path: path)
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private static func readChunk(
        _ file: borrowing FileDescriptor, _ path: String, _ chunk: inout [UInt8]
    ) throws(SystemCallError) -> Int {
        let number = file.number
        return try checked("read", path) {
            unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe gatelog_read(number, buffer.baseAddress, buffer.count)
            }
        }
    }
}
