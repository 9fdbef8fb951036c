public import Primitives

/// A secret shared with a client, and what it proves of a packet and of its answer (RFC 2866, section 3; RFC 2869,
/// section 5.14). MD5 is what the protocol has; nothing else rests on it.
public struct RadiusSecret: Sendable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]
    private let pads: (inner: [UInt8], outer: [UInt8])

    /// Most bytes of a secret.
    public static let longest = 1024

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        pads = MD5Authenticator.pads(of: bytes)
    }

    /// Never the secret.
    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether the authenticator of an Accounting-Request is that of its bytes and this secret.
    public func authenticates(_ packet: RadiusPacket, _ bytes: RawSpan) -> Bool {
        let made = requestAuthenticator(of: bytes.extracting(0..<packet.length))
        return RadiusSecret.isEqual(made.span.bytes, bytes.extracting(RadiusPacket.authenticator))
    }

    /// The authenticator that an Accounting-Request of these bytes must have, whatever stands in its place.
    public func requestAuthenticator(of bytes: RawSpan) -> InlineArray<16, UInt8> {
        var hash = MD5Hasher()
        hash.add(bytes.extracting(0..<4))
        hash.addZeros()
        hash.add(bytes.extracting(RadiusPacket.headerLength..<bytes.byteCount))
        hash.add(self.bytes)
        return hash.digest()
    }

    /// Whether the Message-Authenticator whose value stands at `place` is that of the packet. In an Accounting-Request
    /// the authenticator counts as zeros, since it is made after this; a Status-Server packet's counts as it stands
    /// (RFC 5997, section 3).
    public func signs(_ packet: RadiusPacket, _ bytes: RawSpan, at place: Range<Int>) -> Bool {
        var code = MD5Authenticator(pads)
        code.add(bytes.extracting(0..<4))
        if packet.code == .accountingRequest {
            code.addZeros()
        } else {
            code.add(bytes.extracting(RadiusPacket.authenticator))
        }
        code.add(bytes.extracting(RadiusPacket.headerLength..<place.lowerBound))
        code.addZeros()
        code.add(bytes.extracting(place.upperBound..<packet.length))
        let made = code.digest()
        return RadiusSecret.isEqual(made.span.bytes, bytes.extracting(place))
    }

    /// Writes the answer to a request into `buffer`, in place of what is there: every Proxy-State as it came and in its
    /// order (RFC 2866, section 4.2), and a Message-Authenticator where the request had one (`signed`).
    public func writeResponse(to packet: RadiusPacket, _ bytes: RawSpan, signed: Bool, into buffer: inout ByteBuffer) {
        buffer.removeAll()
        buffer.append(RadiusCode.accountingResponse.rawValue)
        buffer.append(packet.identifier)
        buffer.appendBig(UInt16(0))
        buffer.append(bytes.extracting(RadiusPacket.authenticator))
        if signed {
            buffer.append(RadiusAttributeType.messageAuthenticator.rawValue)
            buffer.append(18)
            buffer.appendZeros(16)
        }
        var offset = RadiusPacket.headerLength
        while let attribute = packet.next(bytes, &offset) {
            guard attribute.type == .proxyState else { continue }
            let whole = attribute.value.lowerBound - 2..<attribute.value.upperBound
            guard buffer.count + whole.count <= RadiusPacket.longest else { break }
            buffer.append(bytes.extracting(whole))
        }
        buffer.overwriteLittle(UInt16(buffer.count).byteSwapped, at: 2)
        if signed {
            var code = MD5Authenticator(pads)
            code.add(buffer.bytes)
            RadiusSecret.overwrite(&buffer, with: code.digest(), at: RadiusPacket.headerLength + 2)
        }
        var hash = MD5Hasher()
        hash.add(buffer.bytes)
        hash.add(self.bytes)
        RadiusSecret.overwrite(&buffer, with: hash.digest(), at: RadiusPacket.authenticator.lowerBound)
    }

    private static func overwrite(_ buffer: inout ByteBuffer, with digest: MD5Hasher.Digest, at offset: Int) {
        for place in 0..<16 { buffer.overwriteLittle(digest[place], at: offset + place) }
    }

    /// Takes as long whether the first byte differs or the last.
    private static func isEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        var difference: UInt8 = 0
        for offset in 0..<left.byteCount { difference |= left.byte(at: offset) ^ right.byte(at: offset) }
        return difference == 0
    }
}
