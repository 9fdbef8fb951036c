import CLinux
public import Primitives

/// An open file, owned: closed when its owner goes away.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number by which the kernel knows it.
    public let number: Int32
    let path: String
    private var isOwned: Bool

    /// How a file is opened.
    public enum Access: Sendable {
        /// For reading (O_RDONLY).
        case read
        /// For writing, emptied, made where it is not there (O_WRONLY | O_CREAT | O_TRUNC).
        case replace
        /// For writing; it must not exist yet, not even as a link (O_WRONLY | O_CREAT | O_EXCL).
        case create
        /// For writing at its end, made where it is not there (O_WRONLY | O_CREAT | O_APPEND).
        case append
        /// For reading, and for writing at its end, made where it is not there (O_RDWR | O_CREAT | O_APPEND).
        case extend
        /// For reading and writing, without waiting for either; it must be there (O_RDWR | O_NONBLOCK).
        case device
        /// For reading and for writing at any place, made where it is not there (O_RDWR | O_CREAT).
        case update

        var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .replace: O_WRONLY | O_CREAT | O_TRUNC
            case .create: O_WRONLY | O_CREAT | O_EXCL
            case .append: O_WRONLY | O_CREAT | O_APPEND
            case .extend: O_RDWR | O_CREAT | O_APPEND
            case .device: O_RDWR | O_NONBLOCK
            case .update: O_RDWR | O_CREAT
            }
        }
    }

    /// Opens `path`, closed on exec; a new file gets `permissions` less the umask.
    public init(opening path: String, for access: Access, permissions: UInt32 = 0o666) throws(SystemCallError) {
        let flags = access.flags | O_CLOEXEC | O_NOCTTY
        number = try checked("open", path) { unsafe gatelog_open(path, flags, permissions) }
        self.path = path
        isOwned = true
    }

    /// A new file in `folder` that has no name yet (O_TMPFILE), for writing: unless `link` gives it one it is gone
    /// when it is closed, even where the process is killed. Not every file system can do this.
    public init(unnamedIn folder: String, permissions: UInt32 = 0o666) throws(SystemCallError) {
        number = try checked("open", folder) { unsafe gatelog_open_unnamed(folder, permissions) }
        path = folder
        isOwned = true
    }

    /// Gives a file without a name the name `path`, which must be free (linkat(2)).
    public func link(to path: String) throws(SystemCallError) {
        let number = number
        _ = try checked("linkat", path) {
            unsafe linkat(AT_FDCWD, "/proc/self/fd/\(number)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
        }
    }

    private init(standard number: Int32, path: String) {
        self.number = number
        self.path = path
        isOwned = false
    }

    /// Standard input; stays open.
    public static var standardInput: FileDescriptor { FileDescriptor(standard: 0, path: "standard input") }
    /// Standard output; stays open.
    public static var standardOutput: FileDescriptor { FileDescriptor(standard: 1, path: "standard output") }
    /// Standard error; stays open.
    public static var standardError: FileDescriptor { FileDescriptor(standard: 2, path: "standard error") }

    deinit {
        // On Linux the number is free after close even where it reports EINTR, so it is never tried again.
        if isOwned { _ = gatelog_close(number) }
    }

    /// Reads at most `buffer.count` bytes; 0 at the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemCallError) -> Int {
        let number = number
        return try checked("read", path) { unsafe gatelog_read(number, buffer.baseAddress, buffer.count) }
    }

    /// Writes all of `bytes`, in as many calls as it takes.
    public func write(_ bytes: RawSpan) throws(SystemCallError) {
        var done = 0
        while done < bytes.byteCount {
            done += try writeSome(bytes.extracting(done..<bytes.byteCount))
        }
    }

    /// Writes as much of `bytes` as one call does, and returns how much that was: a disk that becomes full takes a part,
    /// and only the next call fails.
    public func writeSome(_ bytes: RawSpan) throws(SystemCallError) -> Int {
        let number = number
        return try checked("write", path) {
            unsafe bytes.withUnsafeBytes { source in
                unsafe gatelog_write(number, source.baseAddress, source.count)
            }
        }
    }

    /// What the kernel knows about the file.
    public func status() throws(SystemCallError) -> FileStatus {
        let number = number
        var status = stat()
        _ = try checked("fstat", path) { unsafe fstat(number, &status) }
        return FileStatus(status)
    }

    /// Cuts the file to `length` bytes (ftruncate). Where the next byte is written stays as it is, but for files that
    /// are opened for `.append`.
    public func truncate(to length: Int64) throws(SystemCallError) {
        let number = number
        _ = try checked("ftruncate", path) { gatelog_ftruncate(number, length) }
    }

    /// Waits until the file's bytes are on the disk (fsync).
    public func synchronize() throws(SystemCallError) {
        let number = number
        _ = try checked("fsync", path) { fsync(number) }
    }

    /// Closes the file and says what went wrong, which a silent end of life cannot: some file
    /// systems only report at close that the bytes did not reach the disk.
    public consuming func close() throws(SystemCallError) {
        guard isOwned else { return }
        isOwned = false
        guard gatelog_close(number) == -1 else { return }
        let errno = Errno(rawValue: gatelog_errno())
        if errno != .interrupted { throw SystemCallError(errno: errno, call: "close", path: path) }
    }

    /// Whether a person sits at the other end.
    public var isTerminal: Bool { isatty(number) == 1 }
}

/// What the kernel knows about a file.
public struct FileStatus: Hashable, Sendable {
    /// What kind of thing a path names, as far as we treat them differently.
    public enum Kind: Sendable {
        case regular, directory, other
    }

    public var kind: Kind
    /// Whether it is a socket: those are not opened but connected to.
    public var isSocket: Bool
    /// Whether it is a device that takes bytes one after another.
    public var isCharacterDevice: Bool
    /// Bytes, for a regular file.
    public var size: Int64
    /// Two open files of the same device and node are the same file.
    public var device: UInt64
    public var node: UInt64
    /// How many names the file has; 0 once the last one was removed.
    public var links: UInt64
    /// When its bytes last changed.
    public var modified: Timestamp
    /// When anything of it changed last, its name too; no program can set this back.
    public var changed: Timestamp

    init(_ status: stat) {
        kind =
            switch Int32(status.st_mode) & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            default: .other
            }
        isSocket = Int32(status.st_mode) & S_IFMT == S_IFSOCK
        isCharacterDevice = Int32(status.st_mode) & S_IFMT == S_IFCHR
        size = Int64(status.st_size)
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
        modified = Timestamp(
            seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        changed = Timestamp(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
    }
}
