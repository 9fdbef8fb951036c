import Primitives

/// What kind of capture a file is, told by its first four bytes and never by its name.
public enum CaptureFormat: Sendable, Hashable {
    /// The format of libpcap, with record times in micro- or nanoseconds.
    case pcap
    /// libpcap's format as Alexey Kuznetzov changed it (magic a1b2cd34): records know their packet type.
    case modifiedPcap
    /// The next generation format (draft-ietf-opsawg-pcapng).
    case pcapng
    /// A log of ipl(4), as IPFilter's devices and ours hand it out.
    case recordLog

    /// Whether these are the first bytes of a capture that we know, or whose kind we know; not so of an ipl log.
    public static func begins(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 4 else { return false }
        let magic = bytes.big32(at: 0)
        if magic == Magic.sectionHeader || Magic.foreign(magic) != nil { return true }
        return [magic, magic.byteSwapped].contains {
            $0 == Magic.micro || $0 == Magic.nano || $0 == Magic.modified
        }
    }
}

/// The order in which a file holds the bytes of its numbers.
public enum ByteOrder: Sendable, Hashable {
    case little, big
}

/// Why bytes are no capture at all: nothing can be read, so this is an error and not damage.
public enum CaptureFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is not a single byte.
    case empty
    /// There are fewer bytes than any capture's header has.
    case tooShort(present: Int, needed: Int)
    /// The first four bytes are no capture's.
    case unknownMagic(UInt32)
    /// The first bytes are those of a kind of capture that is not read here; its name.
    case unsupported(String)

    public var description: String {
        switch self {
        case .empty:
            "the file is empty; even a capture without packets begins with a header"
        case .tooShort(let present, let needed):
            "the file ends after \(present) bytes, within the header of \(needed) bytes that a capture begins with"
        case .unknownMagic(let magic):
            "this is no capture: it begins with the bytes \(Self.hex(magic)), and a capture begins with "
                + "a1b2c3d4 or a1b23c4d (pcap, in either byte order) or 0a0d0d0a (pcapng); an ipl log begins with a "
                + "record"
        case .unsupported(let name):
            "this is \(name), which is not read here; `editcap -F pcapng` converts it"
        }
    }

    private static func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// The magic numbers of files, as the first four bytes read in network order.
enum Magic {
    static let micro: UInt32 = 0xa1b2_c3d4
    static let nano: UInt32 = 0xa1b2_3c4d
    static let modified: UInt32 = 0xa1b2_cd34
    static let sectionHeader: UInt32 = 0x0a0d_0d0a
    /// The word in a section header that tells its byte order.
    static let byteOrder: UInt32 = 0x1a2b_3c4d

    /// Captures of other programs that users have, by the bytes that they begin with.
    static func foreign(_ magic: UInt32) -> String? {
        switch magic {
        case 0x736e_6f6f: "a capture of Solaris' snoop"
        case 0x5452_534e: "a capture of Network General's Sniffer"
        case 0x4747_4d55, 0x474d_4255: "a capture of Microsoft's Network Monitor"
        case 0x6274_736e: "a btsnoop log of Bluetooth"
        default: nil
        }
    }
}
