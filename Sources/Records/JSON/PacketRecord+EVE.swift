import PacketDecoding
import Primitives

// Field names of Suricata's EVE: what a firewall dropped is a `drop` event, any other packet a `packet`
// event whose facts have the names of a drop's.

extension PacketRecord {
    func appendEVE(_ bytes: RawSpan, _ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        if present.contains(direction == .outgoing ? .outputIndex : .inputIndex), let index = kernelIndex,
            names.kernelInterfaces.contains(Int(index))
        {
            buffer.append(key: "in_iface", id: Int(index), in: names.kernelInterfaces)
        } else {
            buffer.append(key: "in_iface", id: Int(interface.rawValue), in: names.interfaces)
        }
        let isDrop = present.contains(.verdict) && verdict != .pass
        buffer.append(key: "event_type", word: isDrop ? "drop" : "packet")
        if present.contains(.vlan) {
            buffer.append("\"vlan\":[")
            buffer.append(decimal: UInt32(vlan))
            buffer.append("],")
        }
        if isIP { appendEVEEndpoints(to: &buffer) }
        appendEVEEthernet(to: &buffer)
        let facts = buffer.openObject(isDrop ? "drop" : "packet_info")
        appendEVEFacts(bytes, to: &buffer)
        buffer.close(facts)
    }

    private func appendEVEEndpoints(to buffer: inout ByteBuffer) {
        let isIPv4 = present.contains(.ipv4)
        buffer.append("\"src_ip\":\"")
        buffer.append(sourceIP, isIPv4: isIPv4)
        buffer.append("\",")
        if present.contains(.ports) { buffer.append(key: "src_port", number: UInt32(sourcePort)) }
        buffer.append("\"dest_ip\":\"")
        buffer.append(destinationIP, isIPv4: isIPv4)
        buffer.append("\",")
        if present.contains(.ports) { buffer.append(key: "dest_port", number: UInt32(destinationPort)) }
        if present.contains(.upperProtocol) {
            buffer.append("\"proto\":\"")
            if protocolNumber == IPProtocol.icmp6 { buffer.append("IPv6-ICMP") } else { appendProtocol(to: &buffer) }
            buffer.append("\",")
        }
        buffer.append(key: "ip_v", number: isIPv4 ? 4 : 6)
        if present.contains(.icmp) {
            buffer.append(key: "icmp_type", number: UInt32(icmpType))
            buffer.append(key: "icmp_code", number: UInt32(icmpCode))
        }
    }

    private func appendEVEEthernet(to buffer: inout ByteBuffer) {
        let ethernet = buffer.openObject("ether")
        if present.contains(.sourceMAC) {
            buffer.append("\"src_mac\":\"")
            buffer.append(sourceMAC)
            buffer.append("\",")
        }
        if present.contains(.destinationMAC) {
            buffer.append("\"dest_mac\":\"")
            buffer.append(destinationMAC)
            buffer.append("\",")
        }
        buffer.close(ethernet)
    }

    private func appendEVEFacts(_ bytes: RawSpan, to buffer: inout ByteBuffer) {
        if isIP {
            buffer.append(key: "len", number: length)
            if isReadBack {
                if present.contains(.icmp) { buffer.append(key: "ttl", number: UInt32(ttl)) }
            } else if present.contains(.ipv4) {
                buffer.append(key: "tos", number: UInt32(dscp) << 2)
                buffer.append(key: "ttl", number: UInt32(ttl))
                buffer.append(key: "ipid", number: identification)
            } else {
                buffer.append(key: "tc", number: UInt32(dscp) << 2)
                buffer.append(key: "hoplimit", number: UInt32(ttl))
            }
        }
        if present.contains(.tcpFlags) {
            buffer.append(key: "tcpseq", number: tcpSequence)
            buffer.append(key: "tcpack", number: tcpAcknowledgement)
            if present.contains(.tcp) { buffer.append(key: "tcpwin", number: UInt32(tcpWindow)) }
            buffer.append(key: "syn", flag: tcpFlags & 2 != 0)
            buffer.append(key: "ack", flag: tcpFlags & 16 != 0)
            buffer.append(key: "psh", flag: tcpFlags & 8 != 0)
            buffer.append(key: "rst", flag: tcpFlags & 4 != 0)
            buffer.append(key: "urg", flag: tcpFlags & 32 != 0)
            buffer.append(key: "fin", flag: tcpFlags & 1 != 0)
        }
        if present.contains(.udp), present.contains(.payload) { buffer.append(key: "udplen", number: payloadLength) }
        if hasEcho {
            buffer.append(key: "icmp_id", number: UInt32(icmpID))
            buffer.append(key: "icmp_seq", number: UInt32(icmpSequence))
        }
        if present.contains(.rule), bytes.holds(Int(ruleLength), at: Int(ruleOffset)) {
            let start = Int(ruleOffset)
            buffer.append(key: "rule", wire: bytes.extracting(start..<start + Int(ruleLength)))
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func append(key: StaticString, flag: Bool) {
        append(key: key)
        append(flag ? "true," : "false,")
    }
}
