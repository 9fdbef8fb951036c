import PacketDecoding
import Primitives
import Records
import Settings
import TestSupport
import Testing

@Suite("Syslog messages")
struct SyslogRendererTests {
    /// Senders of every form and body.
    static let senders: [SyslogSender] = SyslogFormat.allCases.flatMap { format in
        SyslogBody.allCases.map { body in
            SyslogSender(
                log: "filter", gateway: "control", host: "control", application: "KerioControl", format: format,
                body: body)
        }
    }

    static let deny =
        "DENY \"Admin panel block\" packet from internet, proto:TCP, len:40, 62.238.41.57:65301 -> "
        + "89.147.252.244:80, flags:[ SYN ], seq:1502936152 ack:0, win:65535, tcplen:0"

    @Test("The line of Kerio Control, byte by byte")
    func kerio() throws {
        let sender = SyslogSender(
            log: "filter", gateway: "control", host: "control", application: "KerioControl", facility: .local0,
            severity: .info)
        let messages = lines("[08/Jul/2026 15:39:56] \(Self.deny)\n", sender)
        #expect(messages == ["<134>Jul  8 15:39:56 control KerioControl: \(Self.deny)"])
    }

    @Test("Days of two digits, milliseconds, and lines that begin without a time")
    func times() {
        let sender = SyslogSender(log: "debug", gateway: "gw", host: "gw", application: "gatelog", severity: .debug)
        let text = """
            no time here
            [31/Dec/2026 23:59:59.123] one
            still no time
            [01/Jan/2027 00:00:00] two
            [01/Jan/2027 00:00:00]two
            [xx

            """
        #expect(
            lines(text, sender) == [
                "<135>Sep  8 11:47:39 gw gatelog: no time here", "<135>Dec 31 23:59:59 gw gatelog: one",
                "<135>Dec 31 23:59:59 gw gatelog: still no time", "<135>Jan  1 00:00:00 gw gatelog: two",
                "<135>Jan  1 00:00:00 gw gatelog: [01/Jan/2027 00:00:00]two", "<135>Jan  1 00:00:00 gw gatelog: [xx",
            ])
    }

    @Test("What cannot stand in a head becomes a dash, and long names are cut")
    func names() {
        let sender = SyslogSender(
            log: "filter", gateway: "büro gw", host: "büro gw", application: String(repeating: "x", count: 60))
        #expect(sender.host == "b--ro-gw")
        #expect(sender.application.utf8.count == 48)
        #expect(SyslogSender(log: "", gateway: "", host: "", application: "a").host == "-")
    }

    @Test("Priorities are facility and severity", arguments: SyslogFacility.allCases)
    func priorities(facility: SyslogFacility) {
        for severity in SyslogSeverity.allCases {
            let sender = SyslogSender(
                log: "a", gateway: "g", host: "h", application: "a", facility: facility, severity: severity)
            let text = lines("[01/Jan/2027 00:00:00] x\n", sender)[0]
            let number = Int(text.dropFirst().prefix { $0 != ">" })
            #expect(number == Int(facility.code) * 8 + Int(severity.code))
        }
        #expect(SyslogFacility.local7.code == 23 && SyslogSeverity.debug.code == 7)
    }

    @Test("A long message is cut between characters, and counted")
    func cut() {
        let sender = SyslogSender(log: "debug", gateway: "gw", host: "gw", application: "a", size: 64)
        let head = "<134>Jan  1 00:00:00 gw a: "
        for filler in 0..<8 {
            let text = String(repeating: "x", count: filler) + String(repeating: "ä", count: 60)
            var renderer = SyslogRenderer(sender, zone: .utc)
            var batch = SyslogBatch(framing: .datagrams)
            _ = renderer.append(
                lines: Array("[01/Jan/2027 00:00:00] \(text)\n".utf8).span.bytes, now: Scene().time, to: &batch)
            let message = batch.messages[0]
            #expect(batch.cut == 1)
            #expect(message.utf8.count <= 64 && message.utf8.count >= 61)
            #expect(message == head + text.prefix(message.count - head.count))
        }
    }

    @Test("Structured data that is too long goes as a whole")
    func withoutData() throws {
        var sender = SyslogSender(log: "filter", gateway: "gw", host: "gw", application: "a", format: .rfc5424)
        sender.size = 140
        let message = try #require(packets(sender).first)
        #expect(message.utf8.count <= 140)
        #expect(message.hasPrefix("<134>1 2012-09-08T11:47:39.000000Z gw a - filter - "))
    }

    @Test("Messages of every form look as they did")
    func goldens() {
        for sender in Self.senders {
            let text = packets(sender) + events(sender) + connections(sender)
            Golden.check(
                text.map { $0 + "\n" }.joined(), "syslog/\(sender.format.rawValue)-\(sender.body.rawValue).txt")
        }
    }

    @Test("Nothing is allocated for a line")
    func steadyState() {
        let text = Array(String(repeating: "[08/Jul/2026 15:39:56] \(Self.deny)\n", count: 50).utf8)
        var plain = SyslogRenderer(Self.senders[0], zone: .utc)
        var batch = SyslogBatch(framing: .octetCounting)
        func render() {
            batch.removeAll()
            _ = plain.append(lines: text.span.bytes, now: Timestamp(seconds: 0), to: &batch)
        }
        render()
        #expect(allocations { render() } == 0)
    }
}

// MARK: Making messages

/// What `text` becomes, message by message.
func lines(_ text: String, _ sender: SyslogSender) -> [String] {
    var renderer = SyslogRenderer(sender, zone: .utc)
    var batch = SyslogBatch(framing: .octetCounting)
    let count = renderer.append(lines: Array(text.utf8).span.bytes, now: Scene().time, to: &batch)
    let messages = batch.messages
    #expect(messages.count == count && batch.count == count)
    return messages
}

func packets(_ sender: SyslogSender) -> [String] {
    var messages: [String] = []
    for (packet, scene) in PacketJSONTests.packets {
        var renderer = SyslogRenderer(sender, zone: .utc)
        var batch = SyslogBatch(framing: .octetCounting)
        let text = Array("[08/Sep/2012 11:47:39] the line\\x1b".utf8)
        _ = rendered(packet, scene) { record, bytes, names, _ in
            renderer.append(text.span.bytes, record, bytes, names, kind: "filter", to: &batch)
        }
        messages += batch.messages
    }
    return messages
}

func events(_ sender: SyslogSender) -> [String] {
    var renderer = SyslogRenderer(sender, zone: .utc)
    var batch = SyslogBatch(framing: .datagrams)
    for text in ["[08/Sep/2012 11:47:39] Engine: Startup", "no time = \"a\\b|c]\" é"] {
        renderer.append(Array(text.utf8).span.bytes, time: Scene().time, kind: "engine", to: &batch)
    }
    return batch.messages
}

func connections(_ sender: SyslogSender) -> [String] {
    var record = ConnectionRecord(time: Scene().time)
    record.present = [.ipv4, .ports, .reply, .started, .ended, .counters, .id]
    record.id = 613_181
    record.protocolNumber = 6
    record.original.source = IPv6Address(mapping: IPv4Address(0xC0A8_018C))
    record.original.destination = IPv6Address(mapping: IPv4Address(0x5DB8_D822))
    record.original.sourcePort = 1193
    record.original.destinationPort = 80
    record.reply.source = record.original.destination
    record.reply.destination = IPv6Address(mapping: IPv4Address(0xC000_0201))
    record.reply.sourcePort = 80
    record.reply.destinationPort = 40_000
    record.started = Timestamp(nanoseconds: record.time.nanoseconds - 121_500_000_000)
    record.ended = record.time
    (record.sentBytes, record.receivedBytes, record.sentPackets, record.receivedPackets) = (1575, 1290, 5, 9)
    record.rule = 1
    record.sourceUser = 2
    var names = PacketNames()
    names.rules.set("NAT \"office\"]", for: 1)
    names.users.set("jürgen=\\", for: 2)
    var renderer = SyslogRenderer(sender, zone: .utc, services: ServiceNames { $0 == 80 ? "HTTP" : nil })
    var batch = SyslogBatch(framing: .octetCounting)
    renderer.append(
        Array("[08/Sep/2012 11:47:39] [ID] 613181 [Rule] NAT".utf8).span.bytes, record, names, to: &batch)
    return batch.messages
}

extension SyslogBatch {
    /// Read back as a receiver does.
    var messages: [String] {
        let all = bytes.bytes.withUnsafeBytes { [UInt8]($0) }
        guard framing == .octetCounting else {
            return (0..<count).map { String(decoding: all[datagram($0)], as: UTF8.self) }
        }
        var messages: [String] = []
        var rest = all[...]
        while !rest.isEmpty {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard let length = Int(String(decoding: digits, as: UTF8.self)), digits.first != 0x30,
                rest.dropFirst(digits.count).first == 0x20, rest.count > digits.count + length
            else { return messages + ["no frame: \(String(decoding: rest.prefix(40), as: UTF8.self))"] }
            let body = rest.dropFirst(digits.count + 1).prefix(length)
            messages.append(String(decoding: body, as: UTF8.self))
            rest = rest.dropFirst(digits.count + 1 + length)
        }
        return messages
    }
}
