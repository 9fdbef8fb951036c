import PacketDecoding
import Primitives

// The parts of a packet's line that every line has.

extension PacketRecord {
    /// `TCP`, or the number of a protocol without a name; without IP what the EtherType names.
    @inline(__always)
    func appendProtocol(to buffer: inout ByteBuffer) {
        guard present.contains(.upperProtocol) || isIP else { return appendEtherType(to: &buffer) }
        switch protocolNumber {
        case IPProtocol.tcp: buffer.append("TCP")
        case IPProtocol.udp: buffer.append("UDP")
        case IPProtocol.icmp: buffer.append("ICMP")
        case IPProtocol.icmp6: buffer.append("ICMPv6")
        default: appendRareProtocol(to: &buffer)
        }
    }

    private func appendRareProtocol(to buffer: inout ByteBuffer) {
        if let name = IPProtocol.name(of: protocolNumber) {
            buffer.append(name)
        } else {
            buffer.append(decimal: UInt32(protocolNumber))
        }
    }

    func appendEtherType(to buffer: inout ByteBuffer) {
        if !present.contains(.etherType) {
            buffer.append(DisplayNames.ofLink(linkType))
        } else if let name = DisplayNames.ofEtherType(etherType) {
            buffer.append(name)
        } else {
            buffer.append("0x")
            buffer.append(hex: UInt64(etherType), digits: 4)
        }
    }

    /// `192.0.2.1:80`, `[2001:db8::1]:80`, an address alone, a hardware address without IP, or `unknown`.
    @inline(__always)
    func appendEndpoint(
        _ address: IPv6Address, _ port: UInt16, _ hardware: MACAddress, _ hasHardware: Layers.Presence,
        to buffer: inout ByteBuffer
    ) {
        if present.contains(.ipv4) {
            buffer.append(IPv4Address(UInt32(truncatingIfNeeded: address.number)))
            if present.contains(.ports) {
                buffer.append(UInt8(ascii: ":"))
                buffer.append(decimal: UInt32(port))
            }
        } else if present.contains(.ipv6) {
            appendEndpoint6(address, port, to: &buffer)
        } else if present.contains(hasHardware) {
            buffer.append(hardware)
        } else {
            buffer.append("unknown")
        }
    }

    private func appendEndpoint6(_ address: IPv6Address, _ port: UInt16, to buffer: inout ByteBuffer) {
        guard present.contains(.ports) else { return buffer.append(address) }
        buffer.append(UInt8(ascii: "["))
        buffer.append(address)
        buffer.append("]:")
        buffer.append(decimal: UInt32(port))
    }
}
