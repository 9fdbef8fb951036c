import PacketDecoding
import Primitives

extension PacketLineRenderer {
    /// The variables that the default template does not use. A fact that is not known is `-`.
    mutating func append(
        _ variable: PacketVariable, of record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames,
        to buffer: inout ByteBuffer
    ) {
        let before = buffer.count
        switch variable {
        case .direction, .interface, .proto, .packetLength, .source, .destination, .payload:
            break
        case .sourceMAC:
            if record.present.contains(.sourceMAC) { buffer.append(record.sourceMAC) }
        case .destinationMAC:
            if record.present.contains(.destinationMAC) { buffer.append(record.destinationMAC) }
        case .payloadLength:
            if record.present.contains(.payload) { buffer.append(decimal: record.payloadLength) }
        case .dscp:
            if record.isIP { buffer.append(decimal: UInt32(record.dscp)) }
        case .rule:
            record.appendRuleName(bytes, quote: nil, to: &buffer)
        case .verdict:
            record.appendVerdict(to: &buffer, otherwise: "-")
        case .user:
            let user = record.sourceUser == 0 ? record.destinationUser : record.sourceUser
            if user != 0 { _ = names.users.append(Int(user), to: &buffer) }
        case .sourceHost:
            if record.sourceHost != 0 { _ = names.hosts.append(Int(record.sourceHost), to: &buffer) }
        case .destinationHost:
            if record.destinationHost != 0 { _ = names.hosts.append(Int(record.destinationHost), to: &buffer) }
        case .ttl:
            if record.isIP { buffer.append(decimal: UInt32(record.ttl)) }
        case .vlan:
            if record.present.contains(.vlan) { buffer.append(decimal: UInt32(record.vlan)) }
        case .id:
            if record.hasIdentification { buffer.append(decimal: record.identification) }
        case .time:
            clock.appendBare(record.time, to: &buffer)
        case .country:
            buffer.appendCountry(record.remoteCountry)
        case .hex:
            let start = min(max(Int(record.networkOffset), 0), bytes.byteCount)
            buffer.append(hexOf: bytes.extracting(start...))
        }
        if buffer.count == before { buffer.append(UInt8(ascii: "-")) }
    }
}

extension PacketRecord {
    var isIP: Bool { !present.isDisjoint(with: .ip) }

    var hasIdentification: Bool { present.contains(.ipv4) || present.contains(.fragment) }

    /// Of the destination for what is sent, else of the source; the other side's where that one is not known.
    var remoteCountry: UInt16 {
        let (remote, local) =
            direction == .outgoing ? (destinationCountry, sourceCountry) : (sourceCountry, destinationCountry)
        return remote == 0 ? local : remote
    }

    /// `PERMIT`, `DENY` or `DROP`.
    func appendVerdict(to buffer: inout ByteBuffer, otherwise: StaticString) {
        guard present.contains(.verdict) else { return buffer.append(otherwise) }
        switch verdict {
        case .pass: buffer.append("PERMIT")
        case .reject: buffer.append("DENY")
        case .drop: buffer.append("DROP")
        }
    }

    /// The rule's name out of the log prefix, escaped.
    func appendRuleName(_ bytes: RawSpan, quote: UInt8?, to buffer: inout ByteBuffer) {
        guard present.contains(.rule), bytes.holds(Int(ruleLength), at: Int(ruleOffset)) else { return }
        buffer.append(escaping: bytes.extracting(Int(ruleOffset)..<Int(ruleOffset) + Int(ruleLength)), quote: quote)
    }

    /// The interface's display name: by the kernel's index where that has a name, else by the capture's
    /// interface, else the index itself.
    @inline(__always)
    func appendInterface(_ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        if present.isDisjoint(with: .kernelIndexes) {
            names.appendInterface(interface, to: &buffer)
        } else {
            appendKernelInterface(names, to: &buffer)
        }
    }

    private func appendKernelInterface(_ names: borrowing PacketNames, to buffer: inout ByteBuffer) {
        guard let index = kernelIndex else { return names.appendInterface(interface, to: &buffer) }
        if names.kernelInterfaces.append(Int(index), to: &buffer) { return }
        if names.interfaces.append(Int(interface.rawValue), to: &buffer) { return }
        buffer.append("if")
        buffer.append(decimal: index)
    }

    /// The kernel's index of the interface to print.
    var kernelIndex: UInt32? {
        if direction == .outgoing, present.contains(.outputIndex) { return outputIndex }
        return present.contains(.inputIndex) ? inputIndex : nil
    }
}

extension ByteBuffer {
    /// Two letters; nothing for 0.
    mutating func appendCountry(_ country: UInt16) {
        guard country != 0 else { return }
        let letters: InlineArray<2, UInt8> = [
            UInt8(truncatingIfNeeded: country >> 8), UInt8(truncatingIfNeeded: country),
        ]
        append(escaping: letters.span.bytes)
    }
}

// Sets that are asked for each packet: numbers, since a literal of several members is an array where
// the optimiser is off.
extension Layers.Presence {
    @inline(__always)
    static var kernelIndexes: Self { Self(rawValue: Self.inputIndex.rawValue | Self.outputIndex.rawValue) }

    @inline(__always)
    static var firewallLog: Self {
        Self(rawValue: Self.verdict.rawValue | Self.rule.rawValue | Self.ruleNumber.rawValue)
    }
}
