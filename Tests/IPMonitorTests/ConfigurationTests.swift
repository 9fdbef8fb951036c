import Foundation
import IPLog
import IPMonitor
import TestSupport
import Testing

@Suite("ipmon.conf")
struct ConfigurationTests {
    private func rules(_ text: String) throws -> [ConfigurationRule] {
        try ConfigurationParser.rules(Array(text.utf8), tables: MonitorHarness.tables).rules
    }

    private func refusal(_ text: String) -> String {
        do {
            _ = try ConfigurationParser.rules(Array(text.utf8), tables: MonitorHarness.tables)
            return "taken"
        } catch {
            return error.description
        }
    }

    @Test("Every option and action is read, and shown as it is written")
    func whole() throws {
        let text = """
            # all of it
            dir = "/var/log";
            match { direction = in, srcip = 10.0.0.0/8, dstip = 192.0.2.1, srcport = 1, dstport = 65535, protocol = udp,
                group = lan, interface = eth0, logtag = 7, nattag = "x", rule = 0, result = block, type = ipf,
                every 3 packets; }
            do { nothing, syslog, syslog("auth.crit"), syslog("local3."), syslog(".err"), file("file:///a"),
                file("raw:///b"), execute("cat"), save "c", save raw "d"; };
            match { type = nat, every second } do { nothing };
            """
        let rules = try rules(text)
        try #require(rules.count == 2)
        #expect(
            rules[0].description == """
                match { direction = in, srcip = 10.0.0.0/8, dstip = 192.0.2.1/32, srcport = 1, dstport = 65535, \
                protocol = 17, group = lan, interface = eth0, logtag = 7, nattag = x, rule = 0, result = block, \
                type = ipf, every 3 packets; }
                do {nothing, syslog, syslog("auth.crit"), syslog("local3."), syslog(".err"), file("file:///a"), \
                file("raw:///b"), execute("cat"), file("file://c"), file("raw://d");};
                """)
        #expect(rules[1].description == "match { type = nat, every second; }\ndo {nothing;};")
        #expect(rules[1].line == 8)
    }

    @Test(
        "What is wrong is named with its line",
        arguments: [
            (
                "match { ; } do { nothing; };",
                "syntax error at \";\", line 1: an option such as protocol = tcp was expected"
            ),
            ("match { type = x; }", "syntax error at \"x\", line 1: ipf, nat or state was expected"),
            ("\n\nmatch { rule = -; } do", "syntax error at \"-\", line 3: a number, 0 ... 4294967295, was expected"),
            ("match { srcport = 65536; }", "syntax error at \"65536\", line 1: a port, 0 ... 65535, was expected"),
            ("match { rule = 1; } to { nothing; };", "syntax error at \"to\", line 1: \"do\" was expected"),
            ("match { rule = 1; } do { nothing; }", "syntax error at \"end of file\", line 1: \";\" was expected"),
            (
                "match { rule = 1; } do { email; };",
                "syntax error at \"email\", line 1: one of nothing, syslog, file, save, execute was expected"
            ),
            (
                "match { srcip = 1.2.3/8; }",
                "syntax error at \"1.2.3/8\", line 1: an IPv4 address a.b.c.d or a network a.b.c.d/bits was expected"
            ),
            (
                "match { every 0 packets; }",
                "syntax error at \"0\", line 1: second, packet, or a number of seconds or packets above 0 was expected"
            ),
            (
                "match { rule = 1; } do { file(\"/x\"); };",
                "syntax error at \"/x\", line 1: \"file://PATH\" or \"raw://PATH\" was expected"
            ),
            ("match { group = \"x\n", "syntax error at \"x\", line 1: the string does not end in its line"),
            ("match { \u{1}", "syntax error at \"\\x01\", line 1: this character stands in no rule"),
            ("a = $b;", "syntax error at \"$b\", line 1: a variable that has a value was expected"),
        ])
    func refusals(_ text: String, _ message: String) {
        #expect(refusal(text) == message)
    }

    @Test("An option that is said twice is told, and the first one counts")
    func twice() throws {
        let (rules, notes) = try ConfigurationParser.rules(
            Array("match { rule = 1,\nrule = 2, every packet, every 2 seconds; } do { nothing; };".utf8),
            tables: MonitorHarness.tables)
        #expect(notes == ["rule redefined on line 2", "every redefined on line 2"])
        #expect(rules[0].conditions == [.rule(1)] && rules[0].every == .packets(1))
    }

    /// Runs over a fixture's log with a configuration in which FOLDER is a folder; returns what was printed, and what
    /// stands in the file "out" there.
    private func run(_ configuration: String, _ arguments: [String]) throws -> (text: String, out: String) {
        try Fixtures.withTemporaryFolder { folder in
            let path = folder + "/ipmon.conf"
            try Data(configuration.replacingOccurrences(of: "FOLDER", with: folder).utf8)
                .write(to: URL(fileURLWithPath: path))
            let harness = MonitorHarness()
            #expect(harness.run(["-C", path] + arguments) == 0)
            let out = FileManager.default.contents(atPath: folder + "/out") ?? Data()
            return (harness.text, String(decoding: out, as: UTF8.self))
        }
    }

    private static let packets = Fixtures.path("ipmon/v5-ipf-protos.0.bin")
    private static let packetLines = String(
        decoding: Fixtures.bytes("ipmon/v5-ipf-protos.0.opt-none.txt"), as: UTF8.self
    ).split(separator: "\n").map { $0 + "\n" }

    @Test("Records for which a rule fires go there and nowhere else")
    func protocols() throws {
        let (text, out) = try run(
            "match { protocol = udp; } do { file(\"file://FOLDER/out\"); };", ["-f", Self.packets])
        #expect(out == Self.packetLines.filter { $0.contains(" PR udp ") && !$0.contains(" icmp ") }.joined())
        #expect(text == Self.packetLines.filter { !$0.contains(" PR udp ") || $0.contains(" icmp ") }.joined())
        #expect(!out.isEmpty)
    }

    @Test(
        "every N packets fires at the first of so many that meet the conditions",
        arguments: [("every packet", 1), ("every 3 packets", 3), ("every 1000 packets", 1000)])
    func everyPackets(_ every: String, _ count: Int) throws {
        let (_, out) = try run(
            "match { protocol = icmp, \(every); } do { file(\"file://FOLDER/out\"); };", ["-f", Self.packets])
        let all = Self.packetLines.filter { $0.contains(".7 PR icmp ") }
        #expect(out == all.enumerated().filter { $0.offset % count == 0 }.map(\.element).joined())
    }

    @Test("every N seconds fires once in so many of the log")
    func everySeconds() throws {
        let (_, out) = try run(
            "match { type = ipf, every 2 seconds; } do { file(\"file://FOLDER/out\"); };", ["-f", Self.packets])
        let seconds = out.split(separator: "\n").map { String($0.dropFirst(11).prefix(8)) }
        #expect(seconds.first == "22:13:20" && Set(seconds).count == seconds.count && seconds.count > 1)
    }

    @Test("rule, type and raw do what they say")
    func rulesAndTypes() throws {
        let log = Fixtures.path("ipmon/v5-seq.bin")
        let rule = try run("match { rule = 0; } do { nothing; };", ["-f", log])
        #expect(rule.text.split(separator: "\n").allSatisfy { $0.hasPrefix("missed") })
        let other = try run("match { rule = 1; } do { nothing; };", ["-f", log])
        #expect(other.text.contains(" @0:1 p "))
        let nat = try run(
            "match { type = nat, protocol = tcp; } do { file(\"file://FOLDER/out\"); };", ["-f", log, "-N", log])
        #expect(nat.text.contains(" @0:1 p ") && !nat.text.contains("NAT:") && nat.out.contains("NAT:NEW-MAP"))
        let state = try run(
            "match { type = state, srcport = 1; } do { syslog(\"auth.crit\"); };", ["-S", log])
        #expect(state.text.contains("<34>14/11/2023 22:13:20.000000 STATE:NEW 10.0.0.1,1 -> 10.0.0.2,2 PR tcp\n"))
        let raw = try run("match { type = ipf; } do { file(\"raw://FOLDER/out\"); };", ["-f", log])
        #expect(raw.out.hasPrefix("MLPI") && raw.text.split(separator: "\n").allSatisfy { !$0.contains(" p ") })
    }

    @Test("execute gives the line to a command; one that does not read it is no harm")
    func execute() throws {
        let log = Fixtures.path("ipmon/v5-ipf-body.bin")
        let (_, out) = try run(
            "match { every 100 packets; } do { execute(\"cat >> FOLDER/out\"), execute(\"true\"); };", ["-f", log])
        #expect(out == "14/11/2023 22:13:20.000000 eth0 @0:1 p 192.0.2.1,5000 -> 198.51.100.7,53 PR udp len 20 28 IN\n")
    }

    @Test("-v shows the rules; the last rule is asked first, and all that fire act")
    func shown() throws {
        let log = Fixtures.path("ipmon/v5-ipf-body.bin")
        let (text, out) = try run(
            """
            match { type = ipf; } do { file("file://FOLDER/out"); };
            match { result = pass, every 100 packets; } do { syslog(".err"); };
            """, ["-v", "-f", log])
        #expect(text.hasPrefix("match { type = ipf; }\ndo {file("))
        #expect(text.contains("<3>14/11/2023"))
        #expect(out.split(separator: "\n").count == 18)
    }

    @Test(
        "The samples load: the original's page, and what the original refuses by mistake",
        arguments: ["a", "dir", "every", "every1", "nat", "nothing", "rule", "save"])
    func samples(_ name: String) throws {
        let rules = try ConfigurationParser.rules(
            Fixtures.bytes("ipmon/conf/\(name).conf"), tables: MonitorHarness.tables
        ).rules
        #expect(!rules.isEmpty)
    }
}
