import PacketDecoding
import Primitives

// Field names of the Elastic Common Schema 8; what it has no name for stands under `gatelog`.

extension PacketRecord {
    func appendECS(_ bytes: RawSpan, _ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        buffer.append("\"ecs\":{\"version\":\"8.11.0\"},")
        appendECSEvent(to: &buffer)
        appendECSNetwork(to: &buffer)
        appendECSSide(isSource: true, names, to: &buffer)
        appendECSSide(isSource: false, names, to: &buffer)
        appendECSObserver(names, to: &buffer)
        appendECSRule(bytes, to: &buffer)
        appendECSRest(to: &buffer)
    }

    private func appendECSEvent(to buffer: inout ByteBuffer) {
        buffer.append("\"event\":{\"kind\":\"event\",\"category\":[\"network\"],\"module\":\"gatelog\",")
        buffer.append("\"dataset\":\"gatelog.packet\",")
        if present.contains(.verdict) {
            buffer.append(verdict == .pass ? "\"type\":[\"allowed\"]," : "\"type\":[\"denied\"],")
            buffer.append(key: "action", word: verdict.name)
        } else {
            buffer.append("\"type\":[\"info\"],")
        }
        buffer.closeObject()
        buffer.append(UInt8(ascii: ","))
    }

    private func appendECSNetwork(to buffer: inout ByteBuffer) {
        let network = buffer.openObject("network")
        if isIP {
            buffer.append(key: "type", word: present.contains(.ipv4) ? "ipv4" : "ipv6")
            if present.contains(.upperProtocol) {
                buffer.append(ecsTransport: protocolNumber)
            }
            buffer.append(key: "bytes", number: length)
        }
        switch direction {
        case .incoming: buffer.append(key: "direction", word: "ingress")
        case .outgoing: buffer.append(key: "direction", word: "egress")
        case .unknown: break
        }
        if present.contains(.vlan) {
            buffer.append("\"vlan\":{\"id\":\"")
            buffer.append(decimal: UInt32(vlan))
            buffer.append("\"},")
        }
        buffer.close(network)
    }

    private func appendECSSide(isSource: Bool, _ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        let side = buffer.openObject(isSource ? "source" : "destination")
        if isIP {
            buffer.append("\"ip\":\"")
            buffer.append(isSource ? sourceIP : destinationIP, isIPv4: present.contains(.ipv4))
            buffer.append("\",")
        }
        if present.contains(.ports) {
            buffer.append(key: "port", number: UInt32(isSource ? sourcePort : destinationPort))
        }
        if present.contains(isSource ? .sourceMAC : .destinationMAC) {
            buffer.append("\"mac\":\"")
            buffer.appendHyphenated(isSource ? sourceMAC : destinationMAC)
            buffer.append("\",")
        }
        let host = isSource ? sourceHost : destinationHost
        if host != 0 { buffer.append(key: "domain", id: Int(host), in: names.hosts) }
        let userObject = buffer.openObject("user")
        let user = isSource ? sourceUser : destinationUser
        if user != 0 { buffer.append(key: "name", id: Int(user), in: names.users) }
        buffer.close(userObject)
        let country = isSource ? sourceCountry : destinationCountry
        if country != 0 {
            buffer.append("\"geo\":{\"country_iso_code\":\"")
            buffer.appendCountryJSON(country)
            buffer.append("\"},")
        }
        let number = isSource ? sourceASN : destinationASN
        if number != 0 {
            buffer.append("\"as\":{\"number\":")
            buffer.append(decimal: number)
            buffer.append("},")
        }
        buffer.close(side)
    }

    private func appendECSObserver(_ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        let observer = buffer.openObject("observer")
        appendECSInterface("ingress", .inputIndex, inputIndex, incoming, names, to: &buffer)
        appendECSInterface("egress", .outputIndex, outputIndex, outgoing, names, to: &buffer)
        buffer.close(observer)
    }

    private func appendECSInterface(
        _ key: StaticString, _ hasIndex: Layers.Presence, _ index: UInt32, _ id: InterfaceID,
        _ names: borrowing PacketNames, to buffer: inout ByteBuffer
    ) {
        let way = buffer.openObject(key)
        let interface = buffer.openObject("interface")
        if present.contains(hasIndex), names.kernelInterfaces.contains(Int(index)) {
            buffer.append(key: "name", id: Int(index), in: names.kernelInterfaces)
        } else {
            buffer.append(key: "name", id: Int(id.rawValue), in: names.interfaces)
        }
        buffer.close(interface)
        buffer.close(way)
    }

    private func appendECSRule(_ bytes: RawSpan, to buffer: inout ByteBuffer) {
        let rule = buffer.openObject("rule")
        if present.contains(.rule), bytes.holds(Int(ruleLength), at: Int(ruleOffset)) {
            let start = Int(ruleOffset)
            buffer.append(key: "name", wire: bytes.extracting(start..<start + Int(ruleLength)))
        }
        if present.contains(.ruleNumber), bytes.holds(Int(ruleGroupLength), at: Int(ruleGroupOffset)) {
            let start = Int(ruleGroupOffset)
            buffer.append(key: "ruleset", wire: bytes.extracting(start..<start + Int(ruleGroupLength)))
            buffer.append("\"id\":\"")
            buffer.append(decimal: ruleNumber)
            buffer.append("\",")
        }
        buffer.close(rule)
    }

    private func appendECSRest(to buffer: inout ByteBuffer) {
        let rest = buffer.openObject("gatelog")
        if present.contains(.tcpFlags) {
            buffer.append(key: "tcp_flags", number: UInt32(tcpFlags))
            buffer.append(key: "tcp_sequence", number: tcpSequence)
            buffer.append(key: "tcp_acknowledgement", number: tcpAcknowledgement)
            if present.contains(.tcp) { buffer.append(key: "tcp_window", number: UInt32(tcpWindow)) }
        }
        if present.contains(.icmp) {
            buffer.append(key: "icmp_type", number: UInt32(icmpType))
            buffer.append(key: "icmp_code", number: UInt32(icmpCode))
            if hasEcho {
                buffer.append(key: "icmp_id", number: UInt32(icmpID))
                buffer.append(key: "icmp_sequence", number: UInt32(icmpSequence))
            }
        }
        if isIP {
            if present.contains(.payload) { buffer.append(key: "payload_length", number: payloadLength) }
            if !isReadBack || present.contains(.icmp) { buffer.append(key: "ttl", number: UInt32(ttl)) }
            if !isReadBack { buffer.append(key: "dscp", number: UInt32(dscp)) }
            if hasIdentification, !isReadBack || present.contains(.fragment) {
                buffer.append(key: "ip_id", number: identification)
            }
            if present.contains(.fragment) {
                buffer.append(key: "fragment_offset", number: fragmentOffset)
                if !isReadBack {
                    buffer.append(fragmentMore ? "\"fragment_more\":true," : "\"fragment_more\":false,")
                }
            }
        }
        buffer.close(rest)
    }
}

extension ByteBuffer {
    /// `00-11-22-AA-BB-CC`, as the schema wants it (RFC 7042).
    fileprivate mutating func appendHyphenated(_ address: MACAddress) {
        for shift in stride(from: UInt64(44), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: address.number >> shift & 15)
            append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "A"))
            if shift % 8 == 0, shift > 0 { append(UInt8(ascii: "-")) }
        }
    }
}
