package import Netlink
package import Primitives
import Records

// Events of the kernel's connection tracking (linux/netfilter/nfnetlink_conntrack.h): a header as all of netfilter has
// it, then attributes, most of them nested. Numbers are in network order. Damage anywhere makes no event.

extension ConnectionEvent {
    /// Reads a message at `payload` of a datagram; nil where it is damaged or is no connection of IP. `received` stands
    /// for the time where the kernel says none.
    package init?(_ bytes: RawSpan, _ message: NetlinkMessage, received: Timestamp) {
        switch message.type {
        // IPCTNL_MSG_CT_NEW; NLM_F_CREATE and NLM_F_EXCL tell a new one from a changed one.
        case 0x0100: kind = message.flags & 0x600 != 0 ? .new : .updated
        case 0x0102: kind = .destroyed
        default: return nil
        }
        let payload = message.payload
        guard payload.count >= 4, bytes.holds(payload.count, at: payload.lowerBound) else { return nil }
        let family = bytes.byte(at: payload.lowerBound)
        record = ConnectionRecord(time: received)
        guard family == 2 || family == 10 else { return nil }
        if family == 2 { record.present.insert(.ipv4) }
        guard read(bytes, NetlinkAttributes(payload, after: 4), isIPv4: family == 2) else { return nil }
        settleTimes()
    }

    private mutating func read(_ bytes: RawSpan, _ walk: NetlinkAttributes, isIPv4: Bool) -> Bool {
        var walk = walk
        var hasTuple = false
        var isWhole = true
        var hasCounters = (original: false, reply: false)
        while let attribute = walk.next(in: bytes) {
            // The numbers of enum ctattr_type.
            switch attribute.type {
            case 1:
                hasTuple = readTuple(bytes, attribute, isIPv4: isIPv4, isReply: false)
                isWhole = isWhole && hasTuple
            case 2:
                let hasReply = readTuple(bytes, attribute, isIPv4: isIPv4, isReply: true)
                if hasReply { record.present.insert(.reply) }
                isWhole = isWhole && hasReply
            case 3: note(.status, attribute.big32(in: bytes)) { $0.status = $1 }
            case 4: isWhole = isWhole && readState(bytes, attribute)
            case 8: note(.mark, attribute.big32(in: bytes)) { $0.mark = $1 }
            case 9:
                hasCounters.original = Self.readCounters(bytes, attribute, &record.sentPackets, &record.sentBytes)
            case 10:
                hasCounters.reply = Self.readCounters(bytes, attribute, &record.receivedPackets, &record.receivedBytes)
            case 12: note(.id, attribute.big32(in: bytes)) { $0.id = $1 }
            case 18: note(.zone, attribute.big16(in: bytes)) { $0.zone = $1 }
            case 20: isWhole = isWhole && readTimes(bytes, attribute)
            default: break
            }
        }
        if hasCounters.original, hasCounters.reply { record.present.insert(.counters) }
        return hasTuple && isWhole && !walk.isDamaged
    }

    /// What `fact` is about has the value that was found; nothing happens where there is none.
    private mutating func note<Value>(
        _ fact: ConnectionRecord.Presence, _ value: Value?, _ set: (inout ConnectionRecord, Value) -> Void
    ) {
        guard let value else { return }
        set(&record, value)
        record.present.insert(fact)
    }

    /// CTA_COUNTERS: packets and bytes, eight bytes each.
    private static func readCounters(
        _ bytes: RawSpan, _ outer: NetlinkAttribute, _ packets: inout UInt64, _ octets: inout UInt64
    ) -> Bool {
        var walk = NetlinkAttributes(outer.value)
        var found = 0
        while let attribute = walk.next(in: bytes) {
            guard let number = attribute.big64(in: bytes) else { continue }
            if attribute.type == 1 {
                packets = number
                found |= 1
            } else if attribute.type == 2 {
                octets = number
                found |= 2
            }
        }
        return found == 3 && !walk.isDamaged
    }

    /// CTA_PROTOINFO: of interest is TCP's state.
    private mutating func readState(_ bytes: RawSpan, _ outer: NetlinkAttribute) -> Bool {
        var walk = NetlinkAttributes(outer.value)
        while let attribute = walk.next(in: bytes) {
            guard attribute.type == 1 else { continue }
            var inner = NetlinkAttributes(attribute.value)
            while let state = inner.next(in: bytes) {
                if state.type == 1 { note(.tcpState, state.byte(in: bytes)) { $0.tcpState = $1 } }
            }
            if inner.isDamaged { return false }
        }
        return !walk.isDamaged
    }

    /// CTA_TIMESTAMP: nanoseconds since 1970 of the start, and at the end of the stop.
    private mutating func readTimes(_ bytes: RawSpan, _ outer: NetlinkAttribute) -> Bool {
        var walk = NetlinkAttributes(outer.value)
        while let attribute = walk.next(in: bytes) {
            guard let number = attribute.big64(in: bytes), number > 0, let time = Int64(exactly: number) else {
                continue
            }
            if attribute.type == 1 {
                note(.started, Timestamp(nanoseconds: time)) { $0.started = $1 }
            } else if attribute.type == 2 {
                note(.ended, Timestamp(nanoseconds: time)) { $0.ended = $1 }
            }
        }
        return !walk.isDamaged
    }

    /// The kernel's times are those of the event; without them it happened when it was received.
    private mutating func settleTimes() {
        switch kind {
        case .new:
            if record.present.contains(.started) { record.time = record.started }
        case .updated:
            break
        case .destroyed:
            if record.present.contains(.ended) { record.time = record.ended }
            record.ended = record.time
            record.present.insert(.ended)
        }
    }
}
