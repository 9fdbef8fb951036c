import PacketDecoding

extension PacketBuilder {
    /// GRE version 0 (RFC 2784, 2890; `routing` of RFC 1701: whole source route entries, the null one added).
    public func gre(
        checksum: Bool = false, key: UInt32? = nil, sequence: UInt32? = nil, routing: [UInt8]? = nil,
        type: UInt16? = nil, version: UInt16 = 0
    ) -> PacketBuilder {
        adding(number: 47) { inside, next in
            var flags = version
            if checksum { flags |= 0x8000 }
            if routing != nil { flags |= 0x4000 }
            if key != nil { flags |= 0x2000 }
            if sequence != nil { flags |= 0x1000 }
            var header = big(flags) + big(type ?? next.etherType ?? 0x88B5)
            if checksum || routing != nil { header += [0, 0, 0, 0] }
            if let key { header += big(key) }
            if let sequence { header += big(sequence) }
            if let routing { header += routing + [0, 0, 0, 0] }
            return header + inside
        }
    }

    /// Enhanced GRE, version 1 (RFC 2637); a `ppp` header follows.
    public func pptp(call: UInt16 = 1, sequence: UInt32? = 1, acknowledgement: UInt32? = nil) -> PacketBuilder {
        adding(number: 47) { inside, _ in
            let flags: UInt16 = 0x2001 | (sequence == nil ? 0 : 0x1000) | (acknowledgement == nil ? 0 : 0x80)
            return big(flags) + big(UInt16(0x880B)) + big(UInt16(truncatingIfNeeded: inside.count)) + big(call)
                + (sequence.map(big) ?? []) + (acknowledgement.map(big) ?? []) + inside
        }
    }

    /// VXLAN (RFC 7348), inside `udp(_, 4789)`.
    public func vxlan(_ network: UInt32 = 1, flags: UInt8 = 8) -> PacketBuilder {
        adding { inside, _ in [flags, 0, 0, 0] + big(network << 8) + inside }
    }

    /// Geneve (RFC 8926), inside `udp(_, 6081)`; `options` in whole words.
    public func geneve(_ network: UInt32 = 1, options: [UInt8] = [], type: UInt16? = nil, version: UInt8 = 0)
        -> PacketBuilder
    {
        adding { inside, next in
            [version << 6 | UInt8(options.count / 4), 0] + big(type ?? next.etherType ?? 0x6558) + big(network << 8)
                + options + inside
        }
    }

    /// GTP-U version 1 (3GPP TS 29.281), inside `udp(_, 2152)`. Each extension is a type and its content, whose
    /// length plus two is a multiple of four.
    public func gtp(
        _ tunnel: UInt32 = 1, message: UInt8 = 255, sequence: UInt16? = nil,
        extensions: [(type: UInt8, content: [UInt8])] = [], length: UInt16? = nil
    ) -> PacketBuilder {
        adding { inside, _ in
            var flags: UInt8 = 0x30
            if sequence != nil { flags |= 0x02 }
            if !extensions.isEmpty { flags |= 0x04 }
            var middle: [UInt8] = []
            if flags & 7 != 0 {
                middle += big(sequence ?? 0) + [0, extensions.first?.type ?? 0]
            }
            for (index, one) in extensions.enumerated() {
                let next = index + 1 < extensions.count ? extensions[index + 1].type : 0
                middle += [UInt8((one.content.count + 2) / 4)] + one.content + [next]
            }
            let length = length ?? UInt16(truncatingIfNeeded: middle.count + inside.count)
            return [flags, message] + big(length) + big(tunnel) + middle + inside
        }
    }

    /// EtherIP (RFC 3378); an `ethernet` header follows.
    public func etherIP() -> PacketBuilder { adding(number: 97) { inside, _ in [0x30, 0] + inside } }

    /// A record of the firewall's log (LINKTYPE_NFLOG); what follows is its payload.
    public func nflog(
        prefix: String? = nil, input: UInt32? = nil, output: UInt32? = nil, hook: UInt8 = 1,
        hardwareAddress: UInt64? = nil, userID: UInt32? = nil, family: UInt8? = nil, more: [(UInt16, [UInt8])] = [],
        bigEndian: Bool = false
    ) -> PacketBuilder {
        adding(link: .nflog) { inside, next in
            let etherType = next.etherType ?? 0x0800
            var attributes: [(UInt16, [UInt8])] = [(1, big(etherType) + [hook, 0])]
            if let prefix { attributes.append((10, Array(prefix.utf8) + [0])) }
            if let input { attributes.append((4, big(input))) }
            if let output { attributes.append((5, big(output))) }
            if let hardwareAddress { attributes.append((8, big(UInt16(6)) + [0, 0] + mac(hardwareAddress) + [0, 0])) }
            if let userID { attributes.append((11, big(userID))) }
            attributes += more
            attributes.append((9, inside))
            var bytes: [UInt8] = [family ?? (etherType == 0x86DD ? 10 : 2), 0, 0, 0]
            for (type, value) in attributes {
                let length = UInt16(truncatingIfNeeded: 4 + value.count)
                bytes += bigEndian ? big(length) + big(type) : little(length) + little(type)
                bytes += value
                // The payload stands last and is not padded, as libpcap's own captures have it.
                if type != 9 { bytes += [UInt8](repeating: 0, count: -value.count & 3) }
            }
            return bytes
        }
    }
}
