import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct HostNamesTests {
    private func learn(_ names: inout HostNames, _ packet: PacketBuilder, captured: Int? = nil) {
        let bytes = Array(packet.bytes.prefix(captured ?? .max))
        let layers = packet.decoded(captured: captured)
        names.learn(layers, bytes.span.bytes, at: Timestamp(seconds: 1))
    }

    private func texts(_ names: borrowing HostNames, _ address: IPAddress) -> [String] {
        let numbers = names.names(of: address)
        var texts: [String] = []
        for index in 0..<4 where numbers[index] != 0 { texts.append(names.name(numbers[index])) }
        return texts
    }

    private func v4(_ number: UInt32) -> IPAddress { .v4(IPv4Address(number)) }

    @Test(arguments: [true, false]) func aliases(compressed: Bool) {
        var names = HostNames(capacity: 64, seed: 1)
        learn(
            &names,
            PacketBuilder().ethernet().ipv4().udp(53, 40000).dns(
                question: "WWW.Example.com",
                answers: [
                    TestRecord("www.example.com", .cname("cdn.example.net")),
                    TestRecord("cdn.example.net", .cname("edge7.example.net")),
                    TestRecord("edge7.example.net", .a("192.0.2.7")),
                    TestRecord("edge7.example.net", .aaaa("2001:db8::7")),
                    TestRecord("other.example.org", .a("192.0.2.8")),
                ], compressed: compressed))
        #expect(texts(names, v4(0xC000_0207)) == ["www.example.com", "edge7.example.net"])
        #expect(
            texts(names, .v6(IPv6Address(high: 0x2001_0DB8_0000_0000, low: 7)))
                == ["www.example.com", "edge7.example.net"])
        #expect(texts(names, v4(0xC000_0208)) == ["other.example.org"])
        #expect(names.nameCount == 3)
        #expect(names.addressCount == 3)
        #expect(names.answers == 1)
    }

    @Test func fourNamesNewestFirst() {
        var names = HostNames(capacity: 64, seed: 2)
        for name in ["a.test", "b.test", "c.test", "d.test", "e.test", "c.test"] {
            learn(
                &names,
                PacketBuilder().ipv4().udp(53, 40000).dns(question: name, answers: [TestRecord(name, .a("192.0.2.1"))]))
        }
        #expect(texts(names, v4(0xC000_0201)) == ["c.test", "e.test", "d.test", "b.test"])
    }

    @Test func overTCPAndMulticast() {
        var names = HostNames(capacity: 64, seed: 3)
        let answer = [TestRecord("tcp.test", .a("192.0.2.1"))]
        learn(&names, PacketBuilder().ipv6().tcp(53, 40000).dns(question: "tcp.test", answers: answer, overTCP: true))
        learn(
            &names,
            PacketBuilder().ipv4().udp(5353, 5353).dns(
                question: "printer.local", answers: [TestRecord("printer.local", .a("192.0.2.2"))], flags: 0x8400))
        #expect(texts(names, v4(0xC000_0201)) == ["tcp.test"])
        #expect(texts(names, v4(0xC000_0202)) == ["printer.local"])
    }

    @Test func whatIsNoAnswer() {
        var names = HostNames(capacity: 64, seed: 4)
        let answer = [TestRecord("x.test", .a("192.0.2.1"))]
        let query = PacketBuilder().ipv4().udp(53, 40000)
        learn(&names, query.dns(question: "x.test", answers: answer, flags: 0x0100))
        learn(&names, query.dns(question: "x.test", answers: answer, flags: 0x8183))
        learn(&names, PacketBuilder().ipv4().udp(54, 40000).dns(question: "x.test", answers: answer))
        #expect(names.addressCount == 0)
        // A control character, a blank, a dot within a label, and bytes beyond ASCII make no name.
        for name in ["a\u{1B}[2J.test", "a b.test", "\u{7F}.test", "ü.test"] {
            learn(
                &names,
                PacketBuilder().ipv4().udp(53, 1).dns(question: name, answers: [TestRecord(name, .a("192.0.2.1"))]))
        }
        #expect(names.nameCount == 0)
    }

    @Test func loopsEnd() {
        // The answer's owner points to itself, to the byte behind, and forwards.
        for pointer: UInt16 in [0xC01D, 0xC01E, 0xFFFF] {
            var names = HostNames(capacity: 64, seed: 5)
            let head: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]
            let question: [UInt8] = [11] + Array("abcdefghijk".utf8) + [0, 0, 1, 0, 1]
            let owner = [UInt8(pointer >> 8), UInt8(truncatingIfNeeded: pointer)]
            let record: [UInt8] = owner + [0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]
            learn(&names, PacketBuilder().ipv4().udp(53, 40000).payload(head + question + record))
            #expect(names.addressCount == 0)
        }
    }

    @Test func everyPrefixIsHarmless() {
        let packet = PacketBuilder().ethernet().ipv4().udp(53, 40000).dns(
            question: "www.example.com",
            answers: [
                TestRecord("www.example.com", .cname("example.com")), TestRecord("example.com", .a("192.0.2.1")),
            ])
        for length in 0...packet.bytes.count {
            var names = HostNames(capacity: 8, seed: 6)
            learn(&names, packet, captured: length)
            #expect(names.addressCount == (length == packet.bytes.count ? 1 : 0))
        }
    }

    @Test func bounded() {
        var names = HostNames(capacity: 64, seed: 7)
        for number in 0..<1000 {
            let name = "host\(number).test"
            learn(
                &names,
                PacketBuilder().ipv4().udp(53, 1).dns(
                    question: name, answers: [TestRecord(name, .a("10.0.\(number / 250).\(number % 250)"))]))
        }
        #expect(names.addressCount <= 64)
        #expect(names.nameCount == 128)
        #expect(names.refused == 1000 - 128)
        #expect(names.name(0) == "")
        #expect(names.name(129) == "")
    }
}
