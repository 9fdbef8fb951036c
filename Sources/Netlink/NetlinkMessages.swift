public import Primitives

// Messages and attributes of netlink (netlink(7), include/uapi/linux/netlink.h), read from borrowed bytes. The kernel is
// believed no more than the network: every length is compared before it is used, and a walk always ends.

/// One message of a datagram: its header, and where its payload stands in the datagram's bytes.
public struct NetlinkMessage: Hashable, Sendable {
    public var type: UInt16
    public var flags: UInt16
    public var sequence: UInt32
    /// The port of the socket that asked for it; 0 where nobody did.
    public var port: UInt32
    /// Behind the header; within the bytes that were walked, whatever the header said.
    public var payload: Range<Int>

    @inlinable
    init(type: UInt16, flags: UInt16, sequence: UInt32, port: UInt32, payload: Range<Int>) {
        self.type = type
        self.flags = flags
        self.sequence = sequence
        self.port = port
        self.payload = payload
    }

    /// Bytes of a message's header.
    @inlinable public static var headerSize: Int { 16 }
    /// Nothing to be done (NLMSG_NOOP).
    @inlinable public static var noOperation: UInt16 { 1 }
    /// The answer to a request: 0, or an errno (NLMSG_ERROR).
    @inlinable public static var error: UInt16 { 2 }
    /// The end of what belongs together (NLMSG_DONE).
    @inlinable public static var done: UInt16 { 3 }
    /// Data was lost (NLMSG_OVERRUN).
    @inlinable public static var overrun: UInt16 { 4 }

    /// Whether a dump that this message belongs to was disturbed and must be asked for again (NLM_F_DUMP_INTR).
    @inlinable public var isInterruptedDump: Bool { flags & 0x10 != 0 }

    /// What an error message says: 0 for an acknowledgement, else an errno; nil for any other message, and one that
    /// is too short.
    public func errorNumber(in bytes: RawSpan) -> Int32? {
        guard type == NetlinkMessage.error, payload.count >= 4, bytes.holds(4, at: payload.lowerBound) else {
            return nil
        }
        let number = Int32(bitPattern: bytes.native32(at: payload.lowerBound))
        // Errors come negative; the least number has no opposite.
        return number == .min ? .max : abs(number)
    }
}

/// A walk over the messages of a datagram. Plain offsets: the bytes are given to each step.
public struct NetlinkMessages: Sendable {
    @usableFromInline var offset: Int
    @usableFromInline let end: Int
    /// Whether the walk ended at a length that could not be true; what came before it stands.
    public private(set) var isDamaged = false

    /// A walk over the first `count` bytes.
    @inlinable
    public init(count: Int) { self.init(0..<max(count, 0)) }

    /// A walk over one of several datagrams that stand behind each other.
    @inlinable
    public init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next message; nil at the end and behind damage. `bytes` are the same in each step.
    @inlinable
    public mutating func next(in bytes: RawSpan) -> NetlinkMessage? {
        let left = min(end, bytes.byteCount) - offset
        guard left >= NetlinkMessage.headerSize else {
            if left > 0 { damage() }
            return nil
        }
        let length = Int(bytes.native32(at: offset))
        guard length >= NetlinkMessage.headerSize, length <= left else {
            damage()
            return nil
        }
        let message = NetlinkMessage(
            type: bytes.native16(at: offset + 4), flags: bytes.native16(at: offset + 6),
            sequence: bytes.native32(at: offset + 8), port: bytes.native32(at: offset + 12),
            payload: offset + NetlinkMessage.headerSize..<offset + length)
        offset += (length + 3) & ~3
        return message
    }

    @inline(never) @usableFromInline
    mutating func damage() {
        isDamaged = true
        offset = end
    }
}

extension RawSpan {
    /// Two bytes in the machine's own order, as netlink's headers have them. Traps past the end.
    @inlinable @inline(__always)
    public func native16(at offset: Int) -> UInt16 {
        #if _endian(little)
            little16(at: offset)
        #else
            big16(at: offset)
        #endif
    }

    /// Four bytes in the machine's own order. Traps past the end.
    @inlinable @inline(__always)
    public func native32(at offset: Int) -> UInt32 {
        #if _endian(little)
            little32(at: offset)
        #else
            big32(at: offset)
        #endif
    }
}
