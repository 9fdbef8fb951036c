public import Primitives

/// How one message is told from the next.
public enum SyslogFraming: Hashable, Sendable {
    /// Its length stands before it (RFC 6587 section 3.4.1, RFC 5425 section 4.3).
    case octetCounting
    /// Each is sent by itself (RFC 5426).
    case datagrams
}

/// Messages on their way, one behind the other. Keeps its memory when it is emptied.
public struct SyslogBatch: ~Copyable {
    public let framing: SyslogFraming
    /// The messages, each behind its length where that is counted.
    public private(set) var bytes: ByteBuffer
    /// Messages since the last `removeAll`.
    public private(set) var count = 0
    /// Those of them that were too long, and were cut.
    public private(set) var cut = 0
    /// Where each datagram ends.
    private var ends: [Int] = []

    public init(framing: SyslogFraming, capacity: Int = 256 << 10) {
        self.framing = framing
        bytes = ByteBuffer(capacity: capacity)
    }

    /// Forgets the messages and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll()
        ends.removeAll(keepingCapacity: true)
        count = 0
        cut = 0
    }

    /// Where the datagram of that number stands.
    public func datagram(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    /// Appends a message that is made of two parts, neither of them framed; the second is cut where both together are
    /// longer than `limit`, and not in the middle of a character.
    @inline(__always)
    mutating func append(_ head: RawSpan, _ tail: RawSpan, limit: Int) {
        var length = tail.byteCount
        if head.byteCount + length > limit {
            length = Self.wholeLength(of: tail, atMost: max(limit - head.byteCount, 0))
            cut += 1
        }
        bytes.reserve(head.byteCount + length + 16)
        if framing == .octetCounting {
            bytes.append(decimal: UInt32(clamping: head.byteCount + length))
            bytes.append(UInt8(ascii: " "))
        }
        bytes.append(head)
        bytes.append(tail.extracting(0..<length))
        if framing == .datagrams { ends.append(bytes.count) }
        count += 1
    }

    /// At most `most` bytes of `text`, whole characters of UTF-8.
    private static func wholeLength(of text: RawSpan, atMost most: Int) -> Int {
        guard most < text.byteCount else { return text.byteCount }
        var end = most
        // A character has three more bytes behind its first at most; what is no UTF-8 is cut anywhere.
        while end > max(most - 4, 0), text.byte(at: end) & 0xC0 == 0x80 { end -= 1 }
        return text.byte(at: end) & 0xC0 == 0x80 ? most : end
    }
}
