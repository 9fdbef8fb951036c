import PacketDecoding
import Primitives

extension SuppressionKey {
    /// What makes a packet the same as another; `transport` is where IP's payload begins.
    init(_ record: IPLogFilterRecord, _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, transport: Int) {
        self.init()
        let start = Int(layers.networkOffset)
        let isIPv4 = layers.present.contains(.ipv4)
        if isIPv4 {
            source = IPv6Address(mapping: IPv4Address(layers.source4))
            destination = IPv6Address(mapping: IPv4Address(layers.destination4))
            typeOfService = bytes.byte(at: start + 1)
        } else {
            source = layers.source6(in: bytes)
            destination = layers.destination6(in: bytes)
            typeOfService = UInt8(truncatingIfNeeded: bytes.big16(at: start) >> 4)
        }
        interface = frame.interface.rawValue
        direction = record.direction
        version = isIPv4 ? 4 : 6
        protocolNumber = layers.protocolNumber
        ttl = layers.ttl
        if layers.present.contains(.tcpFlags) { tcpFlags = layers.tcpFlags }
        if layers.present.contains(.ports) {
            self.transport = UInt32(layers.sourcePort) << 16 | UInt32(layers.destinationPort)
        } else if layers.present.contains(.icmp) {
            self.transport = UInt32(layers.icmpType) << 8 | UInt32(layers.icmpCode)
        }
        headerLength = UInt32(record.headerLength)
        packetLength = layers.totalLength
        dataLength = layers.present.contains(.payload) ? layers.payloadLength : 0
        packetFlags = record.packetFlags
        rule = record.rule
        command = record.flags
        ruleText = Self.digest(layers, bytes)
        if isIPv4, transport > start + 20 { options = Self.kinds(bytes, start + 20..<transport) }
        if layers.present.contains(.tcp) { options ^= Self.tcpKinds(bytes, at: Int(layers.transportOffset)) &<< 1 }
    }

    /// FNV-1a over the rule's name and group.
    private static func digest(_ layers: Layers, _ bytes: RawSpan) -> UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        if layers.present.contains(.rule) { add(bytes, layers.ruleOffset, layers.ruleLength, &digest) }
        if layers.present.contains(.ruleNumber) { add(bytes, layers.ruleGroupOffset, layers.ruleGroupLength, &digest) }
        return digest
    }

    private static func add(_ bytes: RawSpan, _ offset: Int32, _ length: Int32, _ digest: inout UInt64) {
        guard bytes.holds(Int(length), at: Int(offset)) else { return }
        for place in Int(offset)..<Int(offset) + Int(length) {
            digest = (digest ^ UInt64(bytes.byte(at: place))) &* 0x100_0000_01B3
        }
        digest = (digest ^ 0xFF) &* 0x100_0000_01B3
    }

    private static func tcpKinds(_ bytes: RawSpan, at offset: Int) -> UInt64 {
        guard bytes.holds(20, at: offset) else { return 0 }
        let end = min(offset + Int(bytes.byte(at: offset + 12) >> 4) * 4, bytes.byteCount)
        return end > offset + 20 ? kinds(bytes, offset + 20..<end) : 0
    }

    /// A bit for each kind of option; they are laid out alike in IPv4 and TCP.
    private static func kinds(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64 {
        var kinds: UInt64 = 0
        var place = range.lowerBound
        while place < range.upperBound {
            let kind = bytes.byte(at: place)
            // The end, and padding.
            if kind == 0 { break }
            if kind == 1 {
                place += 1
                continue
            }
            kinds |= 1 << UInt64(kind & 63)
            guard place + 1 < range.upperBound else { break }
            let length = Int(bytes.byte(at: place + 1))
            guard length >= 2 else { break }
            place += length
        }
        return kinds
    }
}
