public import PacketDecoding

extension PacketBuilder {
    /// Ethernet II; `type` is that of the next header by default.
    public func ethernet(
        source: UInt64 = 0x0200_0000_0001, destination: UInt64 = 0x0200_0000_0002, type: UInt16? = nil
    ) -> PacketBuilder {
        adding(etherType: 0x6558, link: .ethernet) { inside, next in
            mac(destination) + mac(source) + big(type ?? next.etherType ?? 0x88B5) + inside
        }
    }

    /// IEEE 802.3 with a length; an `llc` or `snap` header follows.
    public func ethernet8023(
        source: UInt64 = 0x0200_0000_0001, destination: UInt64 = 0x0200_0000_0002, length: UInt16? = nil
    ) -> PacketBuilder {
        adding(etherType: 0x6558, link: .ethernet) { inside, _ in
            mac(destination) + mac(source) + big(length ?? UInt16(truncatingIfNeeded: inside.count)) + inside
        }
    }

    /// IEEE 802.2, unnumbered information.
    public func llc(dsap: UInt8 = 0x06, ssap: UInt8 = 0x06, control: UInt8 = 0x03) -> PacketBuilder {
        adding { inside, _ in [dsap, ssap, control] + inside }
    }

    /// IEEE 802.2 with SNAP (RFC 1042).
    public func snap(organization: UInt32 = 0, type: UInt16? = nil) -> PacketBuilder {
        adding { inside, next in
            [0xAA, 0xAA, 0x03] + big(organization).dropFirst() + big(type ?? next.etherType ?? 0x88B5) + inside
        }
    }

    /// A VLAN tag (IEEE 802.1Q; `tpid` 0x88A8 for 802.1ad, 0x9100 for the old stacked one).
    public func vlan(_ id: UInt16, priority: UInt16 = 0, tpid: UInt16 = 0x8100, type: UInt16? = nil) -> PacketBuilder {
        adding(etherType: tpid) { inside, next in
            big(priority << 13 | id & 0xFFF) + big(type ?? next.etherType ?? 0x88B5) + inside
        }
    }

    /// A PPPoE session header (RFC 2516); a `ppp` header follows.
    public func pppoe(session: UInt16 = 1, code: UInt8 = 0, length: UInt16? = nil) -> PacketBuilder {
        adding(etherType: 0x8864) { inside, _ in
            [0x11, code] + big(session) + big(length ?? UInt16(truncatingIfNeeded: inside.count)) + inside
        }
    }

    /// The protocol field of PPP, with the address and control bytes of HDLC framing before it where `framed`.
    public func ppp(protocol number: UInt16? = nil, framed: Bool = false, compressed: Bool = false) -> PacketBuilder {
        adding(link: .ppp) { inside, next in
            let number = number ?? next.pppProtocol ?? 0xC021
            let field = compressed && number < 0x100 ? [UInt8(number)] : big(number)
            return (framed ? [0xFF, 0x03] : []) + field + inside
        }
    }

    /// One entry of an MPLS label stack (RFC 3032); `bottom` is known from what follows.
    public func mpls(_ label: UInt32, ttl: UInt8 = 64, bottom: Bool? = nil) -> PacketBuilder {
        adding(etherType: 0x8847, ppp: 0x0281) { inside, next in
            let last = bottom ?? (next.etherType != 0x8847)
            return big(label << 12 | (last ? 1 << 8 : 0) | UInt32(ttl)) + inside
        }
    }

    /// Linux cooked capture, version 1. `packetType`: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us.
    public func cooked(
        packetType: UInt16 = 0, hardware: UInt16 = 1, address: UInt64 = 0x0200_0000_0001, addressLength: UInt16 = 6,
        protocol number: UInt16? = nil
    ) -> PacketBuilder {
        adding(link: .linuxCooked) { inside, next in
            big(packetType) + big(hardware) + big(addressLength) + mac(address) + [0, 0]
                + big(number ?? next.etherType ?? 0x88B5) + inside
        }
    }

    /// Linux cooked capture, version 2.
    public func cookedV2(
        packetType: UInt8 = 0, interfaceIndex: UInt32 = 2, hardware: UInt16 = 1, address: UInt64 = 0x0200_0000_0001,
        addressLength: UInt8 = 6, protocol number: UInt16? = nil
    ) -> PacketBuilder {
        adding(link: .linuxCookedV2) { inside, next in
            big(number ?? next.etherType ?? 0x88B5) + [0, 0] + big(interfaceIndex) + big(hardware)
                + [packetType, addressLength] + mac(address) + [0, 0] + inside
        }
    }

    /// The BSD loopback header: the address family in the order of the machine that captured.
    public func null(family: UInt32? = nil, bigEndian: Bool = false) -> PacketBuilder {
        adding(link: .null) { inside, next in
            let family = family ?? (next.etherType == 0x86DD ? 30 : 2)
            return (bigEndian ? big(family) : little(family)) + inside
        }
    }

    /// OpenBSD's loopback header: the address family in network order.
    public func loop(family: UInt32? = nil) -> PacketBuilder {
        adding(link: .loop) { inside, next in big(family ?? (next.etherType == 0x86DD ? 24 : 2)) + inside }
    }

    /// Says that the frame is of `link`; adds no bytes.
    public func link(_ link: LinkType) -> PacketBuilder { adding(link: link) { inside, _ in inside } }
}

/// An address's six bytes.
func mac(_ address: UInt64) -> [UInt8] { Array(big(address).suffix(6)) }
