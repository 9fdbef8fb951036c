import PacketDecoding
import Primitives
import Testing

/// What every set of facts promises about the bytes, whatever they are.
enum DecodedPromises {
    static func check(_ bytes: [UInt8], _ link: LinkType, original: Int, depth: Int = 3) {
        let frame = Frame(
            time: Timestamp(seconds: 0), capturedLength: bytes.count, originalLength: original, linkType: link)
        var layers = Layers()
        layers.decode(bytes.span.bytes, of: frame)
        check(layers, bytes)
        for _ in 0..<depth where layers.present.contains(.tunnel) {
            var inner = Layers()
            guard inner.decodeInner(of: layers, bytes.span.bytes, originalLength: original) else { return }
            check(inner, bytes)
            layers = inner
        }
        var ports = FragmentPorts(capacity: 8, seed: 1)
        ports.settle(&layers, bytes.span.bytes, at: frame.time)
        var names = HostNames(capacity: 8, seed: 1)
        names.learn(layers, bytes.span.bytes, at: frame.time)
    }

    private static func check(_ layers: Layers, _ bytes: [UInt8]) {
        func promise(_ holds: Bool, _ what: String) {
            if !holds { Issue.record("\(what) of \(bytes) as \(layers)") }
        }
        func holds(_ count: Int, _ offset: Int32) -> Bool { bytes.span.bytes.holds(count, at: Int(offset)) }
        let present = layers.present
        if present.contains(.sourceMAC) { promise(holds(6, layers.sourceMAC), "source MAC") }
        if present.contains(.destinationMAC) { promise(holds(6, layers.destinationMAC), "destination MAC") }
        if present.contains(.vlan) { promise(1...4 ~= layers.vlanCount, "tags") }
        if present.contains(.ipv4) { promise(holds(20, layers.networkOffset), "IPv4 header") }
        if present.contains(.ipv6) { promise(holds(40, layers.networkOffset), "IPv6 header") }
        promise(!present.isSuperset(of: .ip), "one family")
        if present.contains(.tcp) { promise(holds(20, layers.transportOffset), "TCP header") }
        if present.contains(.udp) { promise(holds(8, layers.transportOffset), "UDP header") }
        if present.contains(.icmp) { promise(holds(2, layers.transportOffset), "ICMP header") }
        if present.contains(.ports) { promise(holds(4, layers.transportOffset), "ports") }
        if present.contains(.tcpFlags) { promise(holds(14, layers.transportOffset), "flags") }
        if present.contains(.laterFragment) {
            promise(present.isDisjoint(with: [.ports, .tcp, .udp, .icmp, .tcpFlags, .tunnel]), "later fragment")
            promise(present.contains(.fragment), "fragment")
        }
        if present.contains(.rule) {
            promise(holds(Int(layers.ruleLength), layers.ruleOffset) && layers.ruleLength > 0, "rule")
        }
        if present.contains(.ruleNumber) {
            promise(holds(Int(layers.ruleGroupLength), layers.ruleGroupOffset), "group")
        }
        if present.contains(.payload) {
            let payload = layers.capturedPayload(in: bytes.span.bytes)
            promise(payload.upperBound <= bytes.count && payload.count <= Int(layers.payloadLength), "payload")
        }
        if present.contains(.tunnel) { promise(Int(layers.tunnelOffset) <= bytes.count, "tunnel") }
        if present.contains(.error) { promise(!layers.error.description.isEmpty, "error") }
    }
}
