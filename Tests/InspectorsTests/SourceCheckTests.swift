import Inspectors
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("Sources that cannot be where they come from")
struct SourceCheckTests {
    private static let lan: UInt32 = 1
    private static let wan: UInt32 = 2
    private static let dmz: UInt32 = 3
    private static let loopback: UInt32 = 9

    private func route(_ text: String, _ interfaces: UInt32...) -> SourceRoute {
        let length = Int(text.split(separator: "/").last!)!
        return SourceRoute(
            try! AddressRange(parsing: text), prefixLength: length, interfaces: interfaces, text: text)
    }

    private var check: SourceCheck {
        SourceCheck(
            SourceRoutes([
                route("10.0.0.0/8", Self.lan), route("10.7.0.0/16", Self.dmz), route("192.0.2.0/24", Self.wan),
                route("192.0.2.1/32", Self.loopback), route("0.0.0.0/0", Self.wan), route("2001:db8:1::/48", Self.lan),
                route("::/0", Self.wan), route("10.8.0.0/16", Self.lan), route("10.8.0.0/16", Self.dmz),
            ]), unknown: [try! AddressRange(parsing: "10.99.0.0/16")])
    }

    @Test("The longest prefix decides, whatever leads to the rest of the world")
    func longestPrefix() throws {
        let expected: [(String, UInt32, SourceCheck.Verdict)] = [
            ("10.1.1.1", Self.lan, .legal), ("10.1.1.1", Self.wan, .elsewhere), ("10.7.1.1", Self.dmz, .legal),
            ("10.7.1.1", Self.lan, .elsewhere), ("8.8.8.8", Self.wan, .legal), ("8.8.8.8", Self.lan, .elsewhere),
            ("192.0.2.1", Self.wan, .elsewhere), ("10.8.1.1", Self.lan, .legal), ("10.8.1.1", Self.dmz, .legal),
            ("10.99.1.1", Self.wan, .unknown), ("10.99.1.1", Self.lan, .legal), ("2001:db8:1::5", Self.lan, .legal),
            ("2001:db8:1::5", Self.wan, .elsewhere), ("2a00::1", Self.wan, .legal),
        ]
        for (address, interface, verdict) in expected {
            let source = try #require(IPAddress(parsing: address))
            #expect(check.verdict(on: source, from: interface) == verdict, "\(address) on \(interface)")
        }
        #expect(check.routes.route(to: try #require(IPAddress(parsing: "10.7.1.1")))?.text == "10.7.0.0/16")
    }

    @Test("Without a default route, interfaces that no network is behind are the Internet's")
    func internet() throws {
        let check = SourceCheck(SourceRoutes([route("10.0.0.0/8", Self.lan)]))
        let outside = try #require(IPAddress(parsing: "8.8.8.8"))
        #expect(check.verdict(on: outside, from: Self.wan) == .legal)
        #expect(check.verdict(on: outside, from: Self.lan) == .nowhere)
    }

    @Test(
        "Martians are wrong everywhere",
        arguments: [
            "127.0.0.1", "224.0.0.5", "255.255.255.255", "0.1.2.3", "::1", "ff02::1", "::ffff:10.0.0.1",
        ])
    func martians(address: String) throws {
        let source = try #require(IPAddress(parsing: address))
        #expect(check.verdict(on: source, from: Self.wan) == .martian)
    }

    @Test("Addresses of a link are right on each", arguments: ["169.254.1.1", "fe80::1", "febf::1"])
    func linkLocal(address: String) throws {
        let source = try #require(IPAddress(parsing: address))
        #expect(check.verdict(on: source, from: Self.lan) == .legal)
    }

    @Test("Who asks for an address has none yet")
    func unspecified() {
        func verdict(_ packet: PacketBuilder) -> SourceCheck.Verdict {
            let bytes = packet.bytes
            return check.verdict(packet.decoded(), bytes.span.bytes, on: Self.lan)
        }
        #expect(verdict(PacketBuilder().ethernet().ipv4("0.0.0.0", "255.255.255.255").udp(68, 67)) == .legal)
        #expect(verdict(PacketBuilder().ethernet().ipv4("0.0.0.0", "10.0.0.1").udp(68, 53)) == .martian)
        #expect(verdict(PacketBuilder().ethernet().ipv6("::", "ff02::1:ff00:1").icmp6(type: 135)) == .legal)
        #expect(verdict(PacketBuilder().ethernet().ipv6("::", "2001:db8::1").tcp()) == .martian)
        #expect(verdict(PacketBuilder().ethernet().ipv4("10.7.0.1", "10.0.0.1").tcp()) == .elsewhere)
    }
}
