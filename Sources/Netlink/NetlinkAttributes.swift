public import Primitives

/// One attribute: its type without the two flag bits, and where its value stands.
public struct NetlinkAttribute: Hashable, Sendable {
    public var type: UInt16
    /// Within the range that was walked, whatever the attribute's length said.
    public var value: Range<Int>

    @inlinable
    public init(type: UInt16, value: Range<Int>) {
        self.type = type
        self.value = value
    }

    /// Bytes of an attribute's header.
    @inlinable public static var headerSize: Int { 4 }

    /// The value's first byte; nil where it is empty.
    @inlinable
    public func byte(in bytes: RawSpan) -> UInt8? {
        value.count >= 1 && bytes.holds(1, at: value.lowerBound) ? bytes.byte(at: value.lowerBound) : nil
    }

    /// The value's first two bytes in network order; nil where there are fewer.
    @inlinable
    public func big16(in bytes: RawSpan) -> UInt16? {
        value.count >= 2 && bytes.holds(2, at: value.lowerBound) ? bytes.big16(at: value.lowerBound) : nil
    }

    /// The value's first four bytes in network order; nil where there are fewer.
    @inlinable
    public func big32(in bytes: RawSpan) -> UInt32? {
        value.count >= 4 && bytes.holds(4, at: value.lowerBound) ? bytes.big32(at: value.lowerBound) : nil
    }

    /// The value's first eight bytes in network order; nil where there are fewer.
    @inlinable
    public func big64(in bytes: RawSpan) -> UInt64? {
        value.count >= 8 && bytes.holds(8, at: value.lowerBound) ? bytes.big64(at: value.lowerBound) : nil
    }

    /// The value's first four bytes in the machine's order; nil where there are fewer.
    @inlinable
    public func native32(in bytes: RawSpan) -> UInt32? {
        value.count >= 4 && bytes.holds(4, at: value.lowerBound) ? bytes.native32(at: value.lowerBound) : nil
    }

    /// The value's text up to its first NUL, or all of it. Allocates: for names of interfaces, not for packets.
    public func text(in bytes: RawSpan) -> String? {
        guard bytes.holds(value.count, at: value.lowerBound) else { return nil }
        var text: [UInt8] = []
        for offset in value {
            let byte = bytes.byte(at: offset)
            if byte == 0 { break }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A walk over attributes: those of a message behind its family's header, or those nested in another's value.
public struct NetlinkAttributes: Sendable {
    @usableFromInline var offset: Int
    @usableFromInline let end: Int
    /// Whether the walk ended at a length that could not be true; what came before it stands.
    public private(set) var isDamaged = false

    /// A walk over `range` of the bytes that the steps are given. An empty range, or one whose header is longer than
    /// itself, has no attributes.
    @inlinable
    public init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// A walk over what follows the first `count` bytes of `range` (a family's header); damaged where there are fewer.
    @inlinable
    public init(_ range: Range<Int>, after count: Int) {
        self.init(min(range.lowerBound &+ max(count, 0), range.upperBound)..<range.upperBound)
        if range.count < count { damage() }
    }

    /// The next attribute; nil at the end and behind damage. `bytes` are the same in each step.
    @inlinable
    public mutating func next(in bytes: RawSpan) -> NetlinkAttribute? {
        let left = min(end, bytes.byteCount) - offset
        // Up to three bytes may stand behind the last attribute: the padding of what surrounds it.
        guard left >= NetlinkAttribute.headerSize else { return nil }
        let length = Int(bytes.native16(at: offset))
        guard length >= NetlinkAttribute.headerSize, length <= left else {
            damage()
            return nil
        }
        // NLA_F_NESTED and NLA_F_NET_BYTEORDER: nobody needs them to read, and not every kernel sets them.
        let type = bytes.native16(at: offset + 2) & 0x3FFF
        let value = offset + NetlinkAttribute.headerSize..<offset + length
        offset += (length + 3) & ~3
        return NetlinkAttribute(type: type, value: value)
    }

    @inline(never) @usableFromInline
    mutating func damage() {
        isDamaged = true
        offset = end
    }
}
