import PacketDecoding
import TestSupport
import Testing

@Suite struct TransportTests {
    private let network: Layers.Presence = [.ipv4, .upperProtocol]

    /// Facts come back byte by byte as the capture keeps more of TCP.
    @Test func cutTCP() {
        let packet = PacketBuilder().ipv4().tcp(1, 2, flags: [.fin, .cwr], options: [2, 4, 5, 180]).payload("x")
        for (kept, facts) in [
            (20, []), (23, []), (24, [.ports]), (33, [.ports]), (34, [.ports, .tcpFlags]),
            (39, [.ports, .tcpFlags]), (40, [.ports, .tcpFlags, .tcp, .payload]),
        ] as [(Int, Layers.Presence)] {
            let layers = packet.decoded(captured: kept)
            #expect(layers.present == network.union(facts).union(.error), "\(kept) bytes")
            #expect(layers.error.reason == .truncated)
            if layers.present.contains(.tcpFlags) { #expect(layers.tcpFlags == 0x81) }
        }
        // The options are cut off, the payload's length is known.
        let options = packet.decoded(captured: 42)
        #expect(options.payloadOffset == 44)
        #expect(options.payloadLength == 1)
        #expect(!packet.decoded(captured: 44).present.contains(.error))
    }

    @Test func dataOffsetsThatLie() {
        let small = PacketBuilder().ipv4().tcp(1, 2, dataOffset: 16).decoded()
        #expect(small.present == network.union([.ports, .tcpFlags, .tcp, .error]))
        #expect(small.error == DecodeError(layer: .tcp, reason: .lengthTooSmall, offset: 20, needed: 20, available: 16))
        let large = PacketBuilder().ipv4().tcp(1, 2, dataOffset: 60).payload("abc").decoded()
        #expect(large.present == network.union([.ports, .tcpFlags, .tcp, .payload, .error]))
        #expect(large.payloadLength == 0)
        #expect(large.error == DecodeError(layer: .tcp, reason: .lengthTooLarge, offset: 20, needed: 60, available: 23))
    }

    @Test func udpLengths() {
        let shorter = PacketBuilder().ipv4().udp(1, 2, length: 10).payload(count: 8).decoded()
        #expect(!shorter.present.contains(.error))
        #expect(shorter.payloadLength == 2)
        let longer = PacketBuilder().ipv4().udp(1, 2, length: 100).payload(count: 8).decoded()
        #expect(
            longer.error == DecodeError(layer: .udp, reason: .lengthTooLarge, offset: 20, needed: 100, available: 16))
        #expect(longer.payloadLength == 8)
        let tooShort = PacketBuilder().ipv4().udp(1, 2, length: 7).payload(count: 8).decoded()
        #expect(
            tooShort.error == DecodeError(layer: .udp, reason: .lengthTooSmall, offset: 20, needed: 8, available: 7))
        #expect(tooShort.payloadLength == 8)
        let cut = PacketBuilder().ipv4().udp(1, 2).decoded(captured: 24)
        #expect(cut.present == network.union([.ports, .error]))
    }

    @Test func others() {
        let lite = PacketBuilder().ipv6().udpLite(3, 4, coverage: 8).payload(count: 5).decoded()
        #expect(lite.present == [.ipv6, .upperProtocol, .ports, .udp, .payload])
        #expect(lite.payloadLength == 5)
        let sctp = PacketBuilder().ipv4().sctp(3, 4).payload(count: 5).decoded()
        #expect(sctp.present == network.union([.ports, .payload]))
        #expect(sctp.payloadLength == 5)
        let icmp = PacketBuilder().ipv4().icmp(type: 3, code: 1).payload(count: 28).decoded()
        #expect(icmp.present == network.union([.icmp, .payload]))
        #expect([icmp.icmpType, icmp.icmpCode] == [3, 1])
        #expect(icmp.payloadLength == 28)
        let icmp6 = PacketBuilder().ipv6().icmp6(type: 1, code: 4).decoded()
        #expect(icmp6.present == [.ipv6, .upperProtocol, .icmp, .payload])
        #expect([icmp6.protocolNumber, icmp6.icmpType, icmp6.icmpCode] == [58, 1, 4])
        let cutICMP = PacketBuilder().ipv4().icmp().decoded(captured: 22)
        #expect(cutICMP.present == network.union([.icmp, .error]))
        let esp = PacketBuilder().ipv4().esp().payload(count: 40).decoded()
        #expect(esp.present == network.union(.payload))
        #expect(esp.payloadLength == 40)
        let ospf = PacketBuilder().ipv4(protocol: 89).payload(count: 44).decoded()
        #expect(ospf.present == network.union(.payload))
        #expect(ospf.payloadLength == 44)
    }

    @Test func authenticationHeader() {
        let layers = PacketBuilder().ipv4().ah().tcp(5, 6).payload("x").decoded()
        #expect(layers.present == network.union([.authentication, .ports, .tcpFlags, .tcp, .payload]))
        #expect(layers.protocolNumber == 6)
        #expect(layers.transportOffset == 44)
        let twice = PacketBuilder().ipv4().ah().ah().tcp().decoded()
        #expect(twice.error.reason == .tooManyHeaders)
        #expect(twice.protocolNumber == 51)
    }

    @Test func names() {
        #expect(IPProtocol.name(of: 6)?.description == "TCP")
        #expect(IPProtocol.name(of: 58)?.description == "ICMPv6")
        #expect(IPProtocol.name(of: 252) == nil)
        #expect(IPProtocol.number(named: "ICMP6") == 58)
        #expect(IPProtocol.number(named: "nonsense") == nil)
        #expect(IPProtocol.word(of: 4)?.description == "ipip")
        #expect(EtherType.name(of: 0x0806)?.description == "ARP")
    }
}
