import PacketDecoding
import Primitives
import TestSupport
import Testing

@testable import LiveCapture

@Suite("Which way a packet went, by the interface's own addresses")
struct OwnAddressesTests {
    private let lan: OwnAddresses
    private let mac: UInt64 = 0x02_77_01_00_00_01

    init() throws {
        lan = OwnAddresses(
            hardware: [MACAddress(mac)],
            addresses: [try #require(IPAddress(parsing: "10.77.1.1")), try #require(IPAddress(parsing: "fd77:1::1"))],
            networks: [try AddressRange(parsing: "10.77.1.0/24"), try AddressRange(parsing: "fd77:1::/64")])
    }

    private func direction(_ builder: PacketBuilder, _ addresses: OwnAddresses? = nil) -> FrameDirection {
        let bytes = builder.bytes
        return (addresses ?? lan).direction(of: builder.frame(), bytes.span.bytes)
    }

    @Test("The hardware address decides first: it is ours for forwarded packets too")
    func hardware() {
        let sent = PacketBuilder().ethernet(source: mac, destination: 5)
        let received = PacketBuilder().ethernet(source: 5, destination: mac)
        let broadcast = PacketBuilder().ethernet(source: 5, destination: 0xFFFF_FFFF_FFFF)
        let group = PacketBuilder().ethernet(source: 5, destination: 0x3333_0000_0001)
        #expect(direction(sent.ipv4("8.8.8.8", "10.77.1.2").udp(1, 2)) == .outgoing)
        #expect(direction(received.ipv4("10.77.1.2", "8.8.8.8").udp(1, 2)) == .incoming)
        #expect(direction(broadcast.ipv4("1.1.1.1", "255.255.255.255").udp(1, 2)) == .incoming)
        #expect(direction(group.ipv6("fe80::1", "ff02::1").udp(1, 2)) == .incoming)
        #expect(
            direction(PacketBuilder().ethernet(source: mac, destination: 0xFFFF_FFFF_FFFF, type: 0x806)) == .outgoing)
    }

    @Test("Then the addresses of IP, behind tags too, and of raw packets", arguments: [0, 1, 2, 4])
    func addresses(tags: Int) {
        var frame = PacketBuilder().ethernet(source: 5, destination: 6)
        for tag in 0..<tags { frame = frame.vlan(UInt16(tag + 1)) }
        for link in [frame, PacketBuilder()] {
            #expect(direction(link.ipv4("10.77.1.1", "8.8.8.8").udp(1, 2)) == .outgoing)
            #expect(direction(link.ipv4("8.8.8.8", "10.77.1.1").udp(1, 2)) == .incoming)
            #expect(direction(link.ipv6("fd77:1::1", "2001:db8::1").udp(1, 2)) == .outgoing)
            #expect(direction(link.ipv6("2001:db8::1", "fd77:1::1").udp(1, 2)) == .incoming)
        }
    }

    @Test("Then the networks: what comes from there was received, what goes there was sent")
    func networks() {
        let foreign = PacketBuilder().ethernet(source: 5, destination: 6)
        #expect(direction(foreign.ipv4("10.77.1.9", "8.8.8.8").udp(1, 2)) == .incoming)
        #expect(direction(foreign.ipv4("8.8.8.8", "10.77.1.9").udp(1, 2)) == .outgoing)
        #expect(direction(foreign.ipv6("fd77:1::9", "2001:db8::1").udp(1, 2)) == .incoming)
        #expect(direction(foreign.ipv6("2001:db8::1", "fd77:1::9").udp(1, 2)) == .outgoing)
        #expect(direction(foreign.ipv4("10.77.1.9", "10.77.1.8").udp(1, 2)) == .unknown)
        #expect(direction(foreign.ipv4("8.8.8.8", "9.9.9.9").udp(1, 2)) == .unknown)
    }

    @Test("What says nothing is unknown, and nothing that is cut short traps")
    func unknown() {
        #expect(OwnAddresses().isEmpty && !lan.isEmpty)
        #expect(
            direction(PacketBuilder().ethernet(source: mac).ipv4("10.77.1.1").udp(1, 2), OwnAddresses()) == .unknown)
        let whole = PacketBuilder().ethernet(source: 5, destination: 6).vlan(1).ipv6("2001:db8::1", "fd77:1::1").bytes
        for count in 0..<whole.count {
            let part = Array(whole[..<count])
            let frame = Frame(
                time: Timestamp(seconds: 0), capturedLength: count, originalLength: count, linkType: .ethernet)
            #expect(lan.direction(of: frame, part.span.bytes) == .unknown)
        }
    }
}
