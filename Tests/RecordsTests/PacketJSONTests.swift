import Foundation
import PacketDecoding
import Primitives
import TestSupport
import Testing

@testable import Records

struct PacketJSONTests {
    /// One packet of each kind, with all that can be known about it.
    static let packets: [(PacketBuilder, Scene)] = {
        let ether = PacketBuilder().ethernet(source: 0x0011_22AA_BBCC)
        var known = Scene()
        known.names = {
            $0.users.set("jürgen \"j\"", for: 1)
            $0.hosts.set("www.example.com", for: 7)
        }
        known.record = {
            $0.sourceUser = 1
            $0.destinationHost = 7
            $0.sourceCountry = 0x435A
            $0.destinationASN = 64_496
        }
        var logged = Scene(direction: .unknown)
        logged.names = { $0.name(kernelIndex: 2, "Internet") }
        let local = Scene(direction: .outgoing)
        return [
            (ether.vlan(7).ipv4(dscp: 46, identification: 9).tcp(1234, 80, flags: [.syn, .ece], window: 512), known),
            (ether.ipv6().udp(53, 40000).payload(count: 306), local),
            (ether.ipv4().icmpEcho(id: 4, sequence: 9), Scene()),
            (ether.ipv6().icmp6(type: 135), Scene(direction: .unknown)),
            (ether.ipv4(identification: 5, fragmentOffset: 1480, moreFragments: true).payload(count: 8), Scene()),
            (PacketBuilder().nflog(prefix: "DROP @lan:12 a\"b\\c\n\u{9B}é", input: 2).ipv4().esp(), logged),
            (PacketBuilder().ethernet(type: 0x0806).payload(count: 28), Scene()),
            (PacketBuilder().link(.ieee80211), Scene(direction: .unknown, interface: nil)),
        ]
    }()

    @Test(arguments: JSONNames.allCases)
    func `objects look as they did`(names: JSONNames) {
        Golden.check(text(names), "json/\(names.rawValue).jsonl")
    }

    @Test(arguments: JSONNames.allCases)
    func `another reader takes every object, and no key is there twice`(names: JSONNames) throws {
        let script = """
            import json, sys
            def once(pairs):
                keys = [key for key, _ in pairs]
                assert len(keys) == len(set(keys)), keys
                return dict(pairs)
            count = 0
            for line in sys.stdin:
                json.loads(line, object_pairs_hook=once)
                count += 1
            print(count)
            """
        let judged = try Peer.output(of: "python3", ["-c", script], input: Array(text(names).utf8))
        #expect(judged.text == "\(Self.packets.count)\n")
    }

    @Test func `own names and values survive the way through JSON`() throws {
        let line = try #require(text(.gatelog).split(separator: "\n").first)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["time"] as? String == "2012-09-08T11:47:39.000000000Z")
        #expect(object["source_ip"] as? String == "10.0.0.1")
        #expect(object["tcp_flags"] as? Int == 66)
        #expect(object["source_user"] as? String == "jürgen \"j\"")
        #expect(object["source_mac"] as? String == "00:11:22:aa:bb:cc")
        let columns = Set(PacketColumn.allCases.map(\.name.description))
        for key in object.keys where key != "kind" { #expect(columns.contains(key), "\(key)") }
    }

    @Test func `times have their zone and all their digits`() throws {
        var scene = Scene(time: Timestamp(nanoseconds: 1_774_746_000_123_456_789))
        scene.zone = try #require(ZoneTable(rule: "CET-1CEST,M3.5.0,M10.5.0/3"))
        func time(_ names: JSONNames) -> String {
            var renderer = PacketJSONRenderer(names: names, zone: scene.zone)
            let text = rendered(PacketBuilder().ethernet().ipv4().udp(), scene) { record, bytes, table, buffer in
                renderer.append(record, bytes, table, to: &buffer)
            }
            return String(text.split(separator: "\"")[3])
        }
        #expect(time(.gatelog) == "2026-03-29T03:00:00.123456789+02:00")
        #expect(time(.ecs) == "2026-03-29T03:00:00.123456789+02:00")
        #expect(time(.eve) == "2026-03-29T03:00:00.123456+0200")
        scene.time.nanoseconds -= 1_000_000_000
        #expect(time(.gatelog) == "2026-03-29T01:59:59.123456789+01:00")
        scene.time = Timestamp(nanoseconds: -1)
        scene.zone = .utc
        #expect(time(.gatelog) == "1969-12-31T23:59:59.999999999Z")
        scene.time = Timestamp(nanoseconds: .min)
        #expect(time(.gatelog) == "1677-09-21T00:12:43.145224192Z")
        scene.time = Timestamp(nanoseconds: .max)
        #expect(time(.gatelog) == "2262-04-11T23:47:16.854775807Z")
    }

    @Test func `rows load into SQLite, and absent facts are NULL`() throws {
        var rows = PacketRowRenderer()
        var sql = ByteBuffer(capacity: 64)
        PacketRowRenderer.appendTable(named: "packets", to: &sql)
        var text = sql.text
        for (packet, scene) in Self.packets {
            text +=
                rendered(packet, scene) { record, bytes, names, buffer in
                    rows.append(record, bytes, names, into: "packets", to: &buffer)
                } + "\n"
        }
        text += "SELECT count(*), sum(tcp_flags IS NULL), sum(length), sum(flow_id IS NULL) FROM packets;\n"
        text += "SELECT hex(source_ip), protocol, verdict, rule, rule_group, rule_number, iif, time FROM packets "
        text += "WHERE verdict = 'drop';\nSELECT source_user, destination_host, destination_asn FROM packets LIMIT 1;\n"
        text += "SELECT length, source_mac FROM packets WHERE ip_version IS NULL;\n"
        let answer = try Peer.output(of: "sqlite3", ["-bail"], input: Array(text.utf8)).text
        #expect(
            answer
                == """
                8|7|526|8
                00000000000000000000FFFF0A000001|50|drop|a"b\\c
                \u{9B}é|lan|12|Internet|1347104859000000000
                jürgen "j"|www.example.com|64496
                |02:00:00:00:00:01
                |

                """)
    }

    private func text(_ names: JSONNames) -> String {
        var renderer = PacketJSONRenderer(names: names, zone: .utc)
        return Self.packets.map { packet, scene in
            rendered(packet, scene) { record, bytes, table, buffer in
                renderer.append(record, bytes, table, to: &buffer)
            } + "\n"
        }.joined()
    }
}
