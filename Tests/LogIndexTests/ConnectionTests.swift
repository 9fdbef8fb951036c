import Expressions
import LogIndex
import Primitives
import Records
import TestSupport
import Testing

@Suite("Connections in the index")
struct ConnectionTests {
    @Test("Every fact survives, whatever is known")
    func roundTrip() throws {
        let names = Self.names()
        var builder = IndexBlockBuilder(seed: 4)
        var random = SeededGenerator(seed: 20_261_121)
        let records = (0..<500).map { _ in Self.record(&random) }
        for record in records { builder.append(record, names, lineLength: 120) }
        builder.append(kind: .gap, time: Timestamp(nanoseconds: 9), lineLength: 7)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        var reader = IndexBlockReader()
        try reader.open(block.bytes)
        let stored = reader.packetNames(block.bytes)
        var lines = ConnectionLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
        let services = ServiceNames { $0 == 443 ? "HTTPS" : nil }
        for record in records {
            let next = reader.next(block.bytes)
            let line = try #require(next)
            #expect(line.kind == .connection && line.isConnection && !line.isPacket && line.length == 120)
            let found = reader.connection(of: line, block.bytes)
            var connection = try #require(found)
            var wanted = ByteBuffer()
            var got = ByteBuffer()
            lines.append(record, names, services, to: &wanted)
            lines.append(connection, stored, services, to: &got)
            #expect(String(decoding: wanted) == String(decoding: got))
            // Names have the block's numbers, which the lines have shown to be the same names.
            connection.rule = record.rule
            connection.sourceUser = record.sourceUser
            connection.destinationUser = record.destinationUser
            connection.sourceHost = record.sourceHost
            connection.destinationHost = record.destinationHost
            #expect(connection == record)
        }
        let last = reader.next(block.bytes)
        #expect(last?.kind == .gap && last?.isConnection == false)
    }

    @Test("Expressions select connections by what they share with packets")
    func selection() throws {
        var record = ConnectionRecord(time: Timestamp(seconds: 1_790_000_000))
        record.present = [.ipv4, .ports]
        record.protocolNumber = 6
        record.original.source = IPv6Address(mapping: IPv4Address(0x0A00_0001))
        record.original.destination = IPv6Address(mapping: IPv4Address(0x0A00_0002))
        record.original.sourcePort = 1025
        record.original.destinationPort = 443
        record.rule = 1
        record.sourceUser = 2
        record.destinationHost = 3
        var builder = IndexBlockBuilder(seed: 4)
        builder.append(record, Self.names(), lineLength: 10)
        var block = ByteBuffer()
        var directory = ByteBuffer()
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        let answers: [(String, Bool)] = [
            ("addr = 10.0.0.1 & dport = 443 & proto = tcp", true), ("addr = 10.0.0.3", false),
            ("rule = \"NAT \\\"1\\\"\" & user = ann & host = \"*.example.com\"", true), ("rule ~ /^DNAT/", false),
            ("len = 0 | ttl = 0 | frag = no | payloadlen = 0 | dscp = 0", false), ("ttl != 0 & len != 0", true),
            ("any", true), ("direc = in | direc = out", false), ("tcpfl = NONE", false),
        ]
        for (expression, wanted) in answers {
            let tree = try Expression(parsing: expression).tree
            var selection = StoredSelection(tree, directory: Directory())
            var reader = IndexBlockReader()
            try reader.open(block.bytes)
            selection.begin(reader, block.bytes)
            let next = reader.next(block.bytes)
            let line = try #require(next)
            let isMet = selection.matches(line, &reader, block.bytes)
            #expect(isMet == wanted, "\(expression)")
            var records = IndexDirectory()
            let first = records.next(directory.bytes)
            let mayMatch = selection.matcher.mayMatch(try #require(first), directory.bytes)
            #expect(mayMatch || !wanted, "\(expression) passes the block over")
        }
    }

    private static func names() -> PacketNames {
        var names = PacketNames()
        names.rules.set("NAT \"1\"", for: 1)
        names.rules.set("Guests", for: 2)
        names.users.set("ann", for: 2)
        names.hosts.set("www.example.com", for: 3)
        return names
    }

    private static func record(_ random: inout SeededGenerator) -> ConnectionRecord {
        var record = ConnectionRecord(time: Timestamp(nanoseconds: Int64(bitPattern: random.next() >> 2)))
        record.present = .init(rawValue: UInt16(truncatingIfNeeded: random.next()) & 0xFFF)
        let isIPv4 = record.present.contains(.ipv4)
        func address(_ random: inout SeededGenerator) -> IPv6Address {
            isIPv4
                ? IPv6Address(mapping: IPv4Address(UInt32(truncatingIfNeeded: random.next() % 5)))
                : IPv6Address(high: random.next(), low: random.next())
        }
        record.protocolNumber = record.present.contains(.icmp) ? (isIPv4 ? 1 : 58) : 6
        record.tcpState = UInt8(random.next() % 10)
        record.zone = UInt16(truncatingIfNeeded: random.next())
        record.original.source = address(&random)
        record.original.destination = address(&random)
        if record.present.contains(.ports) {
            record.original.sourcePort = UInt16(truncatingIfNeeded: random.next())
            record.original.destinationPort = 443
        }
        if record.present.contains(.icmp) {
            record.icmpType = 8
            record.icmpCode = UInt8(random.next() % 3)
            record.icmpID = UInt16(truncatingIfNeeded: random.next())
        }
        if record.present.contains(.reply) {
            record.reply.source = address(&random)
            record.reply.destination = address(&random)
            record.reply.sourcePort = 443
            record.reply.destinationPort = UInt16(truncatingIfNeeded: random.next())
        }
        if record.present.contains(.id) { record.id = UInt32(truncatingIfNeeded: random.next()) }
        if record.present.contains(.started) { record.started.nanoseconds = Int64(bitPattern: random.next()) }
        if record.present.contains(.ended) { record.ended.nanoseconds = Int64(bitPattern: random.next()) }
        if record.present.contains(.counters) {
            record.sentPackets = random.next()
            record.sentBytes = random.next() % 1_000
            record.receivedPackets = random.next() % 10
            record.receivedBytes = random.next()
        }
        if record.present.contains(.status) { record.status = UInt32(truncatingIfNeeded: random.next()) }
        if record.present.contains(.mark) { record.mark = UInt32(truncatingIfNeeded: random.next()) }
        record.rule = UInt32(random.next() % 3)
        record.sourceUser = random.next() % 2 == 0 ? 2 : 0
        record.destinationHost = random.next() % 2 == 0 ? 3 : 0
        return record
    }
}
