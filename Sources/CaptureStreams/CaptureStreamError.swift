public import CaptureFiles
public import Compression
public import SystemCalls

/// Why a capture cannot be read or written: which one, and what stood in the way.
public struct CaptureStreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What stood in the way.
    public enum Reason: Error, Hashable, Sendable {
        /// A system call failed.
        case system(SystemCallError)
        /// The bytes are no capture.
        case format(CaptureFormatError)
        /// The compressed stream around the capture cannot even be begun.
        case compression(CompressionError)
        /// A plain pcap has one link type, and a packet of another came: the first, and the other.
        case linkTypesDiffer(UInt16, UInt16)
        /// The path names a folder.
        case isFolder
    }

    /// The path, or "standard input", "standard output".
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .system(let error): "\(path): \(error.errno)\(Self.advice(error.errno)) (\(error.call))"
        case .format(let error): "\(path): \(error)"
        case .compression(let error): "\(path): \(error)"
        case .linkTypesDiffer(let first, let other):
            "\(path): a plain pcap holds packets of one link type, and after packets of link type \(first) "
                + "one of link type \(other) came; write a .pcapng"
        case .isFolder: "\(path): this is a folder; name the captures in it, as in \(path)/*.pcapng"
        }
    }

    private static func advice(_ errno: Errno) -> String {
        switch errno {
        case .noSpace, .quotaExceeded: "; nothing stands under that name, free some room and try again"
        default: ""
        }
    }
}
