import ExpressionSupport
import Expressions
import LogIndex
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

@Suite("Reading lines back")
struct IndexRebuilderTests {
    private static let forms: [PacketLineRenderer.Form] = [
        .packetLogging, .filterLog, .file, .drop(.trafficRule), .drop(.handshakeNotCompleted), .drop(.antiSpoofing),
    ]

    @Test("Standard lines of both dialects give records that render as the same lines", arguments: LogDialect.allCases)
    func twins(dialect: LogDialect) throws {
        var packets = RandomPackets(seed: 20_261_121)
        let names = IndexedPackets.names()
        for (round, form) in (0..<12).flatMap({ round in Self.forms.map { (round, $0) } }) {
            let millis = round % 2 == 1
            let clock = LineClock.Form.bracketed
            var lines = PacketLineRenderer(
                dialect: dialect, clock: LineClock(zone: .utc, form: millis ? .bracketedMilliseconds : clock))
            var text = ByteBuffer()
            var count: UInt64 = 0
            for index in 0..<40 {
                let packet = IndexedPackets.settled(packets.packet())
                var record = IndexedPackets.record(packet)
                record.time = Timestamp(seconds: 1_790_000_000 + Int64(index / 3), nanoseconds: 5_000_000)
                // Without a rule the prefix is no prefix of the Filter log.
                if form == .filterLog, !record.present.contains(.rule) { continue }
                lines.append(record, packet.bytes.span.bytes, names, form: form, to: &text)
                count += 1
            }
            var again = PacketLineRenderer(
                dialect: dialect, clock: LineClock(zone: .utc, form: millis ? .bracketedMilliseconds : clock))
            let (rendered, counts) = try Self.readBack(text, form, &again)
            #expect(rendered == String(decoding: text))
            #expect(counts.lines == count && counts.packets == count && counts.withoutTime == 0)
        }
    }

    /// Reads lines back, and renders what the index holds then.
    private static func readBack(
        _ text: borrowing ByteBuffer, _ form: PacketLineRenderer.Form, _ lines: inout PacketLineRenderer
    ) throws -> (String, IndexRebuilder.Counts) {
        var rebuilder = IndexRebuilder(zone: .utc)
        var builder = IndexBlockBuilder(seed: 5)
        var rendered = ByteBuffer()
        var sealer = IndexSealer()
        var reader = IndexBlockReader()
        var start = 0
        while start < text.count {
            let length = rebuilder.read(text.bytes.extracting(start...), into: &builder, atMost: 16)
            guard length > 0 else { break }
            var block = ByteBuffer(capacity: 4096)
            var directory = ByteBuffer(capacity: 4096)
            builder.finish(into: &block)
            sealer.seal(&block, lineOffset: UInt64(start), lineNumber: 0, recordOffset: 0, into: &directory)
            try reader.open(block.bytes)
            let names = reader.packetNames(block.bytes)
            var offset = UInt64(start)
            while let line = reader.next(block.bytes) {
                #expect(line.offset == offset)
                offset += UInt64(line.length)
                if let record = reader.record(of: line, block.bytes) {
                    // What `FILE` renders of a verdict without a rule is nothing; the form says where it is from.
                    lines.append(record, block.bytes, names, form: form, to: &rendered)
                }
            }
            #expect(offset == UInt64(start + length))
            start += length
        }
        return (String(decoding: rendered), rebuilder.counts)
    }

    @Test("Lines of other templates keep their time and kind; what could not be read is counted")
    func otherLines() throws {
        let lines: [(String, RecordKind, Int64)] = [
            ("[21/Nov/2026 10:00:00] Engine: Startup", .text, 0),
            ("[21/Nov/2026 10:00:01.250] {pktlog} a template of one's own", .packet, 1_250),
            ("[21/Nov/2026 10:00:02] {pktdrop} packet dropped: oh (dear", .drop, 2_000),
            ("[21/Nov/2026 10:00:02] DENY \"x\" nothing", .filter, 2_000),
            ("a line that somebody wrote", .text, 2_000),
            ("[31/Feb/2026 10:00:03] no such day", .text, 2_000),
            ("[21/Nov/2026 10:00:04] 12 lines lost: the disk was full (from a to b)", .gap, 4_000),
            ("[21/Nov/2026 10:00:05] 1 line suppressed", .suppressed, 5_000),
            ("[21/Nov/2026 10:00:06] 12 lines suppressed by hand", .text, 6_000),
            ("", .text, 6_000),
        ]
        var text = ByteBuffer()
        for line in lines { text.append(line.0 + "\n") }
        let whole = text.count
        text.append("[21/Nov/2026 10:00:09] torn")
        var rebuilder = IndexRebuilder(zone: .utc)
        var builder = IndexBlockBuilder(seed: 5)
        #expect(rebuilder.read(text.bytes, into: &builder) == whole)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        var reader = IndexBlockReader()
        try reader.open(block.bytes)
        for (line, kind, milliseconds) in lines {
            let next = reader.next(block.bytes)
            let found = try #require(next)
            #expect(found.kind == kind && !found.isPacket, "\(line)")
            #expect(found.time.nanoseconds == 1_795_255_200_000_000_000 + milliseconds * 1_000_000, "\(line)")
        }
        let counts = rebuilder.counts
        #expect(counts.lines == 10 && counts.packets == 0 && counts.unreadPackets == 3 && counts.withoutTime == 3)
        #expect(
            counts.description == "10 lines read back, 0 of them with their packets; the packets of 3 could not be "
                + "read (another template); 3 had no time")
    }

    @Test("An hour that a clock has twice is told apart by the order of the lines; a missing one is taken as it was")
    func ambiguousHours() throws {
        let zone = try #require(ZoneTable(rule: "CET-1CEST,M3.5.0,M10.5.0/3"))
        // 2026-10-25 01:00 UTC: from 03:00 summer time back to 02:00.
        let times = [
            "25/Oct/2026 01:59:59", "25/Oct/2026 02:30:00", "25/Oct/2026 02:59:59", "25/Oct/2026 02:00:00",
            "25/Oct/2026 02:30:00", "25/Oct/2026 03:00:00", "28/Mar/2027 01:59:59", "28/Mar/2027 02:30:00",
        ]
        let wanted: [Int64] = [
            1_792_886_399, 1_792_888_200, 1_792_889_999, 1_792_890_000, 1_792_891_800, 1_792_893_600, 1_806_195_599,
            1_806_197_400,
        ]
        var text = ByteBuffer()
        for time in times { text.append("[\(time)] x\n") }
        var rebuilder = IndexRebuilder(zone: zone, kind: .security)
        var builder = IndexBlockBuilder(seed: 5)
        #expect(rebuilder.read(text.bytes, into: &builder) == text.count)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        var reader = IndexBlockReader()
        try reader.open(block.bytes)
        var found: [Int64] = []
        while let line = reader.next(block.bytes) {
            found.append(line.time.seconds)
            #expect(line.kind == .security)
        }
        #expect(found == wanted)
    }

    @Test("Facts that no line says are not known: neither 0 nor anything else")
    func unknownFacts() throws {
        var text = ByteBuffer()
        text.append(
            "[21/Nov/2026 10:00:00] {pktlog} packet from WAN, proto:TCP, len:40, 10.0.0.1:1 -> 10.0.0.2:80, "
                + "flags:[ SYN ], seq:1 ack:0, win:1, tcplen:0\n")
        var rebuilder = IndexRebuilder(zone: .utc)
        var builder = IndexBlockBuilder(seed: 5)
        _ = rebuilder.read(text.bytes, into: &builder)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        let answers: [(String, Bool)] = [
            ("ttl = 0", false), ("ttl != 0", true), ("ttl < 5", false), ("dscp = 0", false), ("!(dscp = 0)", true),
            ("port = 80 & tcpfl = SYN -ACK & if = WAN & direc = in", true), ("len = 40 & payloadlen = 0", true),
            ("addr = 10.0.0.3", false), ("proto = tcp & ip = 4", true),
        ]
        for (expression, wanted) in answers {
            var selection = StoredSelection(try Expression(parsing: expression).tree, directory: Directory())
            var reader = IndexBlockReader()
            try reader.open(block.bytes)
            selection.begin(reader, block.bytes)
            let next = reader.next(block.bytes)
            let line = try #require(next)
            let isMet = selection.matches(line, &reader, block.bytes)
            #expect(isMet == wanted, "\(expression)")
        }
        var reader = IndexBlockReader()
        try reader.open(block.bytes)
        let next = reader.next(block.bytes)
        let record = reader.record(of: try #require(next), block.bytes)
        var json = ByteBuffer()
        var objects = PacketJSONRenderer(zone: .utc)
        objects.append(try #require(record), block.bytes, reader.packetNames(block.bytes), to: &json)
        let object = String(decoding: json)
        #expect(!object.contains("ttl") && !object.contains("dscp") && !object.contains("ip_id"))
        #expect(object.contains("\"iif\":\"WAN\"") && object.contains("\"tcp_window\":1"))
    }
}
