import Glibc
import PacketDecoding

extension PacketBuilder {
    /// IPv4; `fragmentOffset` in bytes, `options` padded to four bytes.
    public func ipv4(
        _ source: String = "10.0.0.1", _ destination: String = "10.0.0.2", protocol number: UInt8? = nil,
        ttl: UInt8 = 64, dscp: UInt8 = 0, identification: UInt16 = 0, fragmentOffset: Int = 0,
        moreFragments: Bool = false, dontFragment: Bool = false, options: [UInt8] = [], version: UInt8 = 4,
        headerLength: Int? = nil, totalLength: Int? = nil
    ) -> PacketBuilder {
        adding(etherType: 0x0800, number: 4, ppp: 0x0021, link: .raw) { inside, next in
            let options = options + [UInt8](repeating: 0, count: -options.count & 3)
            let length = 20 + options.count
            let flags = UInt16(fragmentOffset / 8) | (moreFragments ? 0x2000 : 0) | (dontFragment ? 0x4000 : 0)
            var header = [version << 4 | UInt8((headerLength ?? length) / 4), dscp << 2]
            header += big(UInt16(truncatingIfNeeded: totalLength ?? length + inside.count))
            header += big(identification) + big(flags)
            header += [ttl, number ?? next.number ?? 253, 0, 0]
            header += address4(source) + address4(destination) + options
            header.replaceSubrange(10..<12, with: big(internetChecksum(header)))
            return header + inside
        }
    }

    /// IPv6.
    public func ipv6(
        _ source: String = "2001:db8::1", _ destination: String = "2001:db8::2", next number: UInt8? = nil,
        hopLimit: UInt8 = 64, trafficClass: UInt8 = 0, flowLabel: UInt32 = 0, version: UInt32 = 6,
        payloadLength: Int? = nil
    ) -> PacketBuilder {
        adding(etherType: 0x86DD, number: 41, ppp: 0x0057, link: .raw) { inside, next in
            big(version << 28 | UInt32(trafficClass) << 20 | flowLabel)
                + big(UInt16(truncatingIfNeeded: payloadLength ?? inside.count))
                + [number ?? next.number ?? 59, hopLimit] + address6(source) + address6(destination) + inside
        }
    }

    /// Hop-by-hop options; they are padded to a multiple of eight bytes.
    public func hopByHop(options: [UInt8] = [], next: UInt8? = nil, length: UInt8? = nil) -> PacketBuilder {
        extensionHeader(0, options, next, length)
    }

    /// The jumbo payload option (RFC 2675) in a header of its own.
    public func jumbo(payloadLength: UInt32) -> PacketBuilder {
        hopByHop(options: [0xC2, 4] + big(payloadLength))
    }

    /// A routing header of any type.
    public func routing(type: UInt8 = 0, segmentsLeft: UInt8 = 0, data: [UInt8] = [], next: UInt8? = nil)
        -> PacketBuilder
    {
        extensionHeader(43, [type, segmentsLeft] + data, next, nil)
    }

    /// Destination options.
    public func destinationOptions(_ options: [UInt8] = [], next: UInt8? = nil, length: UInt8? = nil) -> PacketBuilder {
        extensionHeader(60, options, next, length)
    }

    /// A mobility header (RFC 6275).
    public func mobility(type: UInt8 = 0, next: UInt8? = nil) -> PacketBuilder {
        extensionHeader(135, [type, 0, 0, 0], next ?? 59, nil)
    }

    /// A host identity header (RFC 7401).
    public func hostIdentity(next: UInt8? = nil) -> PacketBuilder { extensionHeader(139, [1, 0x21], next, nil) }

    /// A shim6 header (RFC 5533).
    public func shim6(next: UInt8? = nil) -> PacketBuilder { extensionHeader(140, [0, 0], next, nil) }

    /// An IPv6 fragment header; `offset` in bytes.
    public func fragment(offset: Int = 0, more: Bool = false, identification: UInt32 = 1, next: UInt8? = nil)
        -> PacketBuilder
    {
        adding(number: 44) { inside, following in
            [next ?? following.number ?? 59, 0] + big(UInt16(offset & 0xFFF8) | (more ? 1 : 0))
                + big(identification) + inside
        }
    }

    /// An authentication header (RFC 4302).
    public func ah(spi: UInt32 = 1, sequence: UInt32 = 1, icv: Int = 12, next: UInt8? = nil, length: UInt8? = nil)
        -> PacketBuilder
    {
        adding(number: 51) { inside, following in
            let words = length ?? UInt8((12 + icv) / 4 - 2)
            var header: [UInt8] = [next ?? following.number ?? 59, words, 0, 0]
            header += big(spi)
            header += big(sequence)
            header += [UInt8](repeating: 0xA5, count: icv)
            return header + inside
        }
    }

    private func extensionHeader(_ number: UInt8, _ data: [UInt8], _ next: UInt8?, _ length: UInt8?) -> PacketBuilder {
        adding(number: number) { inside, following in
            let missing = -(data.count + 2) & 7
            // Pad1 or PadN: options that mean nothing.
            var padding = [UInt8](repeating: 0, count: missing)
            if missing > 1 { padding.replaceSubrange(0..<2, with: [1, UInt8(missing - 2)]) }
            let size = 2 + data.count + padding.count
            let header: [UInt8] = [next ?? following.number ?? 59, length ?? UInt8(size / 8 - 1)]
            return header + data + padding + inside
        }
    }
}

/// An IPv4 address's bytes; traps on a text that is none.
func address4(_ text: String) -> [UInt8] { address(text, AF_INET, 4) }

/// An IPv6 address's bytes; traps on a text that is none.
func address6(_ text: String) -> [UInt8] { address(text, AF_INET6, 16) }

private func address(_ text: String, _ family: Int32, _ length: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    precondition(inet_pton(family, text, &bytes) == 1, "\(text) is no address")
    return bytes
}
