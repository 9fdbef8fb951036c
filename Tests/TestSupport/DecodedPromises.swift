public import PacketDecoding
import Primitives

/// What every set of facts promises about the bytes, whatever they are.
public enum DecodedPromises {
    /// Decodes `bytes` and what is in their tunnels, and lets the tables beside the decoder have a look. The first
    /// promise that does not hold, or nil.
    public static func broken(_ bytes: RawSpan, _ link: LinkType, original: Int) -> String? {
        let frame = Frame(
            time: Timestamp(seconds: 0), capturedLength: bytes.byteCount, originalLength: original, linkType: link)
        var layers = Layers()
        layers.decode(bytes, of: frame)
        if let plain = PlainPacket(bytes, of: frame), !agrees(plain, layers) { return "not as plain: \(layers)" }
        var ports = FragmentPorts(capacity: 8, seed: 1)
        var names = HostNames(capacity: 8, seed: 1)
        for _ in 0..<4 {
            if let broken = broken(layers, bytes) { return "\(broken): \(layers)" }
            var settled = layers
            ports.settle(&settled, bytes, at: frame.time)
            // As if it were an answer: any payload goes through that parser.
            settled.sourcePort = 53
            names.learn(settled, bytes, at: frame.time)
            var inner = Layers()
            guard inner.decodeInner(of: layers, bytes, originalLength: original) else { break }
            layers = inner
        }
        for number in 0..<UInt32(names.nameCount) where names.name(number + 1).isEmpty { return "a name is empty" }
        return nil
    }

    /// Whether a plain packet is what the decoder says; the decoder alone looks for tunnels.
    private static func agrees(_ plain: borrowing PlainPacket, _ layers: Layers) -> Bool {
        let unread: Layers.Presence = layers.present.contains(.udp) ? [.tunnel, .error] : []
        guard layers.present.subtracting(unread) == PlainPacket.facts(isIPv6: plain.isIPv6, isTCP: plain.isTCP) else {
            return false
        }
        let transport = plain.transportOffset
        guard layers.transportOffset == transport, plain.protocolNumber == layers.protocolNumber else { return false }
        guard plain.word(at: transport) == UInt32(layers.sourcePort) << 16 | UInt32(layers.destinationPort) else {
            return false
        }
        let length = plain.isIPv6 ? (plain.word(at: 16) & 0xFFFF) + 40 : plain.word(at: 14) & 0xFFFF
        return length == layers.totalLength
    }

    private static func broken(_ layers: Layers, _ bytes: RawSpan) -> String? {
        let present = layers.present
        func breaks(_ fact: Layers.Presence, _ holds: @autoclosure () -> Bool) -> Bool {
            !present.isDisjoint(with: fact) && !holds()
        }
        let network = layers.networkOffset
        let transport = layers.transportOffset
        if breaks(.sourceMAC, holds(6, layers.sourceMAC, bytes)) { return "source MAC" }
        if breaks(.destinationMAC, holds(6, layers.destinationMAC, bytes)) { return "destination MAC" }
        if breaks(.vlan, 1...4 ~= layers.vlanCount) { return "tags" }
        if breaks(.ipv4, holds(20, network, bytes)) { return "IPv4 header" }
        if breaks(.ipv6, holds(40, network, bytes)) { return "IPv6 header" }
        if present.isSuperset(of: .ip) { return "two families" }
        if breaks(.tcp, holds(20, transport, bytes)) { return "TCP header" }
        if breaks(.udp, holds(8, transport, bytes)) { return "UDP header" }
        if breaks(.icmp, holds(2, transport, bytes)) { return "ICMP header" }
        if breaks(.ports, holds(4, transport, bytes)) { return "ports" }
        if breaks(.tcpFlags, holds(14, transport, bytes)) { return "flags" }
        let above: Layers.Presence = [.ports, .tcp, .udp, .icmp, .tcpFlags, .tunnel]
        if breaks(.laterFragment, present.contains(.fragment) && present.isDisjoint(with: above)) {
            return "later fragment"
        }
        if breaks(.rule, layers.ruleLength > 0 && holds(Int(layers.ruleLength), layers.ruleOffset, bytes)) {
            return "rule"
        }
        if breaks(.ruleNumber, holds(Int(layers.ruleGroupLength), layers.ruleGroupOffset, bytes)) { return "group" }
        if breaks(.payload, payloadHolds(layers, bytes)) { return "payload" }
        if breaks(.tunnel, Int(layers.tunnelOffset) <= bytes.byteCount) { return "tunnel" }
        if breaks(.error, !layers.error.description.isEmpty) { return "error" }
        return nil
    }

    private static func holds(_ count: Int, _ offset: Int32, _ bytes: RawSpan) -> Bool {
        bytes.holds(count, at: Int(offset))
    }

    private static func payloadHolds(_ layers: Layers, _ bytes: RawSpan) -> Bool {
        let payload = layers.capturedPayload(in: bytes)
        return payload.upperBound <= bytes.byteCount && payload.count <= Int(layers.payloadLength)
    }
}
