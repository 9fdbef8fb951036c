import TestSupport
import Testing

@testable import Settings

private let jane = SettingsChangeNote(who: "jane", when: "2026-11-21T10:00:00Z", from: "unix socket, pid 4711")
private let mallory = SettingsChangeNote(who: "mal # \n, lory", when: "now", from: "\"x\", y # z")

private func layers(_ file: String, _ changes: String? = nil) -> SettingsLayers {
    SettingsLayers(
        file: SettingsText(name: "/etc/gatelog/gatelog.yaml", bytes: Array(file.utf8)),
        changes: changes.map { SettingsText(name: "state/000012.yaml", bytes: Array($0.utf8)) })
}

private func key(_ text: String) throws -> SettingsKey { try SettingsKey(parsing: text) }

extension SettingsLayers {
    fileprivate func setting(_ key: String, _ yaml: String, by note: SettingsChangeNote = jane) throws -> SettingsLayers
    {
        try applying(.set(try SettingsKey(parsing: key), yaml: yaml), by: note, version: 12, name: "state/000012.yaml")
            .layers
    }

    fileprivate var changedText: String { String(decoding: changes?.bytes ?? [], as: UTF8.self) }
}

@Suite("Settings: two layers")
struct SettingsLayersTests {
    static let file = """
        gateway: fw1
        logs:
          keep: 10
          debug: { size: 1 GiB }
        groups:
          office: [10.0.0.0/8]
        interfaces:
          Branch office: { device: tun0, kind: vpn }
        """

    @Test("Each value is from the layer that says it, and tells it")
    func origins() throws {
        let document = try layers(
            Self.file,
            "logs:\n  debug:\n    keep: 20\n  keep: 11\ngroups:\n  office: [192.168.0.0/16]\n"
                + "interfaces: { Branch office: { trusted: true } }\n"
        ).document()
        #expect(document.logs[.debug].keep.value == 20)
        #expect(document.logs[.debug].size.value == .gibibytes(1))
        #expect(document.logs[.error].keep.value == 11)
        #expect(document.groups.map(\.name.value) == ["office"])
        #expect(document.groups[0].entries.count == 1)
        #expect(document.interfaces[0].kind?.value == .vpnTunnel)
        #expect(document.interfaces[0].trusted?.value == true)
        let origins = [
            "gateway": "gatelog.yaml:1:10", "logs.keep": "changed, 000012.yaml:4:9",
            "logs.debug.keep": "changed, 000012.yaml:3:11", "logs.debug.size": "gatelog.yaml:4:18",
            "logs.error.keep": "changed, 000012.yaml:4:9", "logs.error.size": "default",
            "groups.office": "changed, 000012.yaml:6:11", "interfaces.\"Branch office\".device": "gatelog.yaml:8:28",
            "interfaces.\"Branch office\".trusted": "changed, 000012.yaml:7:41", "capture": "default",
        ]
        for (name, origin) in origins {
            #expect(document.origin(of: try key(name))?.description == origin, "\(name)")
        }
        #expect(document.origin(of: try key("logs.debug.kep")) == nil)
    }

    @Test("Faults of both layers at once, each with its file")
    func faults() {
        let errors = #expect(throws: SettingsErrors.self) {
            try layers("logs: { keep: x }\n", "capture: { workers: many }\nfoo: 1\n").document()
        }
        #expect(
            errors?.description == """
                /etc/gatelog/gatelog.yaml:1:15: "x" for keep; write a number from 0 to 100000, or all
                state/000012.yaml:1:21: "many" for workers; write a number from 1 to 64, or auto
                state/000012.yaml:2:1: there is no "foo" in the settings; there are \
                \(SettingsDocument.keys.joined(separator: ", "))
                """)
    }

    @Test("No YAML in one layer does not hide what is no YAML in the other")
    func brokenBoth() {
        let errors = #expect(throws: SettingsErrors.self) { try layers("a: [\n", "b: {\n").document() }
        #expect(errors?.errors.map(\.file) == ["/etc/gatelog/gatelog.yaml", "state/000012.yaml"])
    }

    @Test("What a later reader finds wrong is told with the file that says it")
    func laterFaults() throws {
        let document = try layers("packet_log: { rate: 5 }\n", "packet_log:\n  expression: \"x\"\n").document()
        let place = try #require(document.packetLog.expression.place)
        #expect(
            document.error(at: place, "no expression").description == "state/000012.yaml:2:15: no expression")
        #expect(
            document.error(at: try #require(document.packetLog.rate.place), "x").file == "/etc/gatelog/gatelog.yaml")
    }

    @Test("Everything that holds, with its origin, in one order")
    func effective() throws {
        let example = String(decoding: try Fixtures.resource("gatelog.example.yaml"), as: UTF8.self)
        let changed = try layers(example).setting("packet_log.expression", "port = 53 # dns")
            .setting("logs.debug", "{ keep: all, rotate: hourly }").setting("interfaces.\"a.b\"", "{ device: eth9 }")
        let listed = try changed.document().effective.map { "\($0.key)  \($0.value)  \($0.origin)" }
        Golden.check(listed.joined(separator: "\n") + "\n", "settings/effective.txt")
        Golden.check(changed.changedText, "settings/changes.txt")
    }

    @Test("What is listed can be set again, and changes nothing")
    func setAgain() throws {
        let example = String(decoding: try Fixtures.resource("gatelog.example.yaml"), as: UTF8.self)
        let before = try layers(example).document().effective
        var settings = layers(example)
        for setting in before { settings = try settings.setting("\(setting.key)", setting.value) }
        let after = try settings.document().effective
        #expect(after.map(\.key) == before.map(\.key))
        #expect(after.map(\.value) == before.map(\.value))
        #expect(after.allSatisfy { $0.origin.description == "changed by jane, 2026-11-21T10:00:00Z (version 12)" })
    }

    @Test("Random changes: the upper value holds, else the lower, else the default")
    func twins() throws {
        let values: [(key: String, values: [String])] = [
            ("logs.keep", ["1", "2"]), ("logs.debug.keep", ["3", "all"]), ("capture.ring", ["4 MiB", "8 MiB"]),
            ("capture.interfaces", ["all", "[eth0, eth1]"]), ("firewall_log.groups", ["[]", "[1, 2]"]),
            ("packet_log.expression", ["none", "port = 80"]), ("dumps.max_time", ["90 s", "none"]),
            ("gateway", ["fw1", "hostname"]), ("logs.utc", ["true", "false"]), ("api.readers", ["wheel", "none"]),
            ("connections.log", ["false", "true"]), ("logs.messages", ["[]", "[drops]"]),
        ]
        let standard = Dictionary(
            uniqueKeysWithValues: try layers("").document().effective.map { ("\($0.key)", $0.value) })
        let seed: UInt64 = 20_261_121
        var random = SeededGenerator(seed: seed)
        for round in 0..<300 {
            var lower = layers("")
            var upper = layers("")
            var wanted = standard
            var changed: Set<String> = []
            for (key, values) in values {
                if Bool.random(using: &random) {
                    let value = values.randomElement(using: &random)!
                    lower = try lower.setting(key, value)
                    wanted[key] = value
                }
            }
            if wanted["logs.debug.keep"] == standard["logs.debug.keep"] { wanted["logs.debug.keep"] = nil }
            for (key, values) in values where Bool.random(using: &random) {
                let value = values.randomElement(using: &random)!
                upper = try upper.setting(key, value)
                wanted[key] = value
                changed.insert(key)
            }
            // A log without a number of its own has that of all.
            if wanted["logs.debug.keep"] == nil { wanted["logs.debug.keep"] = wanted["logs.keep"] }
            let both = SettingsLayers(
                file: SettingsText(name: "f.yaml", bytes: lower.changes?.bytes ?? []), changes: upper.changes)
            let effective = try both.document().effective
            for setting in effective where values.contains(where: { $0.key == "\(setting.key)" }) {
                let name = "\(setting.key)"
                #expect(setting.value == wanted[name], "seed \(seed), round \(round), \(name)")
                if changed.contains(name) {
                    #expect(setting.origin.description.hasPrefix("changed by jane"), "seed \(seed), round \(round)")
                }
            }
        }
    }

    @Test("Who changed something is told as it was, whatever the name")
    func notes() throws {
        let settings = try layers("").setting("logs.keep", "5", by: mallory).setting("logs.utc", "true", by: jane)
        #expect(settings.changedText.split(separator: "\n").filter { $0.contains("keep:") }.count == 1)
        guard case .change(_, _, let note?) = try settings.document().origin(of: key("logs.keep")) else {
            Issue.record("no note")
            return
        }
        #expect(note.who == "mal # \\x0a, lory")
        #expect(note.from == "\"x\", y # z")
        let header = try #require(SettingsChanges.header(of: settings.changes?.bytes ?? []))
        #expect(header.note == jane)
        #expect(header.isWhole)
        #expect(header.version == 12)
        #expect(header.what == "set logs.utc")
    }

    @Test(
        "A text needs no quotes of its own",
        arguments: [
            ("packet_log.expression", "port = 80 # not a comment", "port = 80 # not a comment"),
            ("packet_log.expression", "!(port = 53) & if = \"a: b\"", "!(port = 53) & if = \"a: b\""),
            ("packet_log.expression", "\"port = 80\"", "port = 80"), ("packet_log.expression", "'a' # b", "a"),
            ("packet_log.expression", "none", nil), ("logs.template", "%SRC% -> %DST%", "%SRC% -> %DST%"),
            ("logs.template", "standard", nil), ("log.template", "{x}", "{x}"),
        ])
    func freeText(_ name: String, _ value: String, _ wanted: String?) throws {
        let document = try layers("").setting(name, value).document()
        let text = name.hasSuffix("template") ? document.logs.template.value : document.packetLog.expression.value
        #expect(text == wanted)
    }

    @Test("Nothing over something: the change hides the administrator's value")
    func hiding() throws {
        let settings = try layers("packet_log: { expression: port = 80 }\n").setting("packet_log.expression", "none")
        #expect(try settings.document().packetLog.expression.value == nil)
        #expect(try settings.document().packetLog.expression.place?.layer == .changes)
    }

    @Test("The older place of four keys goes with the newer one in the other layer")
    func olderPlace() throws {
        let document = try layers("log: { utc: true, milliseconds: true }\n", "logs: { utc: false }\n").document()
        #expect(document.logs.utc.value == false)
        #expect(document.logs.milliseconds.value == true)
        let errors = #expect(throws: SettingsErrors.self) {
            try layers("log: { utc: true }\nlogs:\n  utc: false\n").document()
        }
        #expect(errors?.description.contains("stands under logs: in line 3 already; remove it here") == true)
    }

    @Test(
        "Keys as they are written",
        arguments: [
            ("gateway", ["gateway"]), ("logs.debug.keep", ["logs", "debug", "keep"]),
            ("interfaces.\"Branch office\".kind", ["interfaces", "Branch office", "kind"]),
            ("groups.\"a.b \\\"c\\\" \\\\\"", ["groups", "a.b \"c\" \\"]), ("groups.bürö-2", ["groups", "bürö-2"]),
        ])
    func keys(_ text: String, _ path: [String]) throws {
        #expect(try key(text).path == path)
        #expect(try key(text).description == text)
    }

    @Test(
        "What is no key",
        arguments: [
            "", ".", "a.", ".a", "a..b", "a b", "a.\"b", "a.\"\"", "a\"b\"", "a.\"b\"c", "a\n",
            String(repeating: "a.", count: 99) + "a",
            String(repeating: "a", count: 9999),
        ])
    func noKeys(_ text: String) {
        let error = #expect(throws: SettingsKeyError.self) { try key(text) }
        #expect(error?.description.isEmpty == false)
    }
}
