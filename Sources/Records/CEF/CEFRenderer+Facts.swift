import PacketDecoding
import Primitives

// Fields of CEF, in the names of ArcSight's dictionary; each stands behind a blank.

extension PacketRecord {
    func appendCEF(_ bytes: RawSpan, _ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        if present.contains(.verdict) {
            buffer.open(cef: "act")
            buffer.append(verdict.name)
        }
        switch direction {
        case .incoming: buffer.append(" deviceDirection=0")
        case .outgoing: buffer.append(" deviceDirection=1")
        case .unknown: break
        }
        appendInterface("deviceInboundInterface", .inputIndex, inputIndex, incoming, names, to: &buffer)
        appendInterface("deviceOutboundInterface", .outputIndex, outputIndex, outgoing, names, to: &buffer)
        if present.contains(.upperProtocol) { buffer.append(cefProtocol: protocolNumber) }
        if isIP { buffer.append(cefAddresses: sourceIP, destinationIP, isIPv4: present.contains(.ipv4)) }
        if present.contains(.ports) {
            buffer.append(cef: "spt", UInt64(sourcePort))
            buffer.append(cef: "dpt", UInt64(destinationPort))
        }
        if present.contains(.sourceMAC) {
            buffer.open(cef: "smac")
            buffer.append(sourceMAC)
        }
        if present.contains(.destinationMAC) {
            buffer.open(cef: "dmac")
            buffer.append(destinationMAC)
        }
        buffer.append(cef: "suser", known: sourceUser, in: names.users)
        buffer.append(cef: "duser", known: destinationUser, in: names.users)
        buffer.append(cef: "shost", known: sourceHost, in: names.hosts)
        buffer.append(cef: "dhost", known: destinationHost, in: names.hosts)
        if isIP {
            buffer.append(" cn1Label=length")
            buffer.append(cef: "cn1", UInt64(length))
        }
        appendRule(bytes, to: &buffer)
    }

    private func appendInterface(
        _ key: StaticString, _ hasIndex: Layers.Presence, _ index: UInt32, _ id: InterfaceID,
        _ names: borrowing PacketNames, to buffer: inout ByteBuffer
    ) {
        if present.contains(hasIndex), names.kernelInterfaces.contains(Int(index)) {
            buffer.append(cef: key, id: Int(index), in: names.kernelInterfaces)
        } else if names.interfaces.contains(Int(id.rawValue)) {
            buffer.append(cef: key, id: Int(id.rawValue), in: names.interfaces)
        }
    }

    private func appendRule(_ bytes: RawSpan, to buffer: inout ByteBuffer) {
        if present.contains(.rule), bytes.holds(Int(ruleLength), at: Int(ruleOffset)) {
            buffer.append(" cs1Label=rule")
            buffer.open(cef: "cs1")
            buffer.appendCEF(bytes.extracting(Int(ruleOffset)..<Int(ruleOffset) + Int(ruleLength)))
        }
        if present.contains(.ruleNumber), bytes.holds(Int(ruleGroupLength), at: Int(ruleGroupOffset)) {
            buffer.append(" cs2Label=ruleGroup")
            buffer.open(cef: "cs2")
            buffer.appendCEF(
                bytes.extracting(Int(ruleGroupOffset)..<Int(ruleGroupOffset) + Int(ruleGroupLength)))
            buffer.append(" cn2Label=ruleNumber")
            buffer.append(cef: "cn2", UInt64(ruleNumber))
        }
    }
}

extension ConnectionRecord {
    func appendCEF(_ names: borrowing PacketNames, _ services: borrowing ServiceNames, to buffer: inout ByteBuffer) {
        if present.contains(.id) { buffer.append(cef: "externalId", UInt64(id)) }
        if let service = service(services) {
            buffer.open(cef: "app")
            services.append(service, to: &buffer)
        }
        buffer.append(cefProtocol: protocolNumber)
        let isIPv4 = present.contains(.ipv4)
        buffer.append(cefAddresses: original.source, original.destination, isIPv4: isIPv4)
        if present.contains(.ports) {
            buffer.append(cef: "spt", UInt64(original.sourcePort))
            buffer.append(cef: "dpt", UInt64(original.destinationPort))
        }
        if let translated, isIPv4 { appendTranslated(translated, to: &buffer) }
        buffer.append(cef: "suser", known: sourceUser, in: names.users)
        buffer.append(cef: "duser", known: destinationUser, in: names.users)
        buffer.append(cef: "shost", known: sourceHost, in: names.hosts)
        buffer.append(cef: "dhost", known: destinationHost, in: names.hosts)
        if present.contains(.started) {
            buffer.open(cef: "start")
            buffer.appendMilliseconds(started)
        }
        if present.contains(.ended) {
            buffer.open(cef: "end")
            buffer.appendMilliseconds(ended)
        }
        if present.contains(.counters) {
            buffer.append(cef: "in", receivedBytes)
            buffer.append(cef: "out", sentBytes)
        }
        guard names.rules.contains(known: rule) else { return }
        buffer.append(" cs1Label=rule")
        buffer.append(cef: "cs1", known: rule, in: names.rules)
    }

    private func appendTranslated(_ ends: Endpoints, to buffer: inout ByteBuffer) {
        buffer.open(cef: "sourceTranslatedAddress")
        buffer.append(ends.source, isIPv4: true)
        buffer.open(cef: "destinationTranslatedAddress")
        buffer.append(ends.destination, isIPv4: true)
        guard present.contains(.ports) else { return }
        buffer.append(cef: "sourceTranslatedPort", UInt64(ends.sourcePort))
        buffer.append(cef: "destinationTranslatedPort", UInt64(ends.destinationPort))
    }
}

extension ByteBuffer {
    fileprivate mutating func open(cef key: StaticString) {
        append(UInt8(ascii: " "))
        append(key)
        append(UInt8(ascii: "="))
    }

    fileprivate mutating func append(cef key: StaticString, _ number: UInt64) {
        open(cef: key)
        append(decimal: number)
    }

    fileprivate mutating func append(cef key: StaticString, id: Int, in names: borrowing NameTable) {
        open(cef: key)
        names.append(id, behindBackslash: UInt8(ascii: "="), UInt8(ascii: "="), to: &self)
    }

    fileprivate mutating func append(cef key: StaticString, known id: UInt32, in names: borrowing NameTable) {
        if names.contains(known: id) { append(cef: key, id: Int(id), in: names) }
    }

    fileprivate mutating func append(cefProtocol number: UInt8) {
        open(cef: "proto")
        if let name = IPProtocol.name(of: number) { append(name) } else { append(decimal: UInt32(number)) }
    }

    fileprivate mutating func append(
        cefAddresses source: IPv6Address, _ destination: IPv6Address, isIPv4: Bool
    ) {
        if !isIPv4 { append(" c6a2Label=Source IPv6 Address") }
        open(cef: isIPv4 ? "src" : "c6a2")
        append(source, isIPv4: isIPv4)
        if !isIPv4 { append(" c6a3Label=Destination IPv6 Address") }
        open(cef: isIPv4 ? "dst" : "c6a3")
        append(destination, isIPv4: isIPv4)
    }
}
