import CaptureFiles
import CaptureStreams
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("Writing captures")
struct CaptureWriterTests {
    /// Copies captures into a new one, as `gatelog read any ... -w` does.
    private func copy(
        _ sources: [String], to path: String, format: CaptureWriter.Format? = nil,
        description: CaptureDescription = CaptureDescription()
    ) throws {
        var writer = try CaptureWriter(path: path, format: format, description: description)
        var all: [CaptureInterface] = []
        for source in sources {
            var reader = try CaptureReader(
                path: source, firstInterface: InterfaceID(rawValue: UInt16(all.count)), keepsBlocks: true)
            var known = 0
            while let frame = try reader.next() {
                while known < reader.interfaceCount {
                    writer.add(reader.interfaces[known])
                    known += 1
                }
                try writer.write(frame, reader.bytes, comments: reader.packetComments)
            }
            while known < reader.interfaceCount {
                writer.add(reader.interfaces[known])
                known += 1
            }
            try writer.append(blocks: reader.takeKeptBlocks())
            all += reader.interfaces
        }
        try writer.finish(all)
    }

    /// A pcapng with two interfaces, directions, comments, nanoseconds, names and drop counts.
    private func rich(_ path: String) throws {
        var writer = try CaptureWriter(
            path: path,
            description: CaptureDescription(
                operatingSystem: "Linux 6.1.0", comments: ["host = 192.0.2.1 & port = 80", "taken at night"]))
        var first = CaptureInterface(id: InterfaceID(rawValue: 0), linkType: .ethernet)
        first.name = "eth0"
        first.description = "to the provider"
        first.filter = "tcp"
        first.operatingSystem = "Linux 6.1"
        first.hardware = "virtio"
        first.snapLength = 262_144
        first.statistics.received = 1_000
        first.statistics.dropped = 7
        var second = CaptureInterface(id: InterfaceID(rawValue: 1), linkType: .linuxCooked)
        second.name = "any"
        writer.add(first)
        writer.add(second)
        let ethernet = [UInt8](repeating: 2, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 46)
        for index in 0..<5 {
            let frame = Frame(
                time: Timestamp(seconds: 1_700_000_000, nanoseconds: Int64(index) * 1_001), capturedLength: 60,
                originalLength: 1_500, linkType: .ethernet, direction: index.isMultiple(of: 2) ? .incoming : .outgoing,
                interface: first.id)
            try writer.write(frame, ethernet.span.bytes, comments: index == 3 ? ["odd one", "ž"] : [])
        }
        let cooked = [0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 6] as [UInt8] + [UInt8](repeating: 0, count: 28)
        let frame = Frame(
            time: Timestamp(seconds: 1_700_000_001), capturedLength: 44, originalLength: 44, linkType: .linuxCooked,
            direction: .outgoing, interface: second.id)
        try writer.write(frame, cooked.span.bytes)
        try writer.finish([first, second])
    }

    @Test("Wireshark and tcpdump read a pcapng with all that it has, without a remark")
    func peersReadPcapng() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/rich.pcapng"
            try rich(path)
            let information = try Peer.output(of: "capinfos", ["-M", path])
            #expect(information.errorText == "")
            for line in [
                "Number of packets:   6", "Capture application: gatelog", "Capture oper-sys:    Linux 6.1.0",
                "Number of interfaces in file: 2",
                "Name = eth0", "Description = to the provider", "Capture length = 262144",
                "Time precision = nanoseconds (9)", "Operating system = Linux 6.1", "Filter string = tcp",
                "Number of stat entries = 1", "Capture comment:     host = 192.0.2.1 & port = 80",
            ] {
                #expect(information.text.contains(line), "\(line) in \(information.text)")
            }
            let fields = [
                "frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_name",
                "frame.packet_flags_direction",
                "frame.comment",
            ]
            let packets = try Peer.output(
                of: "tshark", ["-r", path, "-T", "fields"] + fields.flatMap { ["-e", $0] })
            #expect(!packets.errorText.contains("tshark:"))
            #expect(
                packets.lines == [
                    "1700000000.000000000\t1500\t60\teth0\t0x00000001\t",
                    "1700000000.000001001\t1500\t60\teth0\t0x00000002\t",
                    "1700000000.000002002\t1500\t60\teth0\t0x00000001\t",
                    "1700000000.000003003\t1500\t60\teth0\t0x00000002\todd one,ž",
                    "1700000000.000004004\t1500\t60\teth0\t0x00000001\t",
                    "1700000001.000000000\t44\t44\tany\t0x00000002\t",
                ])
            // tcpdump refuses files of several link types, so it gets the first interface's packets alone.
            let single = "\(folder)/single.pcapng"
            try copy([Fixtures.capture("3560_CDP.pcap")], to: single)
            let count = try Peer.output(of: "tcpdump", ["-r", single, "--count"])
            #expect(count.text.hasPrefix("3 packets"))
        }
    }

    @Test("A pcapng that is copied keeps everything")
    func roundTrip() throws {
        try Fixtures.withTemporaryFolder { folder in
            try rich("\(folder)/one.pcapng")
            try copy(["\(folder)/one.pcapng"], to: "\(folder)/two.pcapng")
            let one = CaptureReading(of: try Scratch.bytes("\(folder)/one.pcapng"))
            let two = CaptureReading(of: try Scratch.bytes("\(folder)/two.pcapng"))
            #expect(one.packets == two.packets && one.packets.count == 6)
            #expect(one.interfaces == two.interfaces)
            #expect(one.interfaces.map(\.statistics.dropped) == [7, nil])
            #expect(one.interfaces.map(\.statistics.accepted) == [5, 1])
            #expect(one.sections.first?.comments == ["host = 192.0.2.1 & port = 80", "taken at night"])
        }
    }

    @Test("Copies of all captures have their packets, as pcapng and, with one link type, as pcap")
    func copies() throws {
        try Fixtures.withTemporaryFolder { folder in
            for name in Fixtures.captureNames {
                let original = CaptureReading(of: Fixtures.bytes("captures/\(name)"))
                for path in ["\(folder)/copy.pcapng", "\(folder)/copy.pcap"] {
                    try copy([Fixtures.capture(name)], to: path)
                    let again = CaptureReading(of: try Scratch.bytes(path))
                    #expect(again.damageCount == 0 && again.error == nil)
                    #expect(again.packets.map(\.bytes) == original.packets.map(\.bytes), "\(name)")
                    #expect(again.packets.map(\.time) == original.packets.map(\.time), "\(name)")
                    #expect(again.packets.map(\.original) == original.packets.map(\.original), "\(name)")
                }
            }
            #expect(try Scratch.names(in: folder) == ["copy.pcap", "copy.pcapng"])
        }
    }

    @Test("Several captures become one, and capinfos and tcpdump count the same")
    func merged() throws {
        try Fixtures.withTemporaryFolder { folder in
            let sources = ["3560_CDP.pcap", "nhrp.pcapng", "08-sunrise-sunset-esp2.pcap"].map(Fixtures.capture)
            try copy(sources, to: "\(folder)/all.pcapng")
            let information = try Peer.output(of: "capinfos", ["-M", "-c", "-I", "\(folder)/all.pcapng"])
            #expect(information.text.contains("Number of packets:   36"))
            #expect(information.text.contains("Number of interfaces in file: 3"))
            try copy(sources, to: "\(folder)/all.pcap")
            let count = try Peer.output(of: "tcpdump", ["-r", "\(folder)/all.pcap", "--count"])
            #expect(count.text.hasPrefix("36 packets"))
        }
    }

    @Test("A pcap has microseconds, and nanoseconds where an interface has them")
    func pcapResolution() throws {
        try Fixtures.withTemporaryFolder { folder in
            try copy([Fixtures.capture("3560_CDP.pcap")], to: "\(folder)/micro.pcap")
            #expect(try Scratch.bytes("\(folder)/micro.pcap").prefix(4) == [0xD4, 0xC3, 0xB2, 0xA1])
            #expect(
                try Scratch.bytes("\(folder)/micro.pcap").dropFirst(24)
                    == Fixtures.bytes("captures/3560_CDP.pcap").dropFirst(24))
            try copy([Fixtures.capture("3560_CDP.pcap")], to: "\(folder)/nano.pcapng")
            try copy(["\(folder)/nano.pcapng"], to: "\(folder)/nano.pcap")
            #expect(try Scratch.bytes("\(folder)/nano.pcap").prefix(4) == [0x4D, 0x3C, 0xB2, 0xA1])
        }
    }

    @Test("A pcap refuses a second link type, and says what to write instead")
    func linkTypes() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/both.pcap"
            let error = #expect(throws: CaptureStreamError.self) {
                try copy([Fixtures.capture("3560_CDP.pcap"), Fixtures.capture("bgp-orf.pcapng")], to: path)
            }
            #expect(
                error?.description
                    == "\(path): a plain pcap holds packets of one link type, and after packets of link type 1 "
                    + "one of link type 113 came; write a .pcapng")
            let left = try Scratch.names(in: folder)
            #expect(left == [])
        }
    }

    @Test("The snap length cuts packets, and is told")
    func snapLength() throws {
        try Fixtures.withTemporaryFolder { folder in
            for path in ["\(folder)/cut.pcapng", "\(folder)/cut.pcap"] {
                try copy(
                    [Fixtures.capture("3560_CDP.pcap")], to: path, description: CaptureDescription(snapLength: 21))
                let reading = CaptureReading(of: try Scratch.bytes(path))
                #expect(reading.packets.map(\.bytes.count) == [21, 21, 21])
                #expect(reading.packets.allSatisfy { $0.original > 21 })
                #expect(reading.interfaces.map(\.snapLength) == [21])
            }
        }
    }

    @Test("What stood under the name stays until the new file is whole")
    func replacing() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/old.pcapng"
            try Scratch.write([1, 2, 3], to: path)
            do {
                var writer = try CaptureWriter(path: path)
                writer.add(CaptureInterface(id: InterfaceID(rawValue: 0), linkType: .ethernet))
                try writer.flush()
                let names = try Scratch.names(in: folder)
                #expect(names.allSatisfy { $0 == "old.pcapng" || $0.hasPrefix(".old.pcapng.") })
            }
            #expect(try Scratch.bytes(path) == [1, 2, 3])
            #expect(try Scratch.names(in: folder) == ["old.pcapng"])
            // Onto the capture that is being read.
            try copy([Fixtures.capture("3560_CDP.pcap")], to: path)
            try copy([path], to: path)
            #expect(CaptureReading(of: try Scratch.bytes(path)).packets.count == 3)
        }
    }

    @Test("A full disk and other failures are said")
    func failures() throws {
        let full = #expect(throws: CaptureStreamError.self) {
            try copy([Fixtures.capture("of13_ericsson.pcapng")], to: "/dev/full")
        }
        #expect(full?.description.hasPrefix("/dev/full: No space left on device") == true)
        let missing = #expect(throws: CaptureStreamError.self) {
            try CaptureWriter(path: "/nowhere/at/all.pcapng").finishForTest()
        }
        #expect(missing?.description == "/nowhere/at/all.pcapng: No such file or directory (open)")
        try copy([Fixtures.capture("3560_CDP.pcap")], to: "/dev/null")
    }

    @Test(
        "The name chooses the format",
        arguments: [
            ("a.pcap", CaptureWriter.Format.pcap), ("a.b.CAP", .pcap), ("a.pcapng", .pcapng), ("-", .pcapng),
            ("pcap", .pcapng), ("x.pcap/y", .pcapng),
        ])
    func formats(path: String, format: CaptureWriter.Format) {
        #expect(CaptureWriter.Format(forPath: path) == format)
    }
}

extension CaptureWriter {
    fileprivate consuming func finishForTest() throws(CaptureStreamError) { try finish() }
}
