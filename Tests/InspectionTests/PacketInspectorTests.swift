import Expressions
import Flows
import Inspection
import Inspectors
import PacketDecoding
import PacketStages
import Primitives
import Records
import Reputation
import TestSupport
import Testing

@Suite("What the Security log tells of packets")
struct PacketInspectorTests {
    private static let lan = InterfaceID(rawValue: 1)

    private var plan: InspectionPlan {
        var plan = InspectionPlan()
        plan.sources = SourceCheck(
            SourceRoutes([
                SourceRoute(
                    try! AddressRange(parsing: "10.0.0.0/8"), prefixLength: 8, interfaces: [1], text: "trusted")
            ]))
        let rules = "alert tcp [203.0.113.9] any -> any any (msg:\"CnC group 1\"; sid:77; rev:2;)\n"
        let plain = "203.0.113.0/24\n"
        plan.intruders = KnownIntruders([
            NamedList("plain", .log, AddressList(reading: Array(plain.utf8).span.bytes)),
            NamedList("rules", .log, AddressList(reading: Array(rules.utf8).span.bytes)),
        ])
        return plan
    }

    /// The lines that packets seen on "LAN" make, one second after the other.
    private func lines(
        _ packets: [PacketBuilder], _ plan: InspectionPlan? = nil, direction: FrameDirection = .incoming
    ) -> [String] {
        var inspector = PacketInspector(plan ?? self.plan, seed: 1)
        var tables = PacketTables([.hosts], PacketLookups(), seed: 1)
        tables.learn(Directory.Interface(displayName: "LAN"), as: Self.lan)
        var lines: [String] = []
        for (index, packet) in packets.enumerated() {
            var frame = packet.frame(
                time: Timestamp(seconds: 1_700_000_000 + Int64(index)), direction: direction, interface: Self.lan)
            let bytes = packet.bytes
            tables.read(&frame, bytes.span.bytes)
            inspector.take(frame, bytes.span.bytes, tables)
            lines += inspector.events.map { $0.event.text(.control) }
            inspector.told()
        }
        return lines
    }

    private var forged: PacketBuilder {
        PacketBuilder().ethernet().ipv4("61.173.81.166", "10.55.10.10").tcp(
            1864, 445, flags: .syn, sequence: 3_819_654_104, window: 16_384)
    }

    @Test("A forged source is told as the known lines have it, once a minute")
    func spoofing() {
        #expect(
            lines([forged, forged]) == [
                "Anti-Spoofing: Packet from LAN, proto:TCP, len:40, ip/port:61.173.81.166:1864 -> 10.55.10.10:445, "
                    + "flags: SYN, seq:3819654104 ack:0, win:16384, tcplen:0"
            ])
        #expect(lines([forged], direction: .outgoing) == [], "what we send is not received")
        #expect(lines(Array(repeating: forged, count: 62)).count == 2)
    }

    @Test("A known intruder is told once for each list, remote address and hour")
    func blacklist() {
        let packet = PacketBuilder().ethernet().ipv4("10.0.0.5", "203.0.113.9").tcp(50000, 443, flags: .syn)
        let udp = PacketBuilder().ethernet().ipv4("203.0.113.9", "10.0.0.5").udp(53, 50000)
        var plan = plan
        plan.sources = nil
        let found = lines([packet, packet, udp], plan)
        #expect(found.count == 2)
        #expect(
            found.contains(
                "IPS: Alert, severity: Blacklist, Rule ID: 1:77 CnC group 1, proto:TCP, "
                    + "ip/port:10.0.0.5:50000 -> 203.0.113.9:443"))
        #expect(found.contains { $0.hasPrefix("IPS: Alert, severity: Blacklist, Rule ID: 7201:") })
    }

    private func ftp(_ payload: String, offset: UInt32, fromClient: Bool = true) -> PacketBuilder {
        let there = PacketBuilder().ethernet()
        let packet =
            fromClient
            ? there.ipv4("10.0.0.5", "198.51.100.7").tcp(
                50000, 21, flags: .ack, sequence: 1 &+ offset, acknowledgement: 1)
            : there.ipv4("198.51.100.7", "10.0.0.5").tcp(
                21, 50000, flags: .ack, sequence: 1 &+ offset, acknowledgement: 1)
        return packet.payload(payload)
    }

    private var quiet: InspectionPlan { InspectionPlan() }

    @Test("FTP attacks are told with the command as it was sent, escaped")
    func ftpAttacks() {
        #expect(
            lines([ftp("PORT 10,11,", offset: 0), ftp("12,13,14,15\u{1}\r\n", offset: 11)], quiet) == [
                "FTP: Bounce attack attempt: client: 10.0.0.5, server: 198.51.100.7, "
                    + "command: PORT 10,11,12,13,14,15\\x01"
            ])
        #expect(
            lines([ftp("227 Entering Passive Mode (10,11,12,13,14,15)\r\n", offset: 0, fromClient: false)], quiet) == [
                "FTP: Malicious server reply: client: 10.0.0.5, server: 198.51.100.7, "
                    + "response: 227 Entering Passive Mode (10,11,12,13,14,15)"
            ])
    }

    @Test("FTP in fragments is read like any other")
    func fragments() {
        let whole = ftp("PORT 10,11,12,13,14,15\r\n", offset: 0).bytes
        let body = Array(whole.dropFirst(34))
        func piece(_ range: Range<Int>) -> PacketBuilder {
            PacketBuilder().ethernet().ipv4(
                "10.0.0.5", "198.51.100.7", protocol: 6, identification: 5, fragmentOffset: range.lowerBound,
                moreFragments: range.upperBound < body.count
            ).payload(Array(body[range]))
        }
        let found = lines([piece(24..<body.count), piece(0..<24)], quiet)
        #expect(found.count == 1 && found[0].hasPrefix("FTP: Bounce attack attempt"))
    }

    @Test("Segments that contradict each other are told, unless nobody wants to know")
    func conflicts() {
        let packets = [ftp("USER anonymous", offset: 0), ftp("USER superuser", offset: 0)]
        let found = lines(packets, quiet)
        #expect(
            found == [
                "IPS: Alert, severity: Medium, Rule ID: 7202:1 TCP segments overlap with different bytes, proto:TCP, "
                    + "ip/port:10.0.0.5:50000 -> 198.51.100.7:21"
            ])
        var plan = quiet
        plan.tellsConflicts = false
        #expect(lines(packets, plan) == [])
    }

    @Test("Records have the members of the Security log, with the conversation's identifiers")
    func fields() throws {
        var inspector = PacketInspector(quiet, seed: 0)
        var tables = PacketTables([], PacketLookups(), seed: 0)
        let packet = ftp("EPRT |2|2001:db8::1|5000|\r\n", offset: 0)
        var frame = packet.frame()
        let bytes = packet.bytes
        tables.read(&frame, bytes.span.bytes)
        inspector.take(frame, bytes.span.bytes, tables)
        let found = try #require(inspector.events.first)
        let fields = Dictionary(uniqueKeysWithValues: found.event.fields.items.map { ($0.name, $0.value) })
        #expect(fields["event"] == "ftp_bounce")
        #expect(fields["command"] == "EPRT |2|2001:db8::1|5000|")
        #expect(fields["flow_id"] == "1")
        #expect(fields["community_id"]?.hasPrefix("1:") == true)
        #expect(fields["source_user"] == nil, "what is not known is not there")
    }
}
