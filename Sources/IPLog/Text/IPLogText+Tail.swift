import Primitives

// What stands behind the packet: K-S K-F IN log-tag ... reason:

extension IPLogText {
    @inline(__always)
    func appendTail(_ record: IPLogFilterRecord, _ layout: IPLogLayout, to out: inout ByteBuffer) {
        if record.keepsState { out.append(" K-S") }
        if record.keepsFragments { out.append(" K-F") }
        // 3.2 shows no direction; layouts without one hold neither 0 nor 1.
        if record.direction == 0 {
            out.append(" IN")
        } else if record.direction == 1 {
            out.append(" OUT")
        }
        let isPlain = record.logTag == 0 && record.natTag.low & 0xFFFF_FFFF == 0 && record.reason == 0
        if record.generation == .three || isPlain && record.packetFlags & Self.shownFlags == 0 { return }
        appendTags(record, to: &out)
    }

    /// The flags that have a word in the line.
    private static var shownFlags: UInt32 {
        IPLogPacketFlags.lowTTL | IPLogPacketFlags.outOfWindow | IPLogPacketFlags.bad
            | IPLogPacketFlags.translated | IPLogPacketFlags.badTranslation | IPLogPacketFlags.badSource
            | IPLogPacketFlags.multicast | IPLogPacketFlags.broadcast | IPLogPacketFlags.linkBroadcast
    }

    @inline(never)
    private func appendTags(_ record: IPLogFilterRecord, to out: inout ByteBuffer) {
        if record.logTag != 0 {
            out.append(" log-tag ")
            out.append(decimal: Int(Int32(bitPattern: record.logTag)))
        }
        if record.natTag.low & 0xFFFF_FFFF != 0 {
            out.append(" nat-tag ")
            append(record.natTag, to: &out)
        }
        let flags = record.packetFlags
        if flags & IPLogPacketFlags.lowTTL != 0 { out.append(" low-ttl") }
        if flags & IPLogPacketFlags.outOfWindow != 0 { out.append(" OOW") }
        if flags & IPLogPacketFlags.bad != 0 { out.append(" bad") }
        if flags & IPLogPacketFlags.translated != 0 { out.append(" NAT") }
        if flags & IPLogPacketFlags.badTranslation != 0 { out.append(" bad-NAT") }
        if flags & IPLogPacketFlags.badSource != 0 { out.append(" bad-src") }
        if flags & IPLogPacketFlags.multicast != 0 { out.append(" multicast") }
        if flags & IPLogPacketFlags.broadcast != 0 { out.append(" broadcast") }
        let casts = IPLogPacketFlags.multicast | IPLogPacketFlags.broadcast | IPLogPacketFlags.linkBroadcast
        if flags & casts == IPLogPacketFlags.linkBroadcast { out.append(" mbcast") }
        guard record.generation == .five, record.reason != 0 else { return }
        out.append(" reason:")
        if Int(record.reason) < Self.reasons.count {
            out.append(Self.reasons[Int(record.reason)])
        } else {
            out.append(decimal: UInt32(record.reason))
        }
    }

    /// Why a packet was blocked, by number.
    private static let reasons: [StaticString] = [
        "filter-rule", "log-or-block_1", "pps-rate", "jumbogram", "makefrip-fail", "state_add-fail",
        "updateipid-fail", "log-or-block_2", "decap-fail", "auth_new-fail", "auth_captured", "coalesce-fail",
        "pullup-fail", "auth-feedback", "bad-frag", "natv4_out-fail", "natv4_in-fail", "natv6_out-fail",
        "natv6_in-fail",
    ]
}
