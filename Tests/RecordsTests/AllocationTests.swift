import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

/// Once a buffer has its size, writing records allocates nothing.
struct AllocationTests {
    @Test func `lines, objects and rows allocate nothing`() throws {
        let everything = PacketVariable.allCases.map { "%\($0.rawValue)%" }.joined(separator: " ")
        for template in [nil, try PacketTemplate(parsing: everything)] {
            var lines = PacketLineRenderer(template: template, clock: LineClock(zone: .utc, form: .bracketed))
            try check { record, bytes, names, buffer in lines.append(record, bytes, names, to: &buffer) }
        }
        for style in JSONNames.allCases {
            var objects = PacketJSONRenderer(names: style, zone: .utc)
            try check { record, bytes, names, buffer in objects.append(record, bytes, names, to: &buffer) }
        }
        var rows = PacketRowRenderer()
        try check { record, bytes, names, buffer in rows.append(record, bytes, names, into: "packets", to: &buffer) }
    }

    private func check(
        _ render: (PacketRecord, RawSpan, borrowing PacketNames, inout ByteBuffer) -> Void
    ) throws {
        var names = PacketNames()
        names.hosts.set("www.example.com", for: 1)
        names.users.set("wsmith", for: 1)
        var buffer = ByteBuffer(capacity: 1 << 16)
        let packets = PacketJSONTests.packets.map(\.0)
        let bytes = packets.map(\.bytes)
        let records = zip(packets, bytes).map { packet, bytes in
            var record = PacketRecord(packet.frame(), packet.decoded(), bytes.span.bytes)
            record.sourceUser = 1
            record.destinationHost = 1
            record.sourceCountry = 0x435A
            return record
        }
        func round() {
            buffer.removeAll()
            for index in records.indices {
                var record = records[index]
                record.time.nanoseconds += Int64(index) * 700_000_000
                let bytes = bytes[index]
                render(record, bytes.span.bytes, names, &buffer)
            }
        }
        round()
        let count = allocations { for _ in 0..<50 { round() } }
        #expect(count == 0)
    }
}
