/// TCP flags as a test writes them.
public struct TestFlags: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let fin = TestFlags(rawValue: 1)
    public static let syn = TestFlags(rawValue: 2)
    public static let rst = TestFlags(rawValue: 4)
    public static let psh = TestFlags(rawValue: 8)
    public static let ack = TestFlags(rawValue: 16)
    public static let urg = TestFlags(rawValue: 32)
    public static let ece = TestFlags(rawValue: 64)
    public static let cwr = TestFlags(rawValue: 128)
}

extension PacketBuilder {
    /// TCP; `options` padded to four bytes, `dataOffset` in bytes.
    public func tcp(
        _ source: UInt16 = 40000, _ destination: UInt16 = 80, flags: TestFlags = .ack, sequence: UInt32 = 1,
        acknowledgement: UInt32 = 0, window: UInt16 = 65535, options: [UInt8] = [], dataOffset: Int? = nil
    ) -> PacketBuilder {
        adding(number: 6) { inside, _ in
            let options = options + [UInt8](repeating: 0, count: -options.count & 3)
            return big(source) + big(destination) + big(sequence) + big(acknowledgement)
                + [UInt8((dataOffset ?? 20 + options.count) / 4) << 4, flags.rawValue] + big(window) + [0, 0, 0, 0]
                + options + inside
        }
    }

    /// UDP with checksum 0.
    public func udp(_ source: UInt16 = 40000, _ destination: UInt16 = 53, length: UInt16? = nil) -> PacketBuilder {
        adding(number: 17) { inside, _ in
            big(source) + big(destination) + big(length ?? UInt16(truncatingIfNeeded: 8 + inside.count)) + [0, 0]
                + inside
        }
    }

    /// UDP-Lite (RFC 3828).
    public func udpLite(_ source: UInt16 = 40000, _ destination: UInt16 = 5000, coverage: UInt16 = 8) -> PacketBuilder {
        adding(number: 136) { inside, _ in big(source) + big(destination) + big(coverage) + [0, 0] + inside }
    }

    /// SCTP's common header; chunks are payload.
    public func sctp(_ source: UInt16 = 40000, _ destination: UInt16 = 3868, tag: UInt32 = 0) -> PacketBuilder {
        adding(number: 132) { inside, _ in big(source) + big(destination) + big(tag) + [0, 0, 0, 0] + inside }
    }

    /// ICMP; `rest` is the header's second word.
    public func icmp(type: UInt8 = 8, code: UInt8 = 0, rest: UInt32 = 0) -> PacketBuilder {
        adding(number: 1) { inside, _ in [type, code, 0, 0] + big(rest) + inside }
    }

    /// ICMP echo.
    public func icmpEcho(request: Bool = true, id: UInt16 = 1, sequence: UInt16 = 1) -> PacketBuilder {
        icmp(type: request ? 8 : 0, rest: UInt32(id) << 16 | UInt32(sequence))
    }

    /// ICMPv6; `rest` is the header's second word.
    public func icmp6(type: UInt8 = 128, code: UInt8 = 0, rest: UInt32 = 0) -> PacketBuilder {
        adding(number: 58) { inside, _ in [type, code, 0, 0] + big(rest) + inside }
    }

    /// IGMP (RFC 2236).
    public func igmp(type: UInt8 = 0x16, group: String = "224.0.0.251") -> PacketBuilder {
        adding(number: 2) { inside, _ in [type, 0, 0, 0] + address4(group) + inside }
    }

    /// ESP's first two words; the rest is ciphertext.
    public func esp(spi: UInt32 = 1, sequence: UInt32 = 1) -> PacketBuilder {
        adding(number: 50) { inside, _ in big(spi) + big(sequence) + inside }
    }
}
