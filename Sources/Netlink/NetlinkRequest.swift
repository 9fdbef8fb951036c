/// A message to the kernel that is being built: header, the family's own header, attributes. Allocates: requests are
/// made when something is opened or set, never for a packet.
public struct NetlinkRequest: Sendable {
    /// What stands before the attributes, beside what kind of message it is.
    public enum Kind: Sendable {
        /// Netfilter: a subsystem's message, an address family, a resource (a log group).
        case netfilter(subsystem: UInt8, message: UInt8, family: UInt8, resource: UInt16 = 0)
        /// Routes and links: `family` and zeros, `headerSize` bytes in all (struct ifinfomsg 16, struct ifaddrmsg 8).
        case route(message: UInt16, family: UInt8, headerSize: Int)
    }

    private var bytes: [UInt8]
    /// Whether all objects of the kind are asked for (NLM_F_DUMP), which ends with `NetlinkMessage.done`.
    public let isDump: Bool

    /// A request without attributes. One that is no dump asks for an acknowledgement.
    public init(_ kind: Kind, isDump: Bool = false) {
        self.isDump = isDump
        bytes = [UInt8](repeating: 0, count: NetlinkMessage.headerSize)
        // NLM_F_REQUEST with NLM_F_DUMP or NLM_F_ACK.
        let flags: UInt16 = isDump ? 0x301 : 0x005
        let type: UInt16
        switch kind {
        case .netfilter(let subsystem, let message, let family, let resource):
            type = UInt16(subsystem) << 8 | UInt16(message)
            bytes += [family, 0, UInt8(resource >> 8), UInt8(truncatingIfNeeded: resource)]
        case .route(let message, let family, let headerSize):
            type = message
            bytes += [family] + [UInt8](repeating: 0, count: max(headerSize, 1) - 1)
        }
        replace(at: 4, type)
        replace(at: 6, flags)
    }

    /// Appends an attribute.
    public mutating func append(_ type: UInt16, _ value: [UInt8]) {
        precondition(value.count <= 0xFFF0, "an attribute's length has sixteen bits")
        let start = bytes.count
        bytes += [0, 0, 0, 0] + value
        replace(at: start, UInt16(bytes.count - start))
        replace(at: start + 2, type)
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    /// Appends an attribute of two bytes in network order.
    public mutating func append(_ type: UInt16, big16 value: UInt16) {
        append(type, [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)])
    }

    /// Appends an attribute of four bytes in network order.
    public mutating func append(_ type: UInt16, big32 value: UInt32) {
        append(type, (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) })
    }

    /// The message as it is sent.
    public func bytes(sequence: UInt32) -> [UInt8] {
        var copy = self
        copy.replace(at: 0, UInt32(copy.bytes.count))
        copy.replace(at: 8, sequence)
        return copy.bytes
    }

    private mutating func replace<Number: FixedWidthInteger>(at offset: Int, _ number: Number) {
        #if _endian(little)
            let little = number
        #else
            let little = number.byteSwapped
        #endif
        for place in 0..<Number.bitWidth / 8 {
            bytes[offset + place] = UInt8(truncatingIfNeeded: little >> Number(8 * place))
        }
    }
}
