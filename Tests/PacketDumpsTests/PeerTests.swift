import CaptureFiles
import PacketDecoding
import PacketDumps
import Primitives
import SystemCalls
import TestSupport
import Testing

@Suite("Wireshark's programs read dumps without a remark")
struct PeerTests {
    static let surroundings = DumpSurroundings(
        application: "gatelog 1.2.3", operatingSystem: "Linux 6.1.0",
        interface: { id, linkType in
            switch (id, linkType) {
            case (_, .nflog): DumpInterface(name: "nflog", description: "the firewall's log")
            case (Traffic.eth0, _): DumpInterface(name: "WAN", description: "eth0, ethernet, Internet")
            default: DumpInterface(name: "LAN")
            }
        })

    /// An echo request as the firewall logs it (LINKTYPE_NFLOG), with a rule's name as its prefix.
    static func firewallRecord(_ prefix: String) -> (bytes: [UInt8], rule: Range<Int>) {
        var bytes: [UInt8] = [2, 0, 0, 1]
        func attribute(_ type: UInt8, _ value: [UInt8]) {
            bytes += [UInt8(value.count + 4), 0, type, 0] + value
            while bytes.count % 4 != 0 { bytes.append(0) }
        }
        attribute(1, [0x08, 0x00, 1, 0])
        attribute(4, [0, 0, 0, 2])
        let start = bytes.count + 4
        attribute(10, Array(prefix.utf8) + [0])
        attribute(
            9,
            [0x45, 0, 0, 28, 0, 1, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2] + [8, 0, 0xF7, 0xFE, 0, 0, 0, 1])
        return (bytes, start..<start + prefix.utf8.count)
    }

    @Test("Interfaces, link types, directions, nanoseconds, comments and drop counts")
    func everything() async throws {
        try await withStore(Self.surroundings) { store, folder in
            var order = Traffic.order("all")
            order.expression = "port = 80 & if = \"WAN\"\u{1B}[31m"
            order.startedBy = "alice (uid 1000)"
            order.maxPackets = 1_000
            let id = try store.start(order)
            let record = Self.firewallRecord("Web ž \u{7}\u{FFFD}out")
            do {
                var producer = store.producer(for: id)
                producer.append(Traffic.frame(1), Traffic.bytes(1).span.bytes)
                producer.append(
                    Traffic.frame(2, interface: Traffic.eth1, direction: .outgoing), Traffic.bytes(2).span.bytes)
                producer.append(Traffic.frame(3, direction: .unknown), Traffic.bytes(3, length: 99).span.bytes)
                let frame = Traffic.frame(4, length: record.bytes.count, linkType: .nflog)
                producer.append(frame, record.bytes.span.bytes, rule: record.rule)
            }
            store.setLostInKernel(77, for: id)
            _ = try await store.stop("all")
            let path = try store.files("all")[0]
            let information = try Peer.output(of: "capinfos", ["-M", path])
            #expect(information.errorText == "")
            for line in [
                "Number of packets:   4", "Capture application: gatelog 1.2.3", "Capture oper-sys:    Linux 6.1.0",
                "Number of interfaces in file: 3", "Name = WAN", "Description = eth0, ethernet, Internet", "Name = LAN",
                "Name = nflog", "Time precision = nanoseconds (9)", "Number of stat entries = 1",
                "expression: port = 80 & if = \"WAN\"\\x1b[31m",
                "started by alice (uid 1000) at 2026-11-18T11:06:40.000000000Z, at most 1000 packets",
                "Encapsulation = Ethernet (1 - ether)", "Encapsulation = NFLOG (141 - nflog)",
            ] {
                #expect(information.text.contains(line), "\(line) in \(information.text)")
            }
            let fields = [
                "frame.time_epoch", "frame.interface_name", "frame.packet_flags_direction", "frame.comment",
                "nflog.prefix", "icmp.type",
            ]
            let packets = try Peer.output(of: "tshark", ["-r", path, "-T", "fields"] + fields.flatMap { ["-e", $0] })
            #expect(!packets.errorText.contains("tshark:"))
            #expect(
                packets.lines.prefix(3) == [
                    "1795000000.000001000\tWAN\t0x00000001\t\t\t", "1795000000.000002000\tLAN\t0x00000002\t\t\t",
                    "1795000000.000003000\tWAN\t\t\t\t",
                ])
            #expect(packets.lines.count == 4)
            #expect(packets.lines.last?.hasPrefix("1795000000.000004000\tnflog\t0x00000001\trule: Web ž \\x07") == true)
            #expect(packets.lines.last?.hasSuffix("\t8") == true)
            let reading = try Traffic.reading(path)
            #expect(reading.damageCount == 0)
            #expect(reading.interfaces.map(\.statistics.delivered) == [2, 1, 1])
            #expect(reading.interfaces.map(\.statistics.droppedBySystem) == [77, 0, 0])
            #expect(reading.interfaces.map(\.statistics.dropped) == [77, 0, 0])
        }
    }

    @Test("A dump without a packet, one of several workers, and each file of a ring")
    func plainOnes() async throws {
        try await withStore(Self.surroundings) { store, _ in
            _ = try store.start(Traffic.order("empty"))
            let ring = try store.start(
                Traffic.order("ring") {
                    $0.ring = 3
                    $0.maxBytes = 30_000
                })
            store.feed(ring, 0..<150)
            for name in ["empty", "ring"] { _ = try await store.stop(name) }
            let files = try store.files("empty") + store.files("ring")
            #expect(files.count == 4)
            for path in files {
                let count = try Traffic.numbers(path).count
                let information = try Peer.output(of: "capinfos", ["-M", path])
                #expect(information.errorText == "" && information.text.contains("Number of packets:   \(count)\n"))
                let packets = try Peer.output(of: "tshark", ["-r", path])
                #expect(packets.lines.count == count && !packets.errorText.contains("tshark:"))
            }
        }
    }
}
