import Primitives

/// What a packet is (RFC 2865, section 3; RFC 5997). Numbers that are not ours are kept.
public struct RadiusCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let accountingRequest = RadiusCode(rawValue: 4)
    public static let accountingResponse = RadiusCode(rawValue: 5)
    public static let statusServer = RadiusCode(rawValue: 12)
}

/// The number of an attribute: those that accounting needs (RFC 2865, 2866, 2869, 3162, 4818, 6911).
public struct RadiusAttributeType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let userName = RadiusAttributeType(rawValue: 1)
    public static let nasIPAddress = RadiusAttributeType(rawValue: 4)
    public static let framedIPAddress = RadiusAttributeType(rawValue: 8)
    public static let nasIdentifier = RadiusAttributeType(rawValue: 32)
    public static let proxyState = RadiusAttributeType(rawValue: 33)
    public static let acctStatusType = RadiusAttributeType(rawValue: 40)
    public static let acctDelayTime = RadiusAttributeType(rawValue: 41)
    public static let acctSessionID = RadiusAttributeType(rawValue: 44)
    public static let eventTimestamp = RadiusAttributeType(rawValue: 55)
    public static let messageAuthenticator = RadiusAttributeType(rawValue: 80)
    public static let acctInterimInterval = RadiusAttributeType(rawValue: 85)
    public static let nasIPv6Address = RadiusAttributeType(rawValue: 95)
    public static let framedInterfaceID = RadiusAttributeType(rawValue: 96)
    public static let framedIPv6Prefix = RadiusAttributeType(rawValue: 97)
    public static let framedIPv6Address = RadiusAttributeType(rawValue: 168)
}

/// Why a datagram is no packet that we can read.
public enum RadiusFault: Error, Hashable, Sendable {
    /// Fewer bytes than a header has, or than the header announces.
    case tooShort
    /// The header announces fewer than 20 or more than 4,096 bytes.
    case length
    /// A kind of packet that nobody sends to an accounting server.
    case code(RadiusCode)
    /// An attribute at that offset reaches beyond the packet, or has no length.
    case attribute(at: Int)
    /// A value of a length that its type cannot have.
    case value(RadiusAttributeType)
    /// What accounting cannot do without: Acct-Status-Type, Acct-Session-Id.
    case missing(RadiusAttributeType)
}

/// One attribute: its number and where its value stands.
public struct RadiusAttribute: Hashable, Sendable {
    public var type: RadiusAttributeType
    public var value: Range<Int>
}

/// A RADIUS packet whose header and attributes were checked (RFC 2865, sections 3 and 5): what walks over it afterwards
/// need not ask again. Holds offsets only; its bytes travel beside it.
public struct RadiusPacket: Hashable, Sendable {
    /// Code, identifier, length, authenticator.
    public static let headerLength = 20
    /// Most bytes of a packet (RFC 2865).
    public static let longest = 4096
    /// Where the authenticator stands.
    public static let authenticator = 4..<20

    public let code: RadiusCode
    public let identifier: UInt8
    /// Bytes that count; a datagram's further ones are padding.
    public let length: Int

    /// Checks the header and the lengths of all attributes. Costs a walk over at most 2,038 of them.
    public init(_ bytes: RawSpan) throws(RadiusFault) {
        guard bytes.byteCount >= RadiusPacket.headerLength else { throw .tooShort }
        length = Int(bytes.big16(at: 2))
        guard RadiusPacket.headerLength...RadiusPacket.longest ~= length else { throw .length }
        guard length <= bytes.byteCount else { throw .tooShort }
        code = RadiusCode(rawValue: bytes.byte(at: 0))
        identifier = bytes.byte(at: 1)
        var offset = RadiusPacket.headerLength
        while offset < length {
            guard offset + 2 <= length else { throw .attribute(at: offset) }
            let size = Int(bytes.byte(at: offset + 1))
            guard size >= 2, size <= length - offset else { throw .attribute(at: offset) }
            offset += size
        }
    }

    /// The attribute at `offset`, which moves behind it; nil at the end. Begin with `headerLength`.
    public func next(_ bytes: RawSpan, _ offset: inout Int) -> RadiusAttribute? {
        guard offset < length else { return nil }
        let end = offset + Int(bytes.byte(at: offset + 1))
        defer { offset = end }
        return RadiusAttribute(
            type: RadiusAttributeType(rawValue: bytes.byte(at: offset)), value: offset + 2..<end)
    }
}
