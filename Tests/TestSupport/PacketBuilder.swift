public import PacketDecoding
public import Primitives

/// A frame for a test, written from the outermost header inwards:
///
///     PacketBuilder().ethernet().vlan(7).ipv4("10.0.0.1", "10.0.0.2").tcp(40000, 80, flags: .syn).payload("hi")
///
/// Lengths, checksums of IPv4 headers and the number of the next protocol are right by default; where a
/// header has a parameter for one of them, a test sets it wrong. An extension of each family adds its headers.
public struct PacketBuilder: Sendable {
    /// The number by which the header before it calls a header.
    struct Naming: Sendable {
        var etherType: UInt16?
        var number: UInt8?
        var pppProtocol: UInt16?
        /// The capture's link type where this header is the first one.
        var linkType: LinkType?
    }

    private struct Header: Sendable {
        let naming: Naming
        /// The header's bytes and those inside it, from those inside it and their naming.
        let wrap: @Sendable (_ inside: [UInt8], _ next: Naming) -> [UInt8]
    }

    private var headers: [Header] = []

    public init() {}

    /// The frame's bytes.
    public var bytes: [UInt8] {
        var next = Naming()
        var bytes: [UInt8] = []
        for header in headers.reversed() {
            bytes = header.wrap(bytes, next)
            next = header.naming
        }
        return bytes
    }

    /// The link type that the first header belongs to: raw IP for an IP header, Ethernet where nothing says.
    public var linkType: LinkType { headers.first?.naming.linkType ?? .ethernet }

    /// The plain facts of the frame; both lengths are the bytes' where they are not given.
    public func frame(
        time: Timestamp = Timestamp(seconds: 1_700_000_000), captured: Int? = nil, original: Int? = nil,
        direction: FrameDirection = .unknown, interface: InterfaceID = .none
    ) -> Frame {
        let length = bytes.count
        return Frame(
            time: time, capturedLength: captured ?? length, originalLength: original ?? length, linkType: linkType,
            direction: direction, interface: interface)
    }

    /// Bytes behind all headers.
    public func payload(_ bytes: [UInt8]) -> PacketBuilder {
        adding { inside, _ in bytes + inside }
    }

    /// The UTF-8 of a text behind all headers.
    public func payload(_ text: String) -> PacketBuilder { payload(Array(text.utf8)) }

    /// `count` bytes behind all headers, counting up from 0.
    public func payload(count: Int) -> PacketBuilder { payload((0..<count).map { UInt8(truncatingIfNeeded: $0) }) }

    /// Zeroes that stand behind everything and that no length counts, up to a frame of `count` bytes. Last call.
    public func bytes(paddedTo count: Int) -> [UInt8] {
        let bytes = bytes
        return bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
    }

    func adding(
        etherType: UInt16? = nil, number: UInt8? = nil, ppp: UInt16? = nil, link: LinkType? = nil,
        _ wrap: @escaping @Sendable (_ inside: [UInt8], _ next: Naming) -> [UInt8]
    ) -> PacketBuilder {
        var builder = self
        let naming = Naming(etherType: etherType, number: number, pppProtocol: ppp, linkType: link)
        builder.headers.append(Header(naming: naming, wrap: wrap))
        return builder
    }
}

/// A number's bytes in network order.
func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}

/// A number's bytes, lowest first.
func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// The sum that RFC 1071 describes.
func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return ~UInt16(sum)
}
