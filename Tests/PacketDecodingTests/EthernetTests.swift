import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct EthernetTests {
    @Test func plainTCP() {
        let packet = PacketBuilder().ethernet().ipv4("10.1.2.3", "10.4.5.6", ttl: 61, dscp: 46, identification: 777)
            .tcp(1234, 443, flags: [.syn, .ack]).payload("hello")
        let layers = packet.decoded(paddedTo: 60)
        #expect(
            layers.present == [
                .sourceMAC, .destinationMAC, .etherType, .ipv4, .upperProtocol, .ports, .tcpFlags, .tcp, .payload,
            ])
        #expect(layers.source4 == 0x0A01_0203)
        #expect(layers.destination4 == 0x0A04_0506)
        #expect(layers.ttl == 61)
        #expect(layers.dscp == 46)
        #expect(layers.identification == 777)
        #expect(layers.totalLength == 45)
        #expect(layers.protocolNumber == 6)
        #expect(layers.sourcePort == 1234)
        #expect(layers.destinationPort == 443)
        #expect(layers.tcpFlags == 0x12)
        #expect(layers.networkOffset == 14)
        #expect(layers.transportOffset == 34)
        #expect(layers.payloadOffset == 54)
        #expect(layers.payloadLength == 5)
    }

    @Test(arguments: [
        [0x8100], [0x88A8, 0x8100], [0x9100, 0x9100, 0x8100], [0x8100, 0x8100, 0x8100, 0x8100, 0x8100],
    ])
    func tags(_ types: [UInt16]) {
        var packet = PacketBuilder().ethernet()
        for (index, type) in types.enumerated() { packet = packet.vlan(UInt16(100 + index), priority: 5, tpid: type) }
        let layers = packet.ipv6().udp(1, 2).decoded()
        #expect(layers.present.contains([.vlan, .ipv6, .ports]))
        #expect(Int(layers.vlanCount) == min(types.count, 4))
        for index in 0..<Int(layers.vlanCount) { #expect(layers.vlans[index] == UInt16(100 + index)) }
        #expect(layers.etherType == 0x86DD)
    }

    @Test func ipInLogicalLinkControl() {
        let direct = PacketBuilder().ethernet8023().llc().ipv4().udp().decoded(paddedTo: 60)
        #expect(direct.present.contains([.ipv4, .ports]))
        let snap = PacketBuilder().ethernet8023().snap().ipv6().icmp6().decoded(paddedTo: 80)
        #expect(snap.present.contains([.ipv6, .icmp]))
        #expect(snap.etherType == 0x86DD)
        let spanningTree = PacketBuilder().ethernet8023().llc(dsap: 0x42, ssap: 0x42).payload(count: 35).decoded()
        #expect(spanningTree.present == [.sourceMAC, .destinationMAC])
    }

    @Test func sessionsAndLabels() {
        let pppoe = PacketBuilder().ethernet().pppoe().ppp().ipv4().tcp().decoded()
        #expect(pppoe.present.contains([.ipv4, .tcp]))
        #expect(pppoe.etherType == 0x0800)
        let control = PacketBuilder().ethernet().pppoe().ppp(protocol: 0xC021).payload(count: 10).decoded()
        #expect(control.present == [.sourceMAC, .destinationMAC, .etherType])
        #expect(control.etherType == 0x8864)
        let labels = PacketBuilder().ethernet().mpls(16).mpls(17).ipv6().udp().decoded()
        #expect(labels.present.contains([.ipv6, .udp]))
        #expect(!labels.present.contains(.error))
    }

    @Test func whatIsNotIP() {
        let layers = PacketBuilder().ethernet(type: 0x0806).payload(count: 28).decoded(paddedTo: 60)
        #expect(layers.present == [.sourceMAC, .destinationMAC, .etherType])
        #expect(layers.networkOffset == 14)
    }
}
