import Netlink
import Primitives
import Records

// Tuples: addresses, protocol, ports or what ICMP has in their place.

extension ConnectionEvent {
    /// CTA_TUPLE_ORIG and CTA_TUPLE_REPLY: the addresses must be there, and of the message's family.
    mutating func readTuple(_ bytes: RawSpan, _ outer: NetlinkAttribute, isIPv4: Bool, isReply: Bool) -> Bool {
        var ends = ConnectionRecord.Endpoints()
        var hasAddresses = false
        var walk = NetlinkAttributes(outer.value)
        while let attribute = walk.next(in: bytes) {
            switch attribute.type {
            case 1:
                hasAddresses = readAddresses(bytes, attribute, isIPv4: isIPv4, &ends)
                if !hasAddresses { return false }
            case 2:
                guard readProtocol(bytes, attribute, isReply: isReply, &ends) else { return false }
            case 3 where !isReply:
                // CTA_TUPLE_ZONE: the zone of one direction.
                if let zone = attribute.big16(in: bytes) {
                    record.zone = zone
                    record.present.insert(.zone)
                }
            default: break
            }
        }
        if isReply { record.reply = ends } else { record.original = ends }
        return hasAddresses && !walk.isDamaged
    }

    private func readAddresses(
        _ bytes: RawSpan, _ outer: NetlinkAttribute, isIPv4: Bool, _ ends: inout ConnectionRecord.Endpoints
    ) -> Bool {
        var found = 0
        var walk = NetlinkAttributes(outer.value)
        while let attribute = walk.next(in: bytes) {
            // CTA_IP_V4_SRC, _DST, CTA_IP_V6_SRC, _DST.
            let isSource = attribute.type == (isIPv4 ? 1 : 3)
            guard isSource || attribute.type == (isIPv4 ? 2 : 4) else { continue }
            guard let address = address(bytes, attribute, isIPv4: isIPv4) else { return false }
            if isSource { ends.source = address } else { ends.destination = address }
            found |= isSource ? 1 : 2
        }
        return found == 3 && !walk.isDamaged
    }

    private func address(_ bytes: RawSpan, _ attribute: NetlinkAttribute, isIPv4: Bool) -> IPv6Address? {
        if isIPv4 { return attribute.big32(in: bytes).map { IPv6Address(mapping: IPv4Address($0)) } }
        guard attribute.value.count >= 16, let high = attribute.big64(in: bytes) else { return nil }
        return IPv6Address(high: high, low: bytes.big64(at: attribute.value.lowerBound + 8))
    }

    private mutating func readProtocol(
        _ bytes: RawSpan, _ outer: NetlinkAttribute, isReply: Bool, _ ends: inout ConnectionRecord.Endpoints
    ) -> Bool {
        var walk = NetlinkAttributes(outer.value)
        while let attribute = walk.next(in: bytes) {
            // The numbers of enum ctattr_l4proto.
            switch attribute.type {
            case 1: if !isReply, let number = attribute.byte(in: bytes) { record.protocolNumber = number }
            case 2:
                guard let port = attribute.big16(in: bytes) else { return false }
                ends.sourcePort = port
                if !isReply { record.present.insert(.ports) }
            case 3:
                guard let port = attribute.big16(in: bytes) else { return false }
                ends.destinationPort = port
            // ICMP's and ICMPv6's identifier, type and code.
            case 4, 7:
                guard let number = attribute.big16(in: bytes) else { return false }
                if !isReply { noteICMP { $0.icmpID = number } }
            case 5, 8:
                guard let number = attribute.byte(in: bytes) else { return false }
                if !isReply { noteICMP { $0.icmpType = number } }
            case 6, 9:
                guard let number = attribute.byte(in: bytes) else { return false }
                if !isReply { noteICMP { $0.icmpCode = number } }
            default: break
            }
        }
        return !walk.isDamaged
    }

    private mutating func noteICMP(_ set: (inout ConnectionRecord) -> Void) {
        set(&record)
        record.present.insert(.icmp)
    }
}
