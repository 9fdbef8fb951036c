import ExpressionSupport
import Expressions
import PacketDecoding
import Primitives
import TestSupport

/// Packets that peers judge: those of recorded captures and built ones, all of one link type, numbered by
/// their order. Written as one capture in which a packet's second is its number.
struct JudgedPackets {
    let linkType: LinkType
    var packets: [TestPacket] = []

    init(_ linkType: LinkType) { self.linkType = linkType }

    /// The first `limit` packets of each recorded capture of the link type, as pcap files hold them.
    mutating func addCaptures(limit: Int) {
        for name in Fixtures.captureNames where name.hasSuffix(".pcap") {
            let file = SmallPcap(Fixtures.bytes("captures/\(name)"))
            guard file.linkType == linkType.rawValue else { continue }
            for (bytes, original) in file.packets.prefix(limit) { add(bytes, original: original) }
        }
    }

    mutating func add(_ bytes: [UInt8], original: Int? = nil) {
        let frame = Frame(
            time: Timestamp(seconds: Int64(packets.count)), capturedLength: bytes.count,
            originalLength: max(original ?? 0, bytes.count), linkType: linkType)
        var layers = Layers()
        layers.decode(bytes.span.bytes, of: frame)
        packets.append(TestPacket(frame: frame, layers: layers, bytes: bytes))
    }

    /// The numbers of the packets that the program selects.
    func selected(by program: borrowing Program) -> [Int] {
        var selected: [Int] = []
        for (number, packet) in packets.enumerated()
        where program.matches(packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts) {
            selected.append(number)
        }
        return selected
    }

    /// A pcap file of all packets.
    var pcap: [UInt8] {
        var file = words(0xA1B2_C3D4, 0x0004_0002, 0, 0, 262_144, UInt32(linkType.rawValue))
        for (number, packet) in packets.enumerated() {
            file += words(UInt32(number), 0, UInt32(packet.bytes.count), UInt32(packet.frame.originalLength))
            file += packet.bytes
        }
        return file
    }

    /// The numbers of the packets in a capture that a peer selected from `pcap`.
    static func numbers(in pcap: [UInt8]) -> [Int] { SmallPcap(pcap).seconds }

    private func words(_ words: UInt32...) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }
}

/// Just enough of pcap for tests: whole records until the first that is not.
struct SmallPcap {
    var linkType: UInt16 = .max
    var packets: [(bytes: [UInt8], original: Int)] = []
    var seconds: [Int] = []

    init(_ file: [UInt8]) {
        guard file.count >= 24 else { return }
        let swapped = [0xD4, 0x4D].contains(file[0])
        func word(_ offset: Int) -> Int {
            let bytes = file[offset..<offset + 4]
            return (swapped ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard [0xA1B2_C3D4, 0xA1B2_3C4D].contains(word(0)) else { return }
        linkType = UInt16(truncatingIfNeeded: word(20))
        var offset = 24
        while offset + 16 <= file.count {
            let captured = word(offset + 8)
            guard captured <= 262_144, offset + 16 + captured <= file.count else { return }
            packets.append((Array(file[offset + 16..<offset + 16 + captured]), word(offset + 12)))
            seconds.append(word(offset))
            offset += 16 + captured
        }
    }
}

extension JudgedPackets {
    /// Built packets of the kinds that recorded captures have too few of.
    mutating func addBuilt() {
        let links: [PacketBuilder] =
            switch linkType {
            case .ethernet:
                [
                    PacketBuilder().ethernet(), PacketBuilder().ethernet().vlan(7),
                    PacketBuilder().ethernet().vlan(100, tpid: 0x88A8).vlan(7),
                ]
            case .linuxCooked: [PacketBuilder().cooked()]
            case .linuxCookedV2: [PacketBuilder().cookedV2()]
            default: [PacketBuilder()]
            }
        for link in links {
            for network in Self.networks {
                for transport in Self.transports { add(transport(network(link)).bytes) }
            }
            for packet in Self.fragments { add(packet(link).bytes) }
        }
    }

    /// Packets cut off anywhere and with a byte of their headers changed.
    mutating func addDamaged(count: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let whole = packets.filter { $0.bytes.count > 20 }
        for _ in 0..<count {
            let packet = whole[Int(random.next() % UInt64(whole.count))]
            var bytes = packet.bytes
            let chance = random.next()
            if chance & 1 == 0 {
                bytes[Int(chance >> 8) % min(bytes.count, 80)] = UInt8(truncatingIfNeeded: chance >> 1)
            }
            if chance & 6 == 0 { bytes = Array(bytes.prefix(Int(chance >> 20) % min(bytes.count, 90))) }
            add(bytes, original: packet.frame.originalLength)
        }
    }

    private static let networks: [@Sendable (PacketBuilder) -> PacketBuilder] = [
        { $0.ipv4("10.0.0.1", "10.0.0.2") },
        { $0.ipv4("192.168.1.7", "10.1.2.3", ttl: 1, dscp: 46, options: [1, 1, 1, 0]) },
        { $0.ipv6("2001:db8::1", "2001:db8::2") },
        { $0.ipv6("fe80::1", "2001:db8::ffff:7", hopLimit: 255, trafficClass: 0xB8) },
    ]

    private static let transports: [@Sendable (PacketBuilder) -> PacketBuilder] = [
        { $0.tcp(40000, 80, flags: .syn) }, { $0.tcp(80, 40000, flags: [.syn, .ack]) },
        {
            $0.tcp(40000, 443, flags: [.ack, .psh], options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]).payload(
                "GET / HTTP")
        },
        { $0.tcp(137, 445, flags: .rst) }, { $0.tcp(1, 2, flags: []) },
        { $0.tcp(3, 4, flags: [.fin, .syn, .rst, .psh, .ack, .urg]) },
        { $0.udp(40000, 53).payload("query") }, { $0.udp(53, 40000).payload(count: 100) }, { $0.udp(138, 138) },
        { $0.udpLite(5000, 80).payload("x") }, { $0.sctp(36412, 80).payload(count: 16) },
        { $0.icmpEcho().payload(count: 56) }, { $0.icmp(type: 3, code: 3).payload(count: 28) },
        { $0.icmp6(type: 128).payload(count: 8) }, { $0.icmp6(type: 1, code: 4).payload(count: 40) },
        { $0.icmp6(type: 135).payload(count: 16) }, { $0.esp().payload(count: 40) },
        { $0.gre().ipv4("172.16.0.1", "172.16.0.2").tcp(1000, 80) },
    ]

    private static let fragments: [@Sendable (PacketBuilder) -> PacketBuilder] = [
        { $0.ipv4("10.0.0.1", "10.0.0.2", moreFragments: true).udp(40000, 53, length: 108).payload(count: 24) },
        { $0.ipv4("10.0.0.1", "10.0.0.2", protocol: 17, fragmentOffset: 32).payload(count: 76) },
        { $0.ipv4("10.0.0.1", "10.0.0.2", protocol: 6, fragmentOffset: 800, moreFragments: true).payload(count: 80) },
        { $0.ipv6().fragment(more: true).udp(40000, 53, length: 108).payload(count: 24) },
        { $0.ipv6().fragment(offset: 32, next: 17).payload(count: 76) },
        { $0.ipv6().hopByHop().tcp(40000, 80, flags: .syn) },
        { $0.ipv6().destinationOptions().udp(53, 53) },
        { $0.ipv4().ah().tcp(40000, 80, flags: .syn) },
        { $0.ipv4("10.0.0.1", "10.0.0.2").udp(5000, 4789).vxlan().ethernet().ipv4("10.9.9.9", "10.8.8.8").tcp(1, 80) },
    ]
}
