import ExpressionSupport
import LogIndex
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

@Suite("Every fact of a record survives the index")
struct RecordFieldTests {
    @Test("Lines and objects of stored records are those of the packets")
    func renderings() throws {
        var packets = RandomPackets(seed: 20_261_121)
        var builder = IndexBlockBuilder(seed: 3)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        var reader = IndexBlockReader()
        let names = IndexedPackets.names()
        let everything = PacketVariable.allCases.filter { $0 != .hex }.map { "%\($0.rawValue)%" }
        var lines = PacketLineRenderer(
            template: try PacketTemplate(parsing: everything.joined(separator: " ")),
            clock: LineClock(zone: .utc, form: .bracketed))
        var objects = PacketJSONRenderer(zone: .utc)
        for _ in 0..<100 {
            let chunk = (0..<40).map { index in
                var packet = IndexedPackets.settled(packets.packet())
                packet.frame.time.nanoseconds += Int64(index) * 1_700_000_123
                return packet
            }
            IndexedPackets.block(chunk, &builder, &block, &directory)
            try reader.open(block.bytes)
            let stored = reader.packetNames(block.bytes)
            for packet in chunk {
                let next = reader.next(block.bytes)
                let line = try #require(next)
                let record = reader.record(of: line, block.bytes)
                let found = try #require(record)
                let given = IndexedPackets.record(packet)
                var wanted = ByteBuffer()
                var got = ByteBuffer()
                lines.append(given, packet.bytes.span.bytes, names, to: &wanted)
                lines.append(found, block.bytes, stored, to: &got)
                objects.append(given, packet.bytes.span.bytes, names, to: &wanted)
                objects.append(found, block.bytes, stored, to: &got)
                #expect(String(decoding: wanted) == String(decoding: got))
                #expect(found.vlanCount == (given.present.contains(.vlan) ? given.vlanCount : 0))
                #expect(found.present == given.present && found.linkType == given.linkType)
                if given.present.contains(.vlan) { #expect(found.tags == given.tags) }
            }
        }
    }

    @Test("Numbers that do not fit the narrow form")
    func wideNumbers() throws {
        var builder = IndexBlockBuilder(seed: 3)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        let packet = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1, 2)
        let bytes = packet.bytes
        var record = PacketRecord(packet.frame(), packet.decoded(), bytes.span.bytes)
        let names = PacketNames()
        let times: [Int64] = [0, -1, .max, .min, 4_294_967_295, 4_294_967_296 * 2, 0]
        for (index, time) in times.enumerated() {
            record.time.nanoseconds = time
            record.length = index % 2 == 0 ? .max : 60
            record.payloadLength = index % 3 == 0 ? 70_000 : 0
            record.tcpSequence = .max
            builder.append(record, bytes.span.bytes, names, kind: .filter, lineLength: index % 2 == 1 ? 66_000 : 3)
        }
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        var reader = IndexBlockReader()
        try reader.open(block.bytes)
        for (index, time) in times.enumerated() {
            let next = reader.next(block.bytes)
            let line = try #require(next)
            let found = reader.record(of: line, block.bytes)
            #expect(line.time.nanoseconds == time && line.length == (index % 2 == 1 ? 66_000 : 3))
            #expect(found?.length == (index % 2 == 0 ? .max : 60))
            #expect(found?.payloadLength == (index % 3 == 0 ? 70_000 : 0))
            #expect(found?.tcpSequence == .max && found?.sourcePort == 1)
        }
    }

    @Test("A name that an interface is given later is that of later packets")
    func renamedInterface() throws {
        var builder = IndexBlockBuilder(seed: 3)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        let packet = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1, 2)
        let bytes = packet.bytes
        var frame = packet.frame()
        frame.incoming = InterfaceID(rawValue: 4)
        frame.interface = frame.incoming
        let record = PacketRecord(frame, packet.decoded(), bytes.span.bytes)
        var names = PacketNames()
        for name in ["WAN", "Internet"] {
            names.name(frame.incoming, name)
            for _ in 0..<2 { builder.append(record, bytes.span.bytes, names, kind: .packet, lineLength: 3) }
        }
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        var reader = IndexBlockReader()
        try reader.open(block.bytes)
        let stored = reader.packetNames(block.bytes)
        var lines = PacketLineRenderer(
            template: try PacketTemplate(parsing: "%IF%"), clock: LineClock(zone: .utc, form: .bracketed))
        var text = ByteBuffer()
        while let line = reader.next(block.bytes) {
            if let record = reader.record(of: line, block.bytes) {
                lines.append(record, block.bytes, stored, to: &text)
            }
        }
        let shown = String(decoding: text).split(separator: "\n").map { $0.split(separator: " ").last ?? "" }
        #expect(shown == ["WAN", "WAN", "Internet", "Internet"])
    }
}

extension PacketRecord {
    fileprivate var tags: [UInt16] { (0..<min(Int(vlanCount), 4)).map { vlans[$0] } }
}

extension String {
    init(decoding buffer: borrowing ByteBuffer) {
        let bytes = buffer.bytes
        self.init(decoding: (0..<bytes.byteCount).map { bytes.byte(at: $0) }, as: UTF8.self)
    }
}
