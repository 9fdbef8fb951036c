import CLinux

/// A number that the kernel gave as the reason of a failure (errno(3)). Unknown numbers are kept.
public struct Errno: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// EPERM: only a privileged process may do this.
    public static let notPermitted = Errno(rawValue: EPERM)
    /// ENOENT: there is no such file or folder.
    public static let noSuchFile = Errno(rawValue: ENOENT)
    /// EINTR: a signal came first; never seen outside this room.
    public static let interrupted = Errno(rawValue: EINTR)
    /// EIO: the device failed.
    public static let inputOutput = Errno(rawValue: EIO)
    /// ENOMEM: there is not enough memory.
    public static let outOfMemory = Errno(rawValue: ENOMEM)
    /// EAGAIN: nothing is there now, on a descriptor that does not wait.
    public static let wouldBlock = Errno(rawValue: EAGAIN)
    /// EACCES: the permissions of the file or of a folder above it forbid this.
    public static let accessDenied = Errno(rawValue: EACCES)
    /// EBUSY: somebody else has it.
    public static let busy = Errno(rawValue: EBUSY)
    /// EEXIST: something of that name is there already.
    public static let exists = Errno(rawValue: EEXIST)
    /// ENOTDIR: a part of the path is no folder.
    public static let notADirectory = Errno(rawValue: ENOTDIR)
    /// EISDIR: a folder where a file was expected.
    public static let isADirectory = Errno(rawValue: EISDIR)
    /// EINVAL: an argument that the call does not know.
    public static let invalidArgument = Errno(rawValue: EINVAL)
    /// EMFILE: this process has too many open files.
    public static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    /// EFBIG: the file would grow past its limit.
    public static let fileTooLarge = Errno(rawValue: EFBIG)
    /// ENOSPC: the disk is full.
    public static let noSpace = Errno(rawValue: ENOSPC)
    /// EROFS: the file system is mounted for reading only.
    public static let readOnlyFileSystem = Errno(rawValue: EROFS)
    /// EPIPE: the reader of a pipe has gone away.
    public static let brokenPipe = Errno(rawValue: EPIPE)
    /// ENAMETOOLONG: a name of more than 255 bytes, or a path of more than 4,095.
    public static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    /// ENOBUFS: a socket's buffer overflowed.
    public static let noBufferSpace = Errno(rawValue: ENOBUFS)
    /// ETIMEDOUT: no answer came.
    public static let timedOut = Errno(rawValue: ETIMEDOUT)
    /// EAFNOSUPPORT: the kernel has no sockets of this family.
    public static let noSuchFamily = Errno(rawValue: EAFNOSUPPORT)
    /// ENETDOWN: an interface went down.
    public static let networkDown = Errno(rawValue: ENETDOWN)
    /// ENODEV: there is no such interface.
    public static let noSuchDevice = Errno(rawValue: ENODEV)
    /// EDQUOT: the quota of the user is used up.
    public static let quotaExceeded = Errno(rawValue: EDQUOT)

    /// ENOTTY: a request (ioctl(2)) that the device does not know.
    public static let noSuchRequest = Errno(rawValue: ENOTTY)
    /// ECONNREFUSED: nobody listens there.
    public static let connectionRefused = Errno(rawValue: ECONNREFUSED)

    /// What the C library says about it: "No such file or directory".
    public var description: String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard unsafe gatelog_strerror(rawValue, buffer.baseAddress!, buffer.count) == 0 else {
                return "error \(rawValue)"
            }
            return unsafe String(cString: buffer.baseAddress!)
        }
    }
}
