import LogIndex
import PacketDecoding
import Primitives
import Records
package import TestSupport

/// A block with everything that the format has, always the same: for goldens, damage and fuzzing.
package enum IndexSamples {
    package static let packets: [PacketBuilder] = [
        PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1025, 80, flags: .syn, sequence: 7),
        PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1025, 80, flags: .ack, sequence: 8)
            .payload(count: 20),
        PacketBuilder().ethernet().vlan(7).vlan(8).ipv6("2001:db8::1", "2001:db8::2").udp(53, 40_000)
            .payload(count: 9),
        PacketBuilder().nflog(prefix: "DROP @3:7 not wanted", input: 1, output: 2).ipv4("10.0.0.3", "10.0.0.4")
            .icmpEcho(id: 4, sequence: 9).payload(count: 56),
        PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.9", protocol: 17, fragmentOffset: 1480).payload(count: 40),
        PacketBuilder().link(.raw).ipv4("10.0.0.1", "10.0.0.9").esp().payload(count: 30),
    ]

    /// The block and its directory's record.
    package static func make() -> (block: [UInt8], directory: [UInt8]) {
        var builder = IndexBlockBuilder(seed: 20_261_121)
        var names = PacketNames()
        names.name(InterfaceID(rawValue: 1), "Internet")
        names.name(InterfaceID(rawValue: 2), "LAN \"2\"\n")
        names.name(kernelIndex: 2, "LAN")
        names.hosts.set("www.example.com", for: 5)
        names.users.set("ann", for: 6)
        for (index, packet) in packets.enumerated() {
            let bytes = packet.bytes
            var frame = packet.frame()
            frame.time = Timestamp(seconds: 1_700_000_000, nanoseconds: Int64(index) * 250_000_001)
            frame.direction = index % 2 == 0 ? .incoming : .outgoing
            frame.interface = InterfaceID(rawValue: UInt16(index % 3))
            frame.incoming = index % 2 == 0 ? frame.interface : .none
            frame.outgoing = index % 2 == 0 ? .none : frame.interface
            var record = PacketRecord(frame, packet.decoded(), bytes.span.bytes, source: .capture)
            if index == 2 {
                record.sourceHost = 5
                record.destinationUser = 6
                record.sourceCountry = 0x4445
                record.destinationASN = 64_500
            }
            builder.append(record, bytes.span.bytes, names, kind: index == 3 ? .filter : .packet, lineLength: 150)
        }
        var connection = ConnectionRecord(time: Timestamp(seconds: 1_700_000_005))
        connection.present = ConnectionRecord.Presence(rawValue: 0xFBB)
        connection.protocolNumber = 6
        connection.original.source = IPv6Address(mapping: IPv4Address(0x0A00_0001))
        connection.original.sourcePort = 1025
        connection.reply.source = IPv6Address(mapping: IPv4Address(0x0A00_0002))
        connection.sentBytes = 1 << 40
        connection.rule = 1
        names.rules.set("NAT", for: 1)
        builder.append(connection, names, lineLength: 99)
        builder.append(kind: .gap, time: Timestamp(seconds: 1_700_000_010), lineLength: 60)
        builder.append(kind: .engine, time: Timestamp(seconds: 1_600_000_000), lineLength: 80_000)
        var block = ByteBuffer(capacity: 1024)
        var directory = ByteBuffer(capacity: 1024)
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 4_096, lineNumber: 30, recordOffset: 512, into: &directory)
        return (copy(block.bytes), copy(directory.bytes))
    }

    package static func copy(_ bytes: RawSpan) -> [UInt8] { (0..<bytes.byteCount).map { bytes.byte(at: $0) } }
}
