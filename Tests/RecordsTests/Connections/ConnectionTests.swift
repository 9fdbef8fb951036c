import Foundation
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

struct ConnectionTests {
    /// The connection of the only known line (2008), and what is translated on its way.
    static let known: ConnectionRecord = {
        var record = v4("192.168.1.140", 1193, "93.184.216.34", 80)
        record.time = Timestamp(seconds: 1_208_514_167)
        record.id = 613_181
        record.started = Timestamp(seconds: 1_208_514_045, nanoseconds: 500_000_000)
        record.ended = record.time
        record.sentBytes = 1575
        record.receivedBytes = 1290
        record.sentPackets = 5
        record.receivedPackets = 9
        record.reply.source = record.original.destination
        record.reply.sourcePort = 80
        record.reply.destination = IPv6Address(mapping: IPv4Address(0x5016_C805))
        record.reply.destinationPort = 40_001
        record.tcpState = 7
        record.rule = 3
        record.sourceUser = 1
        record.destinationHost = 2
        record.present.formUnion([.id, .started, .ended, .counters, .reply, .tcpState])
        return record
    }()

    static func v4(_ source: String, _ sourcePort: UInt16, _ destination: String, _ port: UInt16) -> ConnectionRecord {
        func address(_ text: String) -> IPv6Address {
            guard case .v4(let address)? = IPAddress(parsing: text) else { return IPv6Address(0) }
            return IPv6Address(mapping: address)
        }
        var record = ConnectionRecord(time: Timestamp(seconds: 1_208_514_167))
        record.present = [.ipv4, .ports]
        record.protocolNumber = 6
        record.original.source = address(source)
        record.original.destination = address(destination)
        record.original.sourcePort = sourcePort
        record.original.destinationPort = port
        return record
    }

    /// One record of each kind.
    static let records: [ConnectionRecord] = {
        var bare = v4("10.0.0.1", 5000, "10.0.0.2", 4444)
        bare.protocolNumber = 17
        var v6 = ConnectionRecord(time: Timestamp(seconds: 1_208_514_168))
        v6.protocolNumber = 6
        v6.original.source = IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1)
        v6.original.destination = IPv6Address(high: 0x2001_0DB8_0000_0000, low: 2)
        v6.original.sourcePort = 50_000
        v6.original.destinationPort = 443
        v6.present = [.ports, .mark, .zone, .status, .counters]
        v6.mark = 7
        v6.zone = 3
        v6.sentBytes = .max
        v6.receivedBytes = 1
        v6.destinationUser = 1
        var ping = v4("10.0.0.1", 0, "10.0.0.2", 0)
        ping.protocolNumber = 1
        ping.present = [.ipv4, .icmp, .started, .ended]
        ping.icmpType = 8
        ping.icmpID = 77
        ping.started = Timestamp(seconds: 1_208_514_165)
        ping.ended = ping.time
        var rare = v4("10.0.0.1", 0, "10.0.0.2", 0)
        rare.protocolNumber = 253
        rare.present = [.ipv4]
        return [known, bare, v6, ping, rare]
    }()

    static func rendered(_ render: (borrowing PacketNames, borrowing ServiceNames, inout ByteBuffer) -> Void) -> String
    {
        var names = PacketNames()
        names.rules.set("NAT", for: 3)
        names.users.set("james", for: 1)
        names.hosts.set("hit.google.com", for: 2)
        let services = ServiceNames { port in [80: "HTTP", 443: "HTTPS"][port] }
        var buffer = ByteBuffer(capacity: 64)
        render(names, services, &buffer)
        return buffer.text
    }

    static func lines(_ records: [ConnectionRecord]) -> String {
        rendered { names, services, buffer in
            var renderer = ConnectionLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
            for record in records { renderer.append(record, names, services, to: &buffer) }
        }
    }

    static func objects(_ names: JSONNames) -> String {
        rendered { table, services, buffer in
            var renderer = ConnectionJSONRenderer(names: names, zone: .utc)
            for record in records { renderer.append(record, table, services, to: &buffer) }
        }
    }

    @Test func `the known line is written as it was`() {
        #expect(
            Self.lines([Self.known])
                == """
                [18/Apr/2008 10:22:47] [ID] 613181 [Rule] NAT [Service] HTTP [User] james [Connection] TCP \
                192.168.1.140:1193 -> hit.google.com:80 [Duration] 121 sec [Bytes] 1575/1290/2865 [Packets] 5/9/14

                """)
    }

    @Test func `lines and objects look as they did`() {
        Golden.check(Self.lines(Self.records), "lines/connections.txt")
        Golden.check(Self.objects(.gatelog), "json/connections-gatelog.jsonl")
        Golden.check(Self.objects(.ecs), "json/connections-ecs.jsonl")
    }

    @Test(arguments: JSONNames.allCases)
    func `another reader takes every object, and no key is there twice`(names: JSONNames) throws {
        let script = """
            import json, sys
            def once(pairs):
                keys = [key for key, _ in pairs]
                assert len(keys) == len(set(keys)), keys
                return dict(pairs)
            print(sum(1 for line in sys.stdin if json.loads(line, object_pairs_hook=once)))
            """
        let text = try Peer.output(of: "python3", ["-c", script], input: Array(Self.objects(names).utf8)).text
        #expect(text == "\(Self.records.count)\n")
    }

    @Test func `what is not known goes away with its key`() {
        let line = Self.lines([Self.records[1]])
        #expect(line == "[18/Apr/2008 10:22:47] [Connection] UDP 10.0.0.1:5000 -> 10.0.0.2:4444\n")
    }

    @Test func `sums and durations stay in range`() {
        var record = Self.known
        record.sentBytes = .max
        record.receivedBytes = .max
        #expect(record.totalBytes == .max)
        record.started = Timestamp(nanoseconds: .max)
        #expect(record.duration == 0)
        record.ended = Timestamp(nanoseconds: .min)
        #expect(record.duration == nil)
        record.present.remove(.started)
        #expect(record.duration == nil)
    }

    @Test func `translation is told where there is one`() {
        #expect(Self.known.translated?.source == Self.known.reply.destination)
        var plain = Self.known
        plain.reply.destination = plain.original.source
        plain.reply.destinationPort = plain.original.sourcePort
        #expect(plain.translated == nil)
        plain.present.remove(.reply)
        #expect(plain.translated == nil)
    }

    @Test func `nothing is allocated for a line or an object`() {
        let records = Self.records
        let names = PacketNames()
        let services = ServiceNames { _ in "service" }
        var buffer = ByteBuffer(capacity: 1 << 16)
        var line = ConnectionLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
        var own = ConnectionJSONRenderer(names: .gatelog, zone: .utc)
        var ecs = ConnectionJSONRenderer(names: .ecs, zone: .utc)
        func round() {
            buffer.removeAll()
            for index in records.indices {
                line.append(records[index], names, services, to: &buffer)
                own.append(records[index], names, services, to: &buffer)
                ecs.append(records[index], names, services, to: &buffer)
            }
        }
        round()
        let count = allocations { for _ in 0..<100 { round() } }
        #expect(count == 0)
    }
}
