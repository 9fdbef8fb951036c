import Primitives

// Members that the objects of a connection are made of.

extension ConnectionRecord {
    /// What the kernel says beside endpoints, times and counters: in Gatelog's own names, which ECS has none for.
    func appendRest(_ services: borrowing ServiceNames, to buffer: inout ByteBuffer) {
        if present.contains(.id) { buffer.append(key: "connection_id", number: id) }
        if let service = service(services) {
            buffer.append(key: "service")
            buffer.append(UInt8(ascii: "\""))
            services.appendJSON(service, to: &buffer)
            buffer.append("\",")
        }
        if present.contains(.icmp) {
            buffer.append(key: "icmp_type", number: UInt32(icmpType))
            buffer.append(key: "icmp_code", number: UInt32(icmpCode))
            buffer.append(key: "icmp_id", number: UInt32(icmpID))
        }
        if present.contains(.tcpState), let name = ConnectionRecord.tcpStateName(tcpState) {
            buffer.append(key: "tcp_state", word: name)
        }
        if present.contains(.mark) { buffer.append(key: "mark", number: mark) }
        if present.contains(.zone) { buffer.append(key: "zone", number: UInt32(zone)) }
    }

    func appendECSNetwork(to buffer: inout ByteBuffer) {
        let network = buffer.openObject("network")
        buffer.append(key: "type", word: present.contains(.ipv4) ? "ipv4" : "ipv6")
        buffer.append(ecsTransport: protocolNumber)
        if present.contains(.counters) {
            buffer.append(key: "bytes", count: totalBytes)
            buffer.append(key: "packets", count: totalPackets)
        }
        buffer.close(network)
    }

    func appendECSSide(isSource: Bool, _ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        let isIPv4 = present.contains(.ipv4)
        let side = buffer.openObject(isSource ? "source" : "destination")
        buffer.append(key: "ip", isSource ? original.source : original.destination, isIPv4)
        if present.contains(.ports) {
            buffer.append(key: "port", number: UInt32(isSource ? original.sourcePort : original.destinationPort))
        }
        if let turned = translated {
            let nat = buffer.openObject("nat")
            buffer.append(key: "ip", isSource ? turned.source : turned.destination, isIPv4)
            if present.contains(.ports) {
                buffer.append(key: "port", number: UInt32(isSource ? turned.sourcePort : turned.destinationPort))
            }
            buffer.close(nat)
        }
        if present.contains(.counters) {
            buffer.append(key: "bytes", count: isSource ? sentBytes : receivedBytes)
            buffer.append(key: "packets", count: isSource ? sentPackets : receivedPackets)
        }
        buffer.append(key: "domain", known: isSource ? sourceHost : destinationHost, in: names.hosts)
        let user = buffer.openObject("user")
        buffer.append(key: "name", known: isSource ? sourceUser : destinationUser, in: names.users)
        buffer.close(user)
        buffer.close(side)
    }
}

extension ByteBuffer {
    mutating func append(key: StaticString, count number: UInt64) {
        append(key: key)
        append(decimal: number)
        append(UInt8(ascii: ","))
    }

    /// A member whose number is 0 for "nobody".
    mutating func append(key: StaticString, known id: UInt32, in names: borrowing NameTable) {
        if id != 0 { append(key: key, id: Int(id), in: names) }
    }

    mutating func append(key: StaticString, _ address: IPv6Address, _ isIPv4: Bool) {
        append(key: key)
        append(UInt8(ascii: "\""))
        append(address, isIPv4: isIPv4)
        append("\",")
    }
}
